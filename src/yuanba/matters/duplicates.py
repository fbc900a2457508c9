"""Possible duplicates of a new matter among open ones nearby, by place, time and text. A person decides."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db.models import QuerySet
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

    matter: Matter
    telling: Telling


def telling_of(matter: Matter, place_names: Iterable[str] = ()) -> Telling:
    """A matter as far as comparing goes, its words without `place_names`: neighbours all name their estate, whatever
    troubles them, and the place is compared by itself.
    """
    text, title = matter.text, matter.title
    for name in place_names:
        text, title = text.replace(name, " "), title.replace(name, " ")
    return Telling(text, title, matter.received_at, matter.place_path)


class Guarded(Protocol):
    """What tells whom a request is kept from: a matter, or what is remembered of one."""

    @property
    def accused_path(self) -> str: ...

    @property
    def confidential(self) -> bool: ...


def may_be_shown(earlier: Guarded, to: Guarded) -> bool:
    """Whether whoever gets a matter may read of an earlier one: what accuses an office is compared with what accuses
    the same one only, and what is protected with nothing that is not.
    """
    return earlier.accused_path == to.accused_path and (to.confidential or not earlier.confidential)


class Nearby:
    """The newest open matters of the same community (street, district) as some new ones.

    They are read once for all new ones that lie together; of the new ones themselves, what is in memory counts, not
    what is stored. ``since`` tells how far back each new one looks.
    """

    def __init__(self, new: Sequence[Matter], since: Mapping[int, datetime]) -> None:
        self._new, self._since = new, since
        self._stored: dict[_Ground, list[Matter]] = {}
        self._tellings: dict[int, Telling] = {}
        together: dict[_Ground, list[Matter]] = {}
        for matter in new:
            together.setdefault(_ground(matter), []).append(matter)
        for ground, matters in together.items():
            self._stored[ground] = list(self._read(ground, matters))

    def before(self, matter: Matter) -> list[Earlier]:
        """Those that came before it, newest first."""
        ground, since = _ground(matter), self._since[matter.pk]
        own = (each for each in self._new if each.is_open and _ground(each)[:2] == ground[:2])
        around = (*own, *self._stored[ground])
        found = [
            each
            for each in around
            if each.pk < matter.pk and each.received_at >= since and may_be_shown(each, matter)
        ]
        found.sort(key=lambda each: -each.pk)
        return [Earlier(each, self._telling(each)) for each in found[:NEARBY]]

    def _telling(self, matter: Matter) -> Telling:
        known = self._tellings.get(matter.pk)
        if known is None:
            known = self._tellings[matter.pk] = telling_of(matter)
        return known

    def _read(self, ground: "_Ground", matters: Sequence[Matter]) -> QuerySet[Matter]:
        community, street, accused_path, confidential = ground
        near = Matter.objects.filter(
            community_id=community,
            pk__lt=max(matter.pk for matter in matters),
            received_at__gte=min(self._since[matter.pk] for matter in matters),
            stopped_at=None,
            accused_path=accused_path,
        ).exclude(pk__in=[matter.pk for matter in self._new])
        if not confidential:
            near = near.filter(confidential=False)
        if community is None:
            near = near.filter(street_id=street)
        columns = ("pk", "text", "title", "received_at", "place_path", "accused_path", "confidential")
        return near.only(*columns).order_by("-pk")[:NEARBY]


_Ground = tuple[int | None, int | None, str, bool]


def _ground(matter: Matter) -> _Ground:
    """Where others are looked for, and which of them may be compared."""
    street = matter.street_id if matter.community_id is None else None
    return matter.community_id, street, matter.accused_path, matter.confidential


def duplicates(own: Telling, earlier: Iterable[Earlier]) -> Iterator[Proposal]:
    """The most alike of `earlier`, surest first, as proposals."""
    scored = [(likeness(own, each.telling), each) for each in earlier]
    alike = sorted((row for row in scored if row[0].value >= ALIKE), key=lambda row: -row[0].value)
    for found, each in alike[:MOST_SHOWN]:
        why = _("Both speak of: %(words)s") % {"words": "、".join(found.shared)}
        yield Proposal("duplicate", each.matter.pk, each.matter.number, found.value, (why,))
