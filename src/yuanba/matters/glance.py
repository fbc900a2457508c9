"""A leader's streets at a glance: counts and rates of each, from the counts that are kept.

Only what is overdue now is no kept count: it passes with the hour, not with a move. It is counted over the open
matters whose deadline is past, by the index of each street.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.db.models.functions import TruncWeek
from django.utils import timezone

from yuanba.kernel.authority import Power, Territory, Viewer
from yuanba.matters.clockwork import RESIDENTS_TIME
from yuanba.matters.models import Matter, Tally
from yuanba.matters.rates import Rates, rates_from
from yuanba.places.kinds import PlaceKind
from yuanba.places.models import Place
from yuanba.places.queries import subtree
from yuanba.playbooks.queries import current_playbook

WEEKS = 13
STREETS_ON_A_PAGE = 12
Sums = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Week:
    """What was counted in the seven days from a Monday."""

    monday: date
    received: int
    answered: int
    in_time: int

    @property
    def percent_in_time(self) -> float | None:
        """None in a week without answers, and while the second half of a count is still on its way."""
        if self.answered <= 0 or not 0 <= self.in_time <= self.answered:
            return None
        return 100 * self.in_time / self.answered


@dataclass(frozen=True, slots=True)
class StreetGlance:
    """One street: open requests by tier's code, how many of them are overdue, its rates and its weeks."""

    place: Place
    open: Mapping[str, int]
    overdue: int
    rates: Rates
    weeks: tuple[Week, ...]

    @property
    def open_in_all(self) -> int:
        return sum(self.open.values())


@dataclass(frozen=True, slots=True)
class Glance:
    """Some of a leader's streets, and the path after which the next begin; empty at the end."""

    streets: tuple[StreetGlance, ...]
    since: date
    next: str

    @property
    def open_in_all(self) -> int:
        return sum(street.open_in_all for street in self.streets)

    @property
    def overdue(self) -> int:
        return sum(street.overdue for street in self.streets)

    @property
    def weeks(self) -> tuple[Week, ...]:
        """All streets together."""
        if not self.streets:
            return ()
        return tuple(
            Week(
                same[0].monday,
                sum(week.received for week in same),
                sum(week.answered for week in same),
                sum(week.in_time for week in same),
            )
            for same in zip(*(street.weeks for street in self.streets), strict=True)
        )


def my_streets(viewer: Viewer) -> Q:
    """The streets that the viewer watches over, as a condition on places. Raises `Denied` without that power."""
    viewer.require(Power.SUPERVISE)
    scope = viewer.scope(Power.SUPERVISE)
    if scope.everywhere:
        return Q()
    found = Q(pk__in=[])
    for territory in scope.territories:
        found |= _street_of(territory)
    return found


def _street_of(territory: Territory) -> Q:
    return Q(pk=territory.place_id) if territory.kind == PlaceKind.STREET else subtree(territory.path)


def glance(viewer: Viewer, *, after: str = "", most: int = STREETS_ON_A_PAGE) -> Glance:
    """The viewer's streets in the order of the tree, from the one after that path. Two queries."""
    rows = Place.objects.filter(my_streets(viewer), kind=PlaceKind.STREET, retired_on=None, path__gt=after)
    listed = list(rows.annotate(overdue=_overdue(timezone.now())).order_by("path")[: most + 1])
    more, streets = len(listed) > most, listed[:most]
    today = timezone.localdate()
    since = today - timedelta(days=today.weekday() + 7 * (WEEKS - 1))
    mondays = [since + timedelta(days=7 * number) for number in range(WEEKS)]
    counted = _counted([street.pk for street in streets], since, today)
    playbook = current_playbook().playbook
    found = (
        StreetGlance(
            place=street,
            open=counted[street.pk].open,
            overdue=street.overdue or 0,
            rates=rates_from(_summed(counted[street.pk].weeks.values()), playbook),
            weeks=tuple(_week(monday, counted[street.pk].weeks.get(monday, {})) for monday in mondays),
        )
        for street in streets
    )
    return Glance(tuple(found), since, streets[-1].path if more else "")


def _overdue(now: datetime) -> Subquery:
    """Of each street as the counts have it: requests alone, without what counts for the district only."""
    late = Matter.objects.filter(
        street_id=OuterRef("pk"), stopped_at=None, due_at__lt=now, paused_at=None, confidential=False
    )
    late = late.filter(accused=None, part_of=None).exclude(state__in=sorted(RESIDENTS_TIME))
    return Subquery(late.order_by().values("street_id").annotate(count=Count("pk")).values("count"))


@dataclass(slots=True)
class _Counted:
    """What is open by tier, and sums by Monday and measure."""

    open: dict[str, int] = field(default_factory=dict)
    weeks: dict[date, dict[str, int]] = field(default_factory=dict)


def _counted(keys: Sequence[int], since: date, until: date) -> dict[int, _Counted]:
    """Everything that is counted of the streets, in one query."""
    now, lately = Q(day=Tally.NOW, measure="open"), Q(day__gte=since, day__lte=until)
    rows = Tally.objects.filter(now | lately, place__street_id__in=keys).order_by()
    sums = rows.annotate(monday=TruncWeek("day")).values_list("place__street_id", "monday", "measure", "tier")
    found: dict[int, _Counted] = defaultdict(_Counted)
    for street, monday, measure, tier, count in sums.annotate(total=Sum("count")):
        if monday < since:
            found[street].open |= {tier: count} if count > 0 else {}
        else:
            week = found[street].weeks.setdefault(monday, {})
            week[measure] = week.get(measure, 0) + count
    return found


def _summed(weeks: Iterable[Sums]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for sums in weeks:
        for measure, count in sums.items():
            found[measure] += count
    return dict(found)


def _week(monday: date, sums: Sums) -> Week:
    answered = sums.get("answered", 0)
    return Week(monday, sums.get("received", 0), answered, answered - sums.get("answered_late", 0))
