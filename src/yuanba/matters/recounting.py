"""Whether the kept counts of open matters are what a count of the matters gives, for ``yuanba audit``."""

from collections import Counter

from django.db.models import Count, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from yuanba.kernel.outbox.models import Message
from yuanba.matters.actions.receiving import RECEIVED
from yuanba.matters.changing import CHANGED
from yuanba.matters.models import Matter, Tally
from yuanba.matters.tallying import OPEN_NOW, Key, count_open

Where = tuple[int, str, str]
TRIES = 3


def wrong_counts() -> list[tuple[Where, str]]:
    """Places, tiers and categories whose count of open matters differs, each with both numbers in words.

    What still waits in the outbox is added to the kept counts first. Moves made while both are read look like
    a difference, so only what differs by the same number in every one of three readings is told.
    """
    found = _differences()
    for _again in range(TRIES - 1):
        if not found:
            break
        found = {where: pair for where, pair in _differences().items() if found.get(where) == pair}
    words = _("%(kept)d are kept as open, %(open)d are.")
    return [(where, words % {"kept": kept, "open": real}) for where, (kept, real) in sorted(found.items())]


def _differences() -> dict[Where, tuple[int, int]]:
    kept, real = _kept(), _real()
    return {
        where: (kept[where], real[where]) for where in kept.keys() | real.keys() if kept[where] != real[where]
    }


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
    here = Coalesce("community_id", "street_id", "place_id")
    rows = Matter.objects.filter(stopped_at=None).values_list(here, "tier", "category").order_by()
    return Counter(
        {(place, tier, category): number for place, tier, category, number in rows.annotate(n=Count("pk"))}
    )
