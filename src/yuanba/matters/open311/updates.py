"""FixMyStreet's extension ``servicerequestupdates``: news of requests out, residents' words in."""

from datetime import datetime, timedelta
from hashlib import sha256

import orjson
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import Invalid, Missing
from yuanba.kernel.journal.models import Entry
from yuanba.matters import actions
from yuanba.matters.actions import Opinion
from yuanba.matters.api.answers import write_once
from yuanba.matters.flow import State
from yuanba.matters.limiting import check_rate
from yuanba.matters.models import Answer, Matter
from yuanba.matters.open311.arguments import Arguments
from yuanba.matters.open311.extensions import extended_status
from yuanba.matters.open311.keys import Client, client_of
from yuanba.matters.open311.links import media_links
from yuanba.matters.open311.public import kind_of, number_missing, public_matters, public_words, speaks_to_all
from yuanba.matters.open311.rendering import Value, moment, render
from yuanba.matters.queries import key_of_number

SPAN = timedelta(days=90)
MOST = 1000
FIXED = frozenset({"fixed", "fixed - user", "fixed - council", "closed"})
REOPENED = frozenset({"reopen", "reopened"})


def list_updates(form: str, arguments: Arguments) -> HttpResponse:
    """Changes of state of public requests in a span of time, oldest first, at most a thousand.

    A full answer means that there may be more: ask again from the last ``updated_datetime``.
    """
    until = arguments.moment("end_date") or timezone.now()
    since = arguments.moment("start_date") or until - SPAN
    entries = _entries(since, until)
    keys = {entry.subject_id for entry, _data in entries}
    matters = public_matters().filter(pk__in=keys).in_bulk()
    speaking = [key for key, matter in matters.items() if speaks_to_all(matter, kind_of(matter))]
    answers = Answer.objects.filter(matter_id__in=speaking).in_bulk()
    rows = [
        _update(matters[entry.subject_id], entry, data, answers.get(data.get("answer", 0)))
        for entry, data in entries
        if entry.subject_id in matters
    ]
    return render(form, "service_request_updates", rows)


def _entries(since: datetime, until: datetime) -> list[tuple[Entry, dict[str, str]]]:
    """Entries of public matters that changed their state after they were received. The database leaves the
    others out: however many there are, they take no room in an answer.
    """
    public = public_matters().filter(pk=OuterRef("subject_id"))
    rows = Entry.objects.filter(
        Exists(public),
        subject_kind=Matter.journal_kind,
        at__gte=since,
        at__lte=until,
        seq__gt=1,
        data__contains='"to":"',
    )
    return [(entry, orjson.loads(entry.data)) for entry in rows.order_by("at", "pk")[:MOST]]


def _update(matter: Matter, entry: Entry, data: dict[str, str], answer: Answer | None) -> dict[str, Value]:
    label = str(State(data["to"]).label)
    return {
        "update_id": str(entry.pk),
        "service_request_id": matter.number,
        "status": extended_status(data["to"]),
        "description": f"{label}. {public_words(answer.text)}" if answer is not None else label,
        "media_url": None,
        "updated_datetime": moment(entry.at),
        "external_status_code": data["to"],
    }


def take_update(request: HttpRequest, form: str, arguments: Arguments) -> HttpResponse:
    """Words of a resident about a request that this client brought in; nobody else's can be touched."""
    client = client_of(request, arguments)
    check_rate("open311", key=client.name)
    matter = _brought_by(client, arguments)
    arguments.moment("updated_datetime")
    words = "\n".join([arguments.text("description"), *media_links(arguments)]).strip()
    status = arguments.text("status").lower().replace("_", " ")
    if not words and status not in FIXED:
        raise Invalid(_("The description was not provided."), field="description")
    update_id = arguments.text("update_id")
    key = f"update/{update_id}" if update_id else ""
    sent = sha256(repr((status, words)).encode()).digest()

    def work() -> HttpResponse:
        after = _say(client, matter, status, words)
        entry = Entry.objects.get(subject_kind=Matter.journal_kind, subject_id=matter.pk, seq=after.version)
        return render(form, "service_request_updates", [{"update_id": str(entry.pk)}])

    return write_once(request, client.name, lambda: sent, work, key)


def _brought_by(client: Client, arguments: Arguments) -> Matter:
    """The matter meant, if this client brought it in. Raises `Invalid` without a number, else `Missing`."""
    number = arguments.text("service_request_id")
    if not number:
        raise Invalid(_("The service_request_id was not provided."), field="service_request_id")
    try:
        key = key_of_number(number)
    except Missing:
        raise Missing(number_missing(number)) from None
    matter = Matter.objects.filter(pk=key, source=client.source).first()
    if matter is None or matter.number != number:
        raise Missing(number_missing(number))
    return matter


def _say(client: Client, matter: Matter, status: str, words: str) -> Matter:
    """The move that the words mean here; where they mean none, a note for whoever handles the matter."""
    resident = Viewer(actor=f"{client.name}/matter:{matter.pk}", matter_id=matter.pk)
    state = matter.state
    if state == State.AWAITING_INFORMATION and words:
        return actions.supply_information(matter.pk, words, actor=resident)
    if status in FIXED and state in {State.ANSWERED, State.MERGED}:
        return actions.confirm(matter.pk, Opinion(said=words), actor=resident)
    reopened = status in REOPENED and state in {State.ANSWERED, State.CONFIRMED, State.CLOSED, State.MERGED}
    if reopened or (status == "open" and state == State.CLOSED):
        return actions.not_solved(matter.pk, Opinion(said=words), actor=resident)
    # A note takes the powers of a desk; the client has them for this one, on a matter that it brought in itself.
    writer = Viewer(actor=client.name, powers_everywhere=frozenset({Power.SEE, Power.HANDLE}))
    said = words or _("Said to be solved.")
    return actions.comment(matter.pk, _("From the resident: %(words)s") % {"words": said}, actor=writer)
