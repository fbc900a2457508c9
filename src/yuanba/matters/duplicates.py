"""Possible duplicates of a new matter among open ones nearby, by place, time and text. A person decides."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from yuanba.language.similarity import Telling, likeness
from yuanba.matters.models import Matter
from yuanba.matters.suggesting import Proposal

ALIKE = 0.6
NEARBY = 60
"""How many of the newest open matters of a community are compared; each takes about half a millisecond."""
MOST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Earlier:
    """A matter that a new one may be the same as."""

    pk: int
    number: str
    telling: Telling


def telling_of(matter: Matter, place_names: Iterable[str] = ()) -> Telling:
    """A matter as far as comparing goes, its words without `place_names`: neighbours all name their estate, whatever
    troubles them, and the place is compared by itself.
    """
    text, title = matter.text, matter.title
    for name in place_names:
        text, title = text.replace(name, " "), title.replace(name, " ")
    return Telling(text, title, matter.received_at, matter.place_path)


def earlier_nearby(matter: Matter, days: int) -> list[Earlier]:
    """The newest open matters of the same community (street, district) that came at most `days` before.

    What accuses an office is compared with what accuses the same one only, and what is protected with nothing
    that is not: else whoever gets the one would read of the other.
    """
    since = matter.received_at - timedelta(days=days)
    near = Matter.objects.filter(
        community_id=matter.community_id,
        pk__lt=matter.pk,
        received_at__gte=since,
        stopped_at=None,
        accused_path=matter.accused_path,
    )
    if not matter.confidential:
        near = near.filter(confidential=False)
    if matter.community_id is None:
        near = near.filter(street_id=matter.street_id)
    columns = near.only("pk", "text", "title", "received_at", "place_path").order_by("-pk")
    return [Earlier(each.pk, each.number, telling_of(each)) for each in columns[:NEARBY]]


def duplicates(own: Telling, earlier: Iterable[Earlier]) -> Iterator[Proposal]:
    """The most alike of `earlier`, surest first, as proposals."""
    scored = [(likeness(own, each.telling), each) for each in earlier]
    alike = sorted((row for row in scored if row[0].value >= ALIKE), key=lambda row: -row[0].value)
    for found, each in alike[:MOST_SHOWN]:
        why = _("Both speak of: %(words)s") % {"words": "、".join(found.shared)}
        yield Proposal("duplicate", each.pk, each.number, found.value, (why,))
