"""Whether the kept counts are what a count of the records gives, for ``yuanba audit``: of open matters, of what
residents said, and of what is left out of the rates.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db.models import BigAutoField, Case, Count, Q, Sum, Value, When
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext as _

from yuanba.kernel.outbox.models import Message
from yuanba.matters.actions.receiving import RECEIVED
from yuanba.matters.changing import CHANGED
from yuanba.matters.district import district_root
from yuanba.matters.exclusions import EXCLUDED, OUT
from yuanba.matters.models import Exclusion, Matter, Tally, Verdict
from yuanba.matters.tallying import OPEN_NOW, Key, count_open, day_of, said_measures

Where = tuple[int, str, str]
DayMeasure = tuple[str, str]
Pair = tuple[int, int]
K = TypeVar("K", Where, DayMeasure)
SAID = "said"
TRIES = 3


def wrong_counts() -> list[tuple[Where, str]]:
    """Places, tiers and categories whose count of open matters differs, each with both numbers in words."""
    words = _("%(kept)d are kept as open, %(open)d are.")
    found = _lasting(lambda: _differences(_kept(), _real()))
    return [(where, words % {"kept": kept, "open": real}) for where, (kept, real) in sorted(found.items())]


def wrong_rates() -> list[tuple[DayMeasure, str]]:
    """Days and measures of the rates whose count differs from what residents said and what is left out."""
    words = _("%(kept)d are counted, the records give %(real)d.")
    found = _lasting(lambda: _differences(_kept_rates(), _real_rates()))
    return [(key, words % {"kept": kept, "real": real}) for key, (kept, real) in sorted(found.items())]


def _lasting(read: Callable[[], dict[K, Pair]]) -> dict[K, Pair]:
    """What differs by the same numbers in every one of three readings: moves made while both sides are read look
    like a difference. What still waits in the outbox belongs to the kept counts.
    """
    found = read()
    for _again in range(TRIES - 1):
        if not found:
            break
        found = {key: pair for key, pair in read().items() if found.get(key) == pair}
    return found


def _differences(kept: Counter[K], real: Counter[K]) -> dict[K, Pair]:
    return {key: (kept[key], real[key]) for key in kept.keys() | real.keys() if kept[key] != real[key]}


def _kept() -> Counter[Where]:
    counts: Counter[Key] = Counter()
    waiting = Message.objects.filter(topic__in=(RECEIVED, CHANGED)).values_list("data", flat=True)
    for data in waiting.iterator(chunk_size=1000):
        count_open(data.get("before"), data.get("after"), counts)
    kept: Counter[Where] = Counter()
    for key, number in counts.items():
        kept[key.place_id, key.tier, key.category] += number
    rows = Tally.objects.filter(day=Tally.NOW, measure=OPEN_NOW).values_list("place_id", "tier", "category")
    for place, tier, category, number in rows.annotate(total=Sum("count")):
        kept[place, tier, category] += number
    return kept


def _real() -> Counter[Where]:
    # As `tallying.where_of` has it.
    hidden = When(Q(confidential=True) | ~Q(accused_path=""), then=Value(district_root().pk, BigAutoField()))
    here = Case(hidden, default=Coalesce("community_id", "street_id", "place_id"))
    rows = Matter.objects.filter(stopped_at=None).values_list(here, "tier", "category").order_by()
    return Counter(
        {(place, tier, category): number for place, tier, category, number in rows.annotate(n=Count("pk"))}
    )


def _of_rates(rows: Iterable[tuple[str, str, int]]) -> Counter[DayMeasure]:
    """The sums by day of those measures that a recount can give: what was said, and what is left out."""
    counts: Counter[DayMeasure] = Counter()
    for day, measure, number in rows:
        if measure == EXCLUDED or measure.startswith((SAID, OUT)):
            counts[day, measure] += number
    return counts


def _kept_rates() -> Counter[DayMeasure]:
    kept: list[tuple[str, str, int]] = []
    waiting = Message.objects.filter(topic=CHANGED).values_list("data", "created_at")
    for data, at in waiting.iterator(chunk_size=1000):
        kept += [(day_of(at), measure, 1) for measure in data.get("measures", ())]
        kept += [(day, measure, step) for day, measure, step in data.get("corrections", ())]
    wanted = Q(measure=EXCLUDED) | Q(measure__startswith=SAID) | Q(measure__startswith=OUT)
    rows = Tally.objects.filter(wanted).order_by().values_list("day", "measure").annotate(total=Sum("count"))
    return _of_rates([*kept, *((day.isoformat(), measure, number) for day, measure, number in rows)])


def _real_rates() -> Counter[DayMeasure]:
    columns = ("day", "contacted", "solved", "satisfaction", "by_office")
    said = Verdict.objects.annotate(day=TruncDate("at")).order_by().values_list(*columns)
    real = [
        (day.isoformat(), measure, number)
        for day, contacted, solved, satisfaction, by_office, number in said.annotate(n=Count("pk"))
        for measure in said_measures(contacted, solved, satisfaction, by_office=by_office)
    ]
    left_out = Exclusion.objects.filter(Exclusion.STANDS).values_list("left_out", flat=True)
    return _of_rates([*real, *((day, measure, 1) for rows in left_out for day, measure in rows)])
