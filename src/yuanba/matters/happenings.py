"""What happened at a place in a span of days, as its board tells it: what is new on it, and what ended and how."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat

from yuanba.kernel.journal.models import Entry
from yuanba.kernel.paths import ancestors_and_self
from yuanba.matters.boards import Private, listed_on, listing_place
from yuanba.matters.flow import State
from yuanba.matters.models import Matter
from yuanba.matters.presenting import Row, public_rows
from yuanba.matters.queries import at_place, midnight
from yuanba.matters.seeing import UNSORTED
from yuanba.places.kinds import PlaceKind
from yuanba.places.models import Place
from yuanba.places.queries import place_now

LISTED = 20
"""Of each, that a letter names."""


@dataclass(frozen=True, slots=True)
class Span:
    """From the beginning of `since` up to the beginning of `day`, which is not over yet."""

    since: date
    day: date

    def of(self, column: str) -> Q:
        """The span as a condition on a moment."""
        return Q(**{f"{column}__gte": midnight(self.since), f"{column}__lt": midnight(self.day)})


@dataclass(frozen=True, slots=True)
class Happenings:
    """The newest of what is new and of what ended, as many as a letter names, and how many there are of each."""

    new: list[Row]
    new_count: int
    ended: list[Row]
    ended_count: int


def followed_place(place: Place) -> Place | None:
    """Whose board is followed where this place was chosen: of one that was replaced its successor's, none where
    there is none any more.
    """
    found = place_now(place)
    if found is None:
        return None
    listing = listing_place(found)
    return None if listing.kind == PlaceKind.BUILDING else listing


def happenings(place: Place, span: Span) -> Happenings:
    """What a letter about the board of a place tells, in the language that is spoken now."""
    new, ended = (rows.filter(at_place(place)) for rows in _happened(place.kind, span))
    first_new, new_count = _first(new)
    first_ended, ended_count = _first(ended)
    rows = public_rows([*first_new, *first_ended])
    return Happenings(rows[: len(first_new)], new_count, rows[len(first_new) :], ended_count)


def paths_with_happenings(kind: str, span: Span, private: Private) -> set[str]:
    """The paths of all places of which boards of this kind have something to tell, and of all around them; two
    questions for the whole district.
    """
    found: set[str] = set()
    for rows in _happened(kind, span, private):
        for path in rows.order_by().values_list("place_path", flat=True).distinct().iterator():
            found.update(ancestors_and_self(path))
    return found


def _happened(kind: str, span: Span, private: Private | None = None) -> tuple[QuerySet[Matter], ...]:
    """What became listed and what ended, of the whole district. As in the feed, what nobody has sorted yet waits: a
    letter is not taken back. So a request is new on the day on which somebody sorted it.
    """
    rows = listed_on(kind, private).exclude(UNSORTED)
    # A comparison that no index serves: SQLite, without statistics, takes the one of all entries of all years, while
    # those of the span are found by their time.
    of = Concat("subject_kind", Value(""))
    told = Entry.objects.annotate(of=of).filter(span.of("at"), of=Matter.journal_kind)
    # A request leaves this state once: what is called back or undone waits sorted.
    sorted_then = told.filter(data__contains=f'"from":"{State.RECEIVED}"')
    sorted_then = sorted_then.exclude(data__contains=f'"to":"{State.AWAITING_INFORMATION}"')
    over = span.of("stopped_at")
    new = rows.filter(pk__in=sorted_then.values("subject_id")).exclude(over)
    return new, rows.filter(over, pk__in=told.values("subject_id"))


def _first(rows: QuerySet[Matter]) -> tuple[list[Matter], int]:
    named = rows.select_related("owner", "place__parent__parent__parent__parent").order_by("-pk")
    found = list(named[: LISTED + 1])
    return found[:LISTED], rows.count() if len(found) > LISTED else len(found)
