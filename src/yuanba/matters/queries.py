"""Reading matters for others: everything here is already narrowed to what the viewer may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yuanba.kernel.authority import Fields, Power, Viewer
from yuanba.kernel.errors import Denied, Invalid, Missing
from yuanba.kernel.flow import Move
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.kept import KeptValues
from yuanba.kernel.keyset import PAGE_SIZE, Page, page
from yuanba.kernel.paths import subtree_range
from yuanba.matters.changing import may_move
from yuanba.matters.clockwork import RESIDENTS_TIME
from yuanba.matters.flow import FLOW, State
from yuanba.matters.joint import voices_of
from yuanba.matters.links import AT_OFFICE, track_digest
from yuanba.matters.models import Matter, Note, Notice, Party, SavedFilter
from yuanba.matters.seeing import can_see, notices_of, visible
from yuanba.matters.wording import holds_words
from yuanba.places.models import Place

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2199, 12, 31)
"""Days that a list may be narrowed to; past the end of the calendar there is no day after."""
# A watch is a post's, and what leaves a request out of the rates is agreed between two persons: no key's business.
# Undo is offered for its minute by whatever made the slip, and asks the journal each time: no list tells of it.
BY_PERSON = frozenset({"supervise", "propose_exclusion", "decide_exclusion"})
ROW = ("owner", "place", "supervisor")
WHOLE = (*ROW, "requester", "suggestion")
NEWEST = ("-pk",)
BY_DUE = ("due_at", "pk")


class Reach(models.TextChoices):
    """Which of the viewer's matters a list shows; each is one index, so each is fast at any size."""

    OWN = "own", gettext_lazy("Ours")
    CLAIMS = "claims", gettext_lazy("To claim")
    TERRITORY = "territory", gettext_lazy("In our area")
    CALLED = "called", gettext_lazy("Called to help")
    SUPERVISED = "supervised", gettext_lazy("I watch over")
    CONFIRMED = "confirmed", gettext_lazy("To strike off")


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to. Days are inclusive; an empty field does not narrow."""

    state: str = ""
    tier: str = ""
    category: str = ""
    channel: str = ""
    place: Place | None = None
    owner_id: int | None = None
    words: str = ""
    received_from: date | None = None
    received_to: date | None = None
    open_only: bool = False
    overdue: bool = False

    def condition(self, now: datetime) -> Q:
        """The filter as a condition on the matters table."""
        found = Q()
        for name in ("state", "tier", "category", "channel", "owner_id"):
            if value := getattr(self, name):
                found &= Q(**{name: value})
        if self.place is not None:
            found &= at_place(self.place)
        if self.words:
            found &= holds_words(self.words)
        if self.received_from is not None:
            found &= Q(received_at__gte=midnight(self.received_from))
        if self.received_to is not None:
            found &= Q(received_at__lt=midnight(self.received_to + timedelta(days=1)))
        if self.open_only or self.overdue:
            found &= Q(stopped_at=None)
        if self.overdue:
            found &= Q(due_at__lt=now, paused_at=None) & ~Q(state__in=sorted(RESIDENTS_TIME))
        return found


def midnight(day: date) -> datetime:
    """When a day begins here."""
    return datetime.combine(day, time.min, timezone.get_default_timezone())


def at_place(place: Place) -> Q:
    """Matters at a place or below it."""
    if place.kind == "street":
        return Q(street_id=place.pk)
    if place.kind == "community":
        return Q(community_id=place.pk)
    first, past = subtree_range(place.path)
    return Q(place_path__gte=first, place_path__lt=past)


def reaches(viewer: Viewer) -> list[Reach]:
    """The lists that this viewer has, the most useful first: the own work, which may be the whole district's."""
    scope = viewer.scope(Power.SEE)
    found = [Reach.TERRITORY] if scope.everywhere else []
    if _own(viewer):
        found.append(Reach.OWN)
    if scope.organizations & viewer.scope(Power.CLAIM).organizations:
        found.append(Reach.CLAIMS)
    if scope.territories and not scope.everywhere:
        found.append(Reach.TERRITORY)
    if scope.organizations:
        found.append(Reach.CALLED)
    if Power.SUPERVISE in viewer.powers:
        found.append(Reach.SUPERVISED)
    if Power.CLOSE in viewer.powers:
        found.append(Reach.CONFIRMED)
    return found


def _own(viewer: Viewer) -> frozenset[int]:
    """The organizations whose matters are the viewer's own: those that see them as owners, and an office that
    dispatches for the whole district, which owns what climbed to it.
    """
    own = viewer.scope(Power.SEE).organizations
    dispatches = viewer.scope(Power.DISPATCH).everywhere and viewer.scope(Power.SEE).everywhere
    return own | viewer.organizations if dispatches else own


def within(viewer: Viewer, reach: Reach) -> QuerySet[Matter]:
    """The matters of one of the viewer's lists. Raises `Denied` for a list the viewer does not have."""
    if reach not in reaches(viewer):
        raise Denied(_("Your post does not include this list."))
    scope = viewer.scope(Power.SEE)
    rows = Matter.objects.select_related(*ROW)
    if scope.barred:
        rows = rows.exclude(accused_path__in=sorted(scope.barred))
    if reach == Reach.OWN:
        return rows.filter(owner_id__in=sorted(_own(viewer)))
    if reach == Reach.CLAIMS:
        mine = scope.organizations & viewer.scope(Power.CLAIM).organizations
        return rows.filter(owner_id__in=sorted(mine), state=State.DISPATCHED)
    if reach == Reach.CALLED:
        called = Party.objects.filter(matter=OuterRef("pk"), organization_id__in=sorted(scope.organizations))
        return rows.filter(Exists(called))
    if reach == Reach.SUPERVISED:
        return rows.filter(supervisor_id__in=sorted(viewer.posts))
    if reach == Reach.CONFIRMED:
        closing = viewer.scope(Power.CLOSE).condition()
        return rows.filter(scope.condition(), closing, state=State.CONFIRMED, stopped_at=None)
    return rows.filter(scope.condition(Fields(owner="", accused="")))


def may_export(viewer: Viewer, reach: Reach) -> bool:
    """Whether the power to export reaches into this list: seeing further than it gives no file."""
    scope = viewer.scope(Power.EXPORT)
    inside = scope.everywhere or bool(scope.territories)
    return inside or (reach in {Reach.OWN, Reach.CLAIMS} and not scope.empty)


def desk(
    viewer: Viewer, reach: Reach, filters: Filter = Filter(), *, after: str = "", size: int = PAGE_SIZE
) -> Page[Matter]:
    """Open matters by what breaks first."""
    rows = within(viewer, reach).filter(filters.condition(timezone.now()), stopped_at=None)
    if reach not in {Reach.OWN, Reach.CLAIMS}:
        rows = with_calls(viewer, rows)
    return page(rows, BY_DUE, after, size)


def with_calls(viewer: Viewer, rows: QuerySet[Matter]) -> QuerySet[Matter]:
    """The matters with the call to one of the viewer's organizations that is waited for, the oldest of each: its key
    as ``call_id``, as ``call_checked_in_at`` when that organization came, and by when it is to come and to report as
    ``call_check_in_due_at`` and ``call_report_due_at``.
    """
    mine = sorted(viewer.scope(Power.HANDLE).organizations)
    if not mine:
        return rows
    calls = Party.objects.filter(matter=OuterRef("pk"), organization_id__in=mine)
    waiting = calls.filter(reported_at=None, ended_at=None).order_by("pk")
    return rows.annotate(
        call_id=Subquery(waiting.values("pk")[:1]),
        call_checked_in_at=Subquery(waiting.values("checked_in_at")[:1]),
        call_check_in_due_at=Subquery(waiting.values("check_in_due_at")[:1]),
        call_report_due_at=Subquery(waiting.values("report_due_at")[:1]),
    )


def problem_list(
    viewer: Viewer, reach: Reach, filters: Filter = Filter(), *, after: str = "", size: int = PAGE_SIZE
) -> Page[Matter]:
    """All matters, newest first (问题清单)."""
    return page(within(viewer, reach).filter(filters.condition(timezone.now())), NEWEST, after, size)


def search(viewer: Viewer, words: str, *, after: str = "", size: int = PAGE_SIZE) -> Page[Matter]:
    """Whatever the viewer may see in which all of `words` stand, newest first. Raises `Invalid` for too short words."""
    rows = Matter.objects.select_related(*ROW).filter(visible(viewer), holds_words(words))
    return page(rows, NEWEST, after, size)


def triage_queue(viewer: Viewer, *, after: str = "", size: int = PAGE_SIZE) -> Page[Matter]:
    """Matters that wait for sorting, by what is due first."""
    scope = viewer.scope(Power.TRIAGE)
    waiting = Q(state__in=[State.RECEIVED, State.TRIAGED], stopped_at=None)
    rows = Matter.objects.select_related(*ROW, "suggestion").filter(waiting, scope.condition())
    return page(rows, BY_DUE, after, size)


def arbitration_list(viewer: Viewer, *, after: str = "", size: int = PAGE_SIZE) -> Page[Matter]:
    """Disputes about who handles a matter, by what is due first."""
    scope = viewer.scope(Power.ARBITRATE)
    rows = Matter.objects.select_related(*ROW).filter(
        scope.condition(), state=State.ARBITRATION, stopped_at=None
    )
    return page(rows, BY_DUE, after, size)


def refusal_reasons(matters: Iterable[Matter]) -> dict[int, list[str]]:
    """The reasons that were given for refusing each of these matters, oldest first, in one query."""
    found: dict[int, list[str]] = {}
    entries = Entry.objects.filter(
        subject_kind="matter", subject_id__in=[matter.pk for matter in matters], kind="refuse"
    )
    refused = {(entry.subject_id, entry.seq) for entry in entries}
    notes = Note.objects.filter(matter_id__in={key for key, _seq in refused}, kind=Note.Kind.REASON)
    for note in notes.order_by("pk"):
        if (note.matter_id, note.entry_seq) in refused:
            found.setdefault(note.matter_id, []).append(note.text)
    return found


@dataclass(frozen=True, slots=True)
class Heard:
    """How many ask for the same thing, and how many of them say of the present answer that it is solved or not."""

    asked: int
    solved: int
    unsolved: int


def heard(whole: Matter) -> Heard:
    """What those who ask for the same have said so far."""
    voices = voices_of(whole)
    return Heard(len(voices), voices.count(True), voices.count(False))


def kinds_since(matter: Matter, version: int) -> set[str]:
    """The kinds of the journal entries that a matter got after that version."""
    later = Entry.objects.filter(subject_kind=Matter.journal_kind, subject_id=matter.pk, seq__gt=version)
    return set(later.values_list("kind", flat=True))


def key_of_number(number: str) -> int:
    """The key in a matter's number such as 261122-1048. Raises `Missing` for anything else."""
    day, _dash, key = number.strip().partition("-")
    if not (
        len(day) == 6
        and day.isascii()
        and day.isdigit()
        and key.isascii()
        and key.isdigit()
        and len(key) < 19
    ):
        raise Missing(_("There is no such matter."))
    return int(key)


def number_of(key: int) -> str:
    """The number that the matter of this key bears; empty where there is none."""
    matter = Matter.objects.only("received_at").filter(pk=key).first()
    return matter.number if matter is not None else ""


def matter_for(viewer: Viewer, number: str) -> Matter:
    """The matter of that number, if the viewer may see it. Raises `Missing` otherwise, whatever the reason."""
    matter = Matter.objects.select_related(*WHOLE).filter(pk=key_of_number(number)).first()
    if matter is None or matter.number != number.strip() or not can_see(viewer, matter):
        raise Missing(_("There is no such matter."))
    return matter


def matter_by_track_key(track_key: str) -> Matter:
    """The resident's own matter by the secret of its link. Raises `Missing`."""
    digest = track_digest(track_key)
    # Two questions by one index each; together they would read by neither.
    rows = Matter.objects.select_related(*ROW)
    matter = rows.filter(track_digest=digest).first() or rows.filter(found_digest=digest).first()
    if matter is None:
        raise Missing(_("This link does not lead to a matter. Check that it is complete."))
    return matter


def resident_by_track_key(track_key: str) -> Viewer:
    """The viewer that a tracking link makes, without reading the matter. Raises `Missing`."""
    digest = track_digest(track_key)
    found = _BY_TRACK_KEY.rows(digest) or _BY_FOUND_KEY.rows(digest)
    if not found:
        raise Missing(_("This link does not lead to a matter. Check that it is complete."))
    key, at_office, issued = found[0]
    return _resident(key, held=at_office and issued == digest)


_LINKS = Matter.objects.values_list("pk", "link_at_office", "track_digest")
_BY_TRACK_KEY = KeptValues(lambda digest: _LINKS.filter(track_digest=digest))
_BY_FOUND_KEY = KeptValues(lambda digest: _LINKS.filter(found_digest=digest))


def resident_of(matter: Matter, track_key: str = "") -> Viewer:
    """The viewer that a tracking link makes: the requester of this one matter. With the link's secret, the journal
    tells whether that was one which an office held.
    """
    held = matter.link_at_office and track_digest(track_key) == matter.track_digest
    return _resident(matter.pk, held=held)


def _resident(key: int, *, held: bool) -> Viewer:
    return Viewer(actor=f"resident/matter:{key}" + (AT_OFFICE if held else ""), matter_id=key)


def moves_for(viewer: Viewer, matter: Matter) -> list[Move]:
    """The moves that are possible now and that the viewer may make, in the order of the flow; without `undo`."""
    return [
        move
        for move in FLOW.allowed(matter.state)
        if move.name != "undo"
        and may_move(viewer, move, matter)
        and (viewer.posts or move.name not in BY_PERSON)
    ]


def notices_for(viewer: Viewer, *, after: str = "") -> Page[Notice]:
    """What the viewer's organizations and posts were told, newest first."""
    return page(Notice.objects.select_related("matter__owner").filter(notices_of(viewer)), NEWEST, after)


def unread_notices(viewer: Viewer) -> int:
    """How many of the viewer's newest hundred notices are unread: a bounded question at any age."""
    newest = Notice.objects.filter(notices_of(viewer)).order_by("-pk").values_list("read_at", flat=True)[:100]
    return sum(1 for read_at in newest if read_at is None)


def saved_filters(viewer: Viewer, which: str) -> QuerySet[SavedFilter]:
    """The filters of one list that this person has named."""
    return SavedFilter.objects.filter(person_id=viewer.person_id or 0, list=which).order_by("name")


def checked_reach(viewer: Viewer, wanted: str) -> Reach:
    """The list asked for, or the viewer's first. Raises `Invalid` for an unknown one, `Denied` for a viewer
    without any.
    """
    mine = reaches(viewer)
    if not mine:
        raise Denied(_("Your post has no lists of matters."))
    if not wanted:
        return mine[0]
    try:
        return Reach(wanted)
    except ValueError:
        raise Invalid(_("There is no such list."), field="reach") from None
