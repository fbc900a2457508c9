"""Which name a building or unit expression belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .designators import Designator
from .mentions import Mention
from .tree import DISTRICT, PlaceTree

_REACH = 40
_AFTER_REACH = 2
_LEAST_FIRM = 0.5
_ROAD_ENDS = frozenset("路街道巷弄")
_LINK = re.compile(r"[\s,，、的里内之(\-:：]{0,3}|[\s(]{0,2}(?:小区|院内|里面|院子)[\s的)]{0,2}")


@dataclass(slots=True)
class Anchored:
    """A mention with the expressions that follow it. Of those in `far` words stand between, so they count
    only where the register has them."""

    mention: Mention
    close: list[Designator] = field(default_factory=list)
    far: list[Designator] = field(default_factory=list)


def attach(
    tree: PlaceTree, mentions: list[Mention], numbers: list[Designator], text: str
) -> tuple[list[Anchored], list[Designator]]:
    """Gives each expression to the name before it, else to a name right behind it; returns the rest apart."""
    anchored = [Anchored(mention) for mention in mentions]
    holders = [one for one in anchored if _may_hold(tree, one.mention)]
    loose: list[Designator] = []
    at = 0
    for named in numbers:
        first = named.list_start if named.list_start >= 0 else named.start
        while at < len(holders) and holders[at].mention.end <= first:
            at += 1
        before = holders[at - 1] if at else None
        after = holders[at] if at < len(holders) else None
        if not _give(before, after, named, first, text):
            loose.append(named)
    return anchored, loose


def _give(before: Anchored | None, after: Anchored | None, named: Designator, first: int, text: str) -> bool:
    if before is not None and _is_close(before, first, text) and not _is_road_number(named, first, text):
        before.close.append(named)
        return True
    if named.bound or named.firmness < _LEAST_FIRM:
        return False
    if after is not None and 0 <= after.mention.start - named.end <= _AFTER_REACH:
        after.close.append(named)
        return True
    if before is not None and first - before.mention.end <= _REACH:
        before.far.append(named)
        return True
    return False


def _is_close(before: Anchored, first: int, text: str) -> bool:
    """Right behind the name, or behind an expression that is itself right behind it: 玉城家园3栋、5栋."""
    ends = [before.mention.end, *(named.end for named in before.close[-1:])]
    return any(end <= first and _LINK.fullmatch(text, end, first) for end in ends)


def _is_road_number(named: Designator, first: int, text: str) -> bool:
    """“万寿路15号” is a house number on a road, “玉城家园15号” a building."""
    return named.bound and first > 0 and text[first - 1] in _ROAD_ENDS


def _may_hold(tree: PlaceTree, mention: Mention) -> bool:
    return any(tree.kind[bearer.place] > DISTRICT for bearer in mention.bearers)
