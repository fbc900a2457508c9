"""Bringing matters in, listing and reading them."""

from django.conf import settings
from django.db import IntegrityError
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import Denied, Invalid
from yuanba.kernel.files.models import StoredFile
from yuanba.kernel.journal.models import Entry
from yuanba.matters import actions
from yuanba.matters.actions import Receipt
from yuanba.matters.api.answers import Answer, send, unchanged, write
from yuanba.matters.api.auth import ApiRequest, Caller
from yuanba.matters.api.bodies import ListIn, MatterIn
from yuanba.matters.api.errors import AlreadyReceived
from yuanba.matters.api.parsing import check_query
from yuanba.matters.api.shapes import MatterOut, MatterPage, Problem, ReceivedOut, Timeline
from yuanba.matters.api.showing import line_out, matter_out
from yuanba.matters.api.timeline import timeline_of
from yuanba.matters.limiting import check_rate
from yuanba.matters.locating import Where, check_ground, find_place
from yuanba.matters.models import Channel, Matter
from yuanba.matters.queries import ROW, Filter, checked_reach, desk, matter_for, problem_list
from yuanba.matters.reporting import FILES, Contact, Report
from yuanba.matters.seeing import can_see
from yuanba.places.models import Place

router = Router(tags=["matters"])


@router.post("", response={201: ReceivedOut, 409: Problem, 422: Problem, 429: Problem})
def create_matter(request: ApiRequest, body: MatterIn) -> HttpResponse:
    """Bring a request in. It has an owner, a tier and a deadline from the moment this answers.

    Needs the scope `report`. `place` takes the first that is given of id, code, door code, an address that
    names a place, or a point. Send an `Idempotency-Key` so that a repeated try is taken once.
    """
    caller = request.auth
    caller.viewer.require(Power.RECEIVE)
    if caller.kind == "key":
        check_rate("api", key=caller.name)
    else:
        check_rate("staff", account=caller.name)
    return write(request, lambda: _created(caller, body))


def _created(caller: Caller, body: MatterIn) -> Answer:
    place = _place(caller.viewer, body)
    report = Report(
        text=body.text,
        place=place,
        channel=Channel(body.channel),
        title=body.title,
        contact=Contact(**body.contact.model_dump()),
        category=body.category,
        address=body.place.address,
        lon=body.place.lon,
        lat=body.place.lat,
        source=body.source or (caller.name if body.source_number else ""),
        source_number=body.source_number,
        received_at=body.received_at,
        confidential=body.confidential,
        photos=stored_photos(body.photos),
    )
    receipt = _received_once(report, caller.viewer)
    matter = receipt.matter
    return Answer(_received(receipt), 201, matter.version, f"/api/v1/matters/{matter.number}")


def _place(viewer: Viewer, body: MatterIn) -> Place:
    """The place meant, if the caller may bring requests in from there."""
    given = body.place
    place = find_place(Where(given.id, given.code, given.door_code, given.lon, given.lat, given.address))
    check_ground(viewer, place)
    return place


def stored_photos(digests: tuple[str, ...]) -> tuple[int, ...]:
    """The keys of photos uploaded before, in the order given. Raises `Invalid` for one we don't have."""
    if not digests:
        return ()
    rows = StoredFile.objects.filter(sha256__in=digests, kind=StoredFile.Kind.PHOTO)
    known = dict(rows.values_list("sha256", "pk"))
    if unknown := [digest for digest in digests if digest not in known]:
        raise Invalid(
            _("There is no photo %(digest)s… Upload it first.") % {"digest": unknown[0][:12]}, field="photos"
        )
    return tuple(dict.fromkeys(known[digest] for digest in digests))


def _received_once(report: Report, actor: Viewer) -> Receipt:
    """Receive a request. Raises `AlreadyReceived` when its source's number was brought in before."""
    if report.source == FILES:
        raise Invalid(_("This name stands for files taken in here. Name your own system."), field="source")
    if report.source_number and (known := _known(report)):
        raise _already(known, actor)
    try:
        return actions.receive(report, actor=actor)
    except IntegrityError:
        # Another request brought the same number in between; anything else is no refusal but a fault.
        if not report.source_number or not (known := _known(report)):
            raise
        raise _already(known, actor) from None


def _known(report: Report) -> Matter | None:
    return Matter.objects.filter(source=report.source, source_number=report.source_number).first()


def _already(known: Matter, actor: Viewer) -> AlreadyReceived:
    """The refusal; its number is for callers who may know of that matter, or who brought it in themselves."""
    first = Entry.objects.filter(subject_kind="matter", subject_id=known.pk, kind="received").first()
    own = first is not None and first.actor == actor.actor
    return AlreadyReceived(
        _("This source number was received before."),
        number=known.number if own or can_see(actor, known) else "",
    )


def _received(receipt: Receipt) -> ReceivedOut:
    matter = receipt.matter
    return ReceivedOut(
        number=matter.number,
        version=matter.version,
        state=matter.state,
        tier=matter.tier,
        owner_id=matter.owner_id,
        received_at=matter.received_at,
        due_at=matter.due_at,
        total_due_at=matter.total_due_at,
        track_key=receipt.track_key,
        track_url=f"{settings.BASE_URL}/m/{receipt.track_key}/",
    )


@router.get("", response={200: MatterPage, 403: Problem, 422: Problem})
def list_matters(request: ApiRequest, wanted: Query[ListIn]) -> HttpResponse:
    """Matters within the caller's reach, newest first or by what is due first (open ones only).

    `reach` chooses the list: ours, in our area, where we are called, or that we watch over. Pages are asked
    for by `after`; there are no page numbers and no totals, so page one million costs what page one does.
    """
    check_query(request, wanted)
    viewer = request.auth.viewer
    reach = checked_reach(viewer, wanted.reach)
    ordered = desk if wanted.order == "due" else problem_list
    found = ordered(viewer, reach, _filter(wanted), after=wanted.after, size=wanted.size)
    return send(Answer(MatterPage([line_out(matter) for matter in found.rows], found.next)))


def _filter(wanted: ListIn) -> Filter:
    place = None
    if wanted.place is not None:
        place = Place.objects.filter(pk=wanted.place).first()
        if place is None:
            raise Invalid(_("There is no such place."), field="place")
    return Filter(
        words=wanted.words,
        state=wanted.state,
        tier=wanted.tier,
        category=wanted.category,
        channel=wanted.channel,
        place=place,
        owner_id=wanted.owner,
        received_from=wanted.received_from,
        received_to=wanted.received_to,
        open_only=wanted.open,
        overdue=wanted.overdue,
    )


@router.get("/{number}", response={200: MatterOut, 404: Problem})
def read_matter(request: ApiRequest, number: str) -> HttpResponse:
    """One matter, with the moves that the caller may make now; `ETag` is the version for `If-Match`."""
    matter = fetch(request.auth, number)
    return unchanged(request, matter.version) or send(
        Answer(matter_out(request.auth.viewer, matter), version=matter.version)
    )


@router.get("/{number}/timeline", response={200: Timeline, 404: Problem})
def read_timeline(request: ApiRequest, number: str, after: str = "") -> HttpResponse:
    """What happened to a matter, oldest first: journal entries with their notes and answers."""
    caller = request.auth
    return send(Answer(timeline_of(caller.viewer, fetch(caller, number), after)))


def fetch(caller: Caller, number: str) -> Matter:
    """The matter of that number, if the caller may see it. Raises `Missing` otherwise, whatever the cause."""
    return matter_for(caller.viewer, number)


tracked = Router(tags=["matters"])


@tracked.get("", response={200: MatterOut, 403: Problem})
def read_tracked(request: ApiRequest) -> HttpResponse:
    """The resident's own matter, by the `X-Track-Key` of their link; its moves work with the same key."""
    caller = request.auth
    if caller.viewer.matter_id is None:
        raise Denied(_("Send the secret of your link as X-Track-Key."))
    matter = Matter.objects.select_related(*ROW).get(pk=caller.viewer.matter_id)
    return unchanged(request, matter.version) or send(
        Answer(matter_out(caller.viewer, matter), version=matter.version)
    )
