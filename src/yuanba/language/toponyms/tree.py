"""The tree of places in flat arrays, in preorder: what lies inside a place is one range of indexes."""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from .folding import fold
from .keys import keys_of_name
from .records import KINDS, PlaceRow

NATION, PROVINCE, CITY, DISTRICT, STREET, COMMUNITY, ESTATE, BUILDING, UNIT, HOUSEHOLD, AREA = range(11)
_KIND_NUMBER = {kind: number for number, kind in enumerate(KINDS)}
_NUMBERED = (ESTATE, BUILDING, UNIT, HOUSEHOLD, AREA)
_KEY_BITS = 24
_REPORT_EVERY = 10_000
#: A number is looked for in at most this many parents below a place; more would name nothing surely.
_WIDEST_SEARCH = 48


@dataclass(slots=True)
class _Rows:
    """Rows as read, before they are put in order."""

    ids: array[int] = field(default_factory=lambda: array("q"))
    parents: list[int | None] = field(default_factory=list)
    kinds: bytearray = field(default_factory=bytearray)
    names: list[str] = field(default_factory=list)
    aliases: dict[int, tuple[str, ...]] = field(default_factory=dict)


class PlaceTree:
    """Places by index 0…n-1 in preorder.

    `end[i]` is one past the last place inside i; a root has the parent -1; `kind` holds numbers into `KINDS`.
    """

    def __init__(self, rows: Iterable[PlaceRow], progress: Callable[[int], None] | None = None) -> None:
        """Reads the rows once, in any order.

        Raises ValueError for an id given twice, a kind not in `KINDS` and parents that form a circle.
        """
        read = _read(rows, progress)
        order, parents, ends = _preorder(read)
        self.ids: array[int] = array("q", (read.ids[row] for row in order))
        self.parent: array[int] = parents
        self.end: array[int] = ends
        self.kind = bytearray(read.kinds[row] for row in order)
        self.names: list[str] = [read.names[row] for row in order]
        place_of_row = {row: place for place, row in enumerate(order) if row in read.aliases}
        self.aliases = {place_of_row[row]: names for row, names in read.aliases.items()}
        self._by_id: array[int] = array("q", sorted(range(len(order)), key=self.ids.__getitem__))
        self._sorted_ids: array[int] = array("q", (self.ids[place] for place in self._by_id))
        self._settlements: array[int] = array(
            "q", (place for place, kind in enumerate(self.kind) if kind in (COMMUNITY, ESTATE, AREA))
        )
        self.kinds_present = frozenset(self.kind)
        self._index_numbers()

    def __len__(self) -> int:
        return len(self.ids)

    def index_of(self, place_id: int) -> int:
        """The index of a place; raises KeyError for an id that was not loaded."""
        at = bisect_left(self._sorted_ids, place_id)
        if at == len(self._sorted_ids) or self._sorted_ids[at] != place_id:
            raise KeyError(place_id)
        return self._by_id[at]

    def ancestors(self, place: int) -> Iterator[int]:
        """The places that hold this one, the nearest first, itself left out."""
        place = self.parent[place]
        while place >= 0:
            yield place
            place = self.parent[place]

    def holds(self, outer: int, inner: int) -> bool:
        """Whether `inner` lies in `outer` or is the same place."""
        return outer <= inner < self.end[outer]

    def settlements(self, place: int) -> array[int]:
        """Communities, estates and areas inside a place, itself included."""
        first = bisect_left(self._settlements, place)
        return self._settlements[first : bisect_left(self._settlements, self.end[place], first)]

    def climb_above(self, place: int, kind: int) -> int:
        """The nearest place, itself included, that is wider than `kind`; -1 where there is none."""
        while place >= 0 and BUILDING <= self.kind[place] <= HOUSEHOLD and self.kind[place] >= kind:
            place = self.parent[place]
        return place

    def below(self, place: int, kind: int, key: str) -> list[int]:
        """Places of a numbered kind inside a place that answer to a key: its children, else further down."""
        number = self._key_numbers.get(key)
        if number is None:
            return []
        direct = self._children(place, number)
        if direct:
            return direct
        hosts = self._hosts.get(kind)
        if hosts is None:
            return []
        first = bisect_left(hosts, place)
        last = bisect_left(hosts, self.end[place])
        if last - first > _WIDEST_SEARCH:
            return []
        return [child for host in hosts[first:last] for child in self._children(host, number)]

    def has_below(self, place: int, kind: int) -> bool:
        """Whether any place of a numbered kind is registered inside a place."""
        hosts = self._hosts[kind]
        at = bisect_left(hosts, place)
        return at < len(hosts) and hosts[at] < self.end[place]

    def _children(self, place: int, key_number: int) -> list[int]:
        wanted = place << _KEY_BITS | key_number
        first = bisect_left(self._keys, wanted)
        if first == len(self._keys) or self._keys[first] != wanted:
            return []
        return list(self._key_places[first : bisect_right(self._keys, wanted, first)])

    def _index_numbers(self) -> None:
        """Sorted (parent, key) pairs of all numbered places, and the parents of each kind."""
        self._key_numbers: dict[str, int] = {}
        keys: array[int] = array("q")
        places: array[int] = array("q")
        hosts: dict[int, array[int]] = {kind: array("q") for kind in _NUMBERED}
        for place, kind in enumerate(self.kind):
            if kind not in hosts:
                continue
            parent = max(self.parent[place], 0)
            if kind in (BUILDING, UNIT, HOUSEHOLD):
                hosts[kind].append(parent)
            for key in _number_keys(KINDS[kind], self.names[place], self.aliases.get(place, ())):
                keys.append(parent << _KEY_BITS | self._key_numbers.setdefault(key, len(self._key_numbers)))
                places.append(place)
        _keys_of.cache_clear()
        order = sorted(range(len(keys)), key=keys.__getitem__)
        self._keys: array[int] = array("q", (keys[at] for at in order))
        self._key_places: array[int] = array("q", (places[at] for at in order))
        self._hosts = {kind: array("q", sorted(set(hosts[kind]))) for kind in (BUILDING, UNIT, HOUSEHOLD)}


def _number_keys(kind: str, name: str, aliases: tuple[str, ...]) -> list[str]:
    keys = list(_keys_of(kind, name))
    for alias in aliases:
        keys += (key for key in _keys_of(kind, alias) if key not in keys)
    return keys


@lru_cache(maxsize=65_536)
def _keys_of(kind: str, name: str) -> tuple[str, ...]:
    return keys_of_name(kind, fold(name))


def _read(rows: Iterable[PlaceRow], progress: Callable[[int], None] | None) -> _Rows:
    read = _Rows()
    for count, row in enumerate(rows, 1):
        number = _KIND_NUMBER.get(row.kind)
        if number is None:
            raise ValueError(f"place {row.id} has the unknown kind {row.kind!r}")
        if row.aliases:
            read.aliases[len(read.ids)] = tuple(row.aliases)
        read.ids.append(row.id)
        read.parents.append(row.parent_id)
        read.kinds.append(number)
        read.names.append(sys.intern(row.name))
        if progress and count % _REPORT_EVERY == 0:
            progress(count)
    return read


def _preorder(read: _Rows) -> tuple[array[int], array[int], array[int]]:
    """Rows in preorder, and for each place in that order its parent's index and the end of its range."""
    row_of = {place_id: row for row, place_id in enumerate(read.ids)}
    if len(row_of) != len(read.ids):
        raise ValueError("a place id is given twice")
    first_child, next_sibling = _links(read, row_of)
    order: array[int] = array("q")
    parents: array[int] = array("q")
    ends: array[int] = array("q")
    total = len(read.ids)
    stack = [(row, -1) for row in range(total - 1, -1, -1) if next_sibling[row] == _ROOT]
    while stack:
        row, parent = stack.pop()
        if row < 0:
            ends[parent] = len(order)
            continue
        place = len(order)
        order.append(row)
        parents.append(parent)
        ends.append(place + 1)
        child = first_child[row]
        if child >= 0:
            stack.append((-1, place))
        while child >= 0:
            stack.append((child, place))
            child = next_sibling[child]
    if len(order) != total:
        raise ValueError(f"the parents of {total - len(order)} places form a circle")
    return order, parents, ends


_ROOT = -2


def _links(read: _Rows, row_of: dict[int, int]) -> tuple[array[int], array[int]]:
    """First child of every row (the last read first) and next sibling, -1 for none and `_ROOT` for a root."""
    first_child: array[int] = array("q", [-1]) * len(read.ids)
    next_sibling: array[int] = array("q", [_ROOT]) * len(read.ids)
    for row, parent_id in enumerate(read.parents):
        parent_row = row_of.get(parent_id) if parent_id is not None else None
        if parent_row is not None:
            next_sibling[row] = first_child[parent_row]
            first_child[parent_row] = row
    return first_child, next_sibling
