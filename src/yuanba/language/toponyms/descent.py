"""From a place down the tree along a building, unit and room expression."""

from __future__ import annotations

from typing import NamedTuple

from .designators import Designator
from .notes import Note
from .tree import BUILDING, HOUSEHOLD, UNIT, PlaceTree

#: More buildings of the same number than this name none of them; units and rooms must be the only ones.
_MOST_RIVALS = 3
_DOUBT_BESIDE = 0.6
_LEVELS = {UNIT: "u", HOUSEHOLD: "r"}
_KIND_WORDS = {BUILDING: "building", UNIT: "unit", HOUSEHOLD: "household"}


class Outcome(NamedTuple):
    """A place reached from an anchor, with its share of the anchor's belief.

    `read_to` is the offset up to which the expression was understood; `resolved` whether any of it was.
    """

    place: int
    share: float
    read_to: int
    resolved: bool
    notes: tuple[Note, ...] = ()


class _Step(NamedTuple):
    """One level of an expression: the kind, its keys, and the offsets of its words."""

    kind: int
    keys: tuple[str, ...]
    start: int
    end: int


def descend(tree: PlaceTree, anchor: int, named: Designator, zones: str = "") -> list[Outcome]:
    """The places below `anchor` that an expression may mean; the anchor itself where none is registered.

    `zones` are parts of the estate named in the text but not registered as estates: “A区” before “3栋” also
    finds a building called A3.
    """
    reached = [Outcome(_start(tree, anchor, named), 1.0, named.start, False)]
    if named.buildings:
        keys = _with_zones(named.buildings, zones) if zones else named.buildings
        reached = _take(tree, reached, _Step(BUILDING, keys, named.start, named.building_end))
    if named.units and (not named.buildings or reached[0].resolved):
        reached = _take_either(tree, reached, _Step(UNIT, named.units, named.building_end, named.unit_end))
    if named.rooms and tree.kind[reached[0].place] in (BUILDING, UNIT) and _is_followed(named, reached[0]):
        # A number counted on a floor (5楼2号) is a door there, never a unit.
        take = _take if named.on_floor else _take_either
        reached = take(tree, reached, _Step(HOUSEHOLD, named.rooms, named.unit_end, named.end))
    return [_doubt_if_beside(tree, anchor, outcome) for outcome in reached]


def listed_buildings(tree: PlaceTree, anchor: int, named: Designator) -> list[int]:
    """The other buildings of an enumeration (3、5、7栋), each only where it is the only one of its number."""
    start = tree.climb_above(anchor, BUILDING)
    if start < 0:
        return []
    found = (tree.below(start, BUILDING, key) for key in named.listed)
    return [places[0] for places in found if len(places) == 1]


def _start(tree: PlaceTree, anchor: int, named: Designator) -> int:
    """Where to begin: “5栋” said in building 3 means its neighbour, so the search begins one level up."""
    if tree.kind[anchor] not in _KIND_WORDS:
        return anchor
    kind = BUILDING if named.buildings else UNIT if named.units else HOUSEHOLD
    above = tree.climb_above(anchor, kind)
    return above if above >= 0 else anchor


def _with_zones(buildings: tuple[str, ...], zones: str) -> tuple[str, ...]:
    prefixes = (zones, zones[0])
    return (*(f"b{prefix}{key[1:]}" for prefix in prefixes for key in buildings), *buildings)


def _is_followed(named: Designator, reached: Outcome) -> bool:
    """Whether the levels named above the room were found, so that the room may be looked for."""
    if named.units:
        return any(note.code == "unit" for note in reached.notes)
    return reached.resolved or not named.buildings


def _take_either(tree: PlaceTree, reached: list[Outcome], step: _Step) -> list[Outcome]:
    """One level down; inside a building “10号” and “63-9” may be a unit as well as a room."""
    usual = _take(tree, reached, step)
    if len(reached) > 1 or usual[0].place != reached[0].place or tree.kind[reached[0].place] != BUILDING:
        return usual
    kind = HOUSEHOLD if step.kind == UNIT else UNIT
    keys = tuple(_LEVELS[kind] + key[1:] for key in step.keys)
    other = _take(tree, reached, step._replace(kind=kind, keys=keys))
    return other if other[0].place != reached[0].place else usual


def _take(tree: PlaceTree, reached: list[Outcome], step: _Step) -> list[Outcome]:
    """One level down for every place reached so far."""
    word = _KIND_WORDS[step.kind]
    most = _MOST_RIVALS if step.kind == BUILDING else 1
    further: list[Outcome] = []
    for outcome in reached:
        found: list[int] = []
        for key in step.keys:
            found = tree.below(outcome.place, step.kind, key)
            if found:
                break
        several = (Note("several_inside", step.start, step.end, number=len(found)),) if len(found) > 1 else ()
        if not 0 < len(found) <= most:
            notes = several or (Note(f"{word}_unknown", step.start, step.end),)
            place, share, read_to, resolved, known = outcome
            further.append(Outcome(place, share, read_to, resolved, known + notes))
            continue
        for place in found:
            notes = (*outcome.notes, Note(word, step.start, step.end, place), *several)
            further.append(Outcome(place, outcome.share / len(found), step.end, True, notes))
    return further


def _doubt_if_beside(tree: PlaceTree, anchor: int, outcome: Outcome) -> Outcome:
    """A neighbour of the anchor is less sure than what lies in it."""
    if tree.holds(anchor, outcome.place) or tree.holds(outcome.place, anchor):
        return outcome
    return outcome._replace(share=outcome.share * _DOUBT_BESIDE)
