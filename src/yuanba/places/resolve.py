"""Finding places in free Chinese text: `language.toponyms` over the register's names, kept fresh in memory.

Nothing is loaded before the first text comes, so that processes that never resolve stay small.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext

from yuanba.language.toponyms import SENTENCES, Gazetteer, Match, PlaceRow, Reason
from yuanba.places.kinds import PlaceKind
from yuanba.places.models import Place, PlaceAlias, PlaceTree
from yuanba.places.queries import full_names

WITH_HOUSEHOLDS_UP_TO = 150_000
"""Registers larger than this are loaded without households: a text's flat number then stays in ``rest``."""
CHUNK = 5_000
AT_ONCE_UP_TO = 20_000
REST_BUILDS = 3
"""Names of larger registers rest this many times as long as their loading took, lest imports eat a worker."""


@dataclass(frozen=True, slots=True)
class ResolvedPlace:
    """A place that a text speaks of, with the share of belief from 0 to 1 and the reasons in plain words.

    ``spans`` are (start, end) offsets in the text; ``rest`` is what it says of the address beyond the place.
    """

    place_id: int
    path: str
    name: str
    full_name: str
    confidence: float
    why: tuple[str, ...]
    spans: tuple[tuple[int, int], ...] = ()
    rest: str = ""


def resolve(text: str, within: Place | None = None, limit: int = 5) -> list[ResolvedPlace]:
    """The places that `text` speaks of, the surest first.

    `within` is where the text was written or what it is about: a door, a street's desk. Never raises for any
    text.
    """
    gazetteer = _kept.fresh()
    matches = _find(gazetteer, text, within, limit)
    if not matches:
        return []
    places = Place.objects.filter(pk__in=[match.place_id for match in matches], retired_on=None).in_bulk()
    names = full_names(places.values())
    return [
        ResolvedPlace(
            place_id=place.pk,
            path=place.path,
            name=place.name,
            full_name=names[place.pk],
            confidence=match.confidence,
            why=tuple(in_words(reason) for reason in match.why),
            spans=match.spans,
            rest=match.rest,
        )
        for match in matches
        if (place := places.get(match.place_id)) is not None
    ]


def gazetteer() -> Gazetteer:
    """The names as they are now, for work on many texts at once; keep it for a batch, not longer."""
    return _kept.fresh()


def _find(gazetteer: Gazetteer, text: str, within: Place | None, limit: int) -> list[Match]:
    """Matches within the nearest level that is loaded: households and the newest places may not be."""
    while within is not None:
        try:
            return gazetteer.find(text, within.pk, limit)
        except KeyError:
            within = within.parent
    return gazetteer.find(text, None, limit)


def in_words(reason: Reason) -> str:
    """A reason in the language of whoever reads it."""
    return gettext(SENTENCES[reason.code]).format_map(reason.params)


class _Kept:
    """The gazetteer of this process and the tree's revision it was built from."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._gazetteer: Gazetteer | None = None
        self._revision = -1
        self._rests_until = 0.0

    def fresh(self) -> Gazetteer:
        """The names as they are now, or as they were seconds ago while somebody changes or loads them."""
        revision = PlaceTree.objects.filter(pk=1).values_list("revision", flat=True).first() or 0
        kept = self._gazetteer
        if kept is not None and (revision == self._revision or time.monotonic() < self._rests_until):
            return kept
        if kept is not None and self._lock.locked():
            return kept
        with self._lock:
            return self._build(revision)

    def _build(self, revision: int) -> Gazetteer:
        if self._gazetteer is not None and revision == self._revision:
            return self._gazetteer
        began = time.monotonic()
        gazetteer = Gazetteer.build(_rows())
        took = time.monotonic() - began
        self._gazetteer, self._revision = gazetteer, revision
        self._rests_until = time.monotonic() + (took * REST_BUILDS if len(gazetteer) > AT_ONCE_UP_TO else 0)
        return gazetteer


_kept = _Kept()


def _rows() -> Iterator[PlaceRow]:
    """Every place in use. What was merged into another place goes on as a name of its successor."""
    aliases: defaultdict[int, list[str]] = defaultdict(list)
    for place_id, name in PlaceAlias.objects.values_list("place_id", "name"):
        aliases[place_id].append(name)
    merged = Place.objects.filter(replaced_by__isnull=False).exclude(kind=PlaceKind.HOUSEHOLD)
    for place_id, name in merged.values_list("replaced_by_id", "name"):
        if place_id is not None:
            aliases[place_id].append(name)
    rows = Place.objects.filter(retired_on=None)
    if rows[WITH_HOUSEHOLDS_UP_TO:].exists():
        rows = rows.exclude(kind=PlaceKind.HOUSEHOLD)
    columns = rows.order_by("path").values_list("id", "parent_id", "kind", "name")
    for pk, parent_id, kind, name in columns.iterator(chunk_size=CHUNK):
        yield PlaceRow(pk, parent_id, kind, name, tuple(aliases.get(pk, ())))
