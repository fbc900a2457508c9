"""Whether the kept counts are what a count of the records gives, for ``yuanba audit``.

Open matters are compared place by place, tier by tier; everything that has a day, by day and by place. Records are
streamed, and only sums are held: memory stays flat at any number of matters.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from datetime import date
from typing import TypeVar

from django.db.models import BigAutoField, Case, Count, F, Q, Sum, Value, When
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext as _

from yuanba.kernel.outbox.models import Message
from yuanba.matters.actions.receiving import RECEIVED as RECEIVED_TOPIC
from yuanba.matters.changing import CHANGED
from yuanba.matters.district import district_root
from yuanba.matters.models import Exclusion, Matter, Recipient, Tally
from yuanba.matters.tallying import (
    ENDS,
    OPEN_NOW,
    RECEIVED,
    Counted,
    Key,
    Life,
    Where,
    from_rows,
    measures_of,
)

Pair = tuple[int, int]
ByDay = tuple[str, str, str]
"""``day`` or ``place``, which one, and the measure."""
K = TypeVar("K", bound=Hashable)
CHUNK = 2000
TRIES = 3


def wrong_counts() -> list[tuple[Where, str]]:
    """Places, tiers and categories whose count of open matters differs, each with both numbers in words."""
    words = _("%(kept)d are kept as open, %(open)d are.")
    found = _lasting(lambda: _differences(_kept_open(), _real_open()))
    return [(where, words % {"kept": kept, "open": real}) for where, (kept, real) in sorted(found.items())]


def wrong_days() -> list[tuple[str, str]]:
    """What was counted on a day, or at a place in all, and differs from what the records give: of what, and both
    numbers in words. Of a measure whose days differ no places are listed.
    """
    words = _("%(kept)d are counted, the records give %(real)d.")
    found = _lasting(lambda: _differences(_kept_days(), _real_days()))
    days = {measure for by, _which, measure in found if by == "day"}
    return [
        (
            f"count of {measure} {'on' if by == 'day' else 'at place'} {which}",
            words % {"kept": kept, "real": real},
        )
        for (by, which, measure), (kept, real) in sorted(found.items())
        if by == "day" or measure not in days
    ]


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


def _waiting() -> Iterator[tuple[Key, int]]:
    """What messages that wait in the outbox will still add."""
    rows = Message.objects.filter(topic__in=(RECEIVED_TOPIC, CHANGED)).values_list("data", flat=True)
    for data in rows.iterator(chunk_size=CHUNK):
        yield from from_rows(data.get("counts", ()))


def _here(prefix: str = "") -> Case:
    """The place under which a request counts, as `tallying.where_of` has it; `prefix` leads to the matter."""
    hidden = Q(**{f"{prefix}confidential": True}) | ~Q(**{f"{prefix}accused_path": ""})
    own = Coalesce(*(f"{prefix}{name}_id" for name in ("community", "street", "place")))
    return Case(When(hidden, then=Value(district_root().pk, BigAutoField())), default=own)


def _kept_open() -> Counter[Where]:
    kept: Counter[Where] = Counter()
    for key, step in _waiting():
        if key.measure == OPEN_NOW:
            kept[key.place_id, key.tier, key.category] += step
    rows = Tally.objects.filter(day=Tally.NOW, measure=OPEN_NOW).values_list("place_id", "tier", "category")
    for place, tier, category, number in rows.annotate(total=Sum("count")):
        kept[place, tier, category] += number
    return kept


def _real_open() -> Counter[Where]:
    rows = Matter.objects.filter(stopped_at=None, part_of=None).values_list(_here(), "tier", "category")
    return Counter(
        {(place, tier, cat): number for place, tier, cat, number in rows.order_by().annotate(n=Count("pk"))}
    )


def _count(counts: Counter[ByDay], place: int, counted: Counted, number: int = 1) -> None:
    day, measure = counted
    counts["day", day.isoformat(), measure] += number
    counts["place", str(place), measure] += number


def _kept_days() -> Counter[ByDay]:
    kept: Counter[ByDay] = Counter()
    for key, step in _waiting():
        if key.measure != OPEN_NOW:
            _count(kept, key.place_id, (key.day, key.measure), step)
    rows = Tally.objects.exclude(measure=OPEN_NOW).order_by().values_list("measure")
    for measure, day, number in rows.values_list("measure", "day").annotate(total=Sum("count")):
        kept["day", day.isoformat(), measure] += number
    for measure, place, number in rows.values_list("measure", "place_id").annotate(total=Sum("count")):
        kept["place", str(place), measure] += number
    return kept


def _real_days() -> Counter[ByDay]:
    real: Counter[ByDay] = Counter()
    requests = Matter.objects.filter(part_of=None).order_by()
    received = requests.values_list(_here(), TruncDate("received_at")).annotate(n=Count("pk"))
    for place, day, number in received.iterator(chunk_size=CHUNK):
        _count(real, place, (day, RECEIVED), number)
    ended = requests.filter(state__in=ENDS).values_list(_here(), "state", TruncDate("closed_at"))
    for place, state, day, number in ended.annotate(n=Count("pk")).iterator(chunk_size=CHUNK):
        _count(real, place, (day, state), number)
    for place, life in _lives():
        for counted in measures_of(life):
            _count(real, place, counted)
    left_out = Exclusion.objects.filter(Exclusion.STANDS).values_list(_here("matter__"), "left_out")
    for place, rows in left_out.iterator(chunk_size=CHUNK):
        for day, measure in rows:
            _count(real, place, (date.fromisoformat(day), measure))
    return real


def _lives() -> Iterator[tuple[int, Life]]:
    """What became of every answer for every request it went to, with the place it counts at."""
    columns = (
        TruncDate("answer__at"),
        F("late"),
        TruncDate("reopened_at"),
        TruncDate("closed_at"),
        F("closed_as"),
        TruncDate("verdict__at"),
        F("verdict__contacted"),
        F("verdict__solved"),
        F("verdict__satisfaction"),
        F("verdict__by_office"),
    )
    rows = Recipient.objects.order_by().values_list(_here("matter__"), *columns)
    for place, *life in rows.iterator(chunk_size=CHUNK):
        yield place, Life(*life)
