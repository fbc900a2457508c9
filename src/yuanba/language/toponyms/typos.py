"""Names one character off, looked for only inside a small part of the tree, and only if one name fits."""

from __future__ import annotations

import re

from .endings import split_name, start_of_zones
from .folding import fold
from .records import KINDS
from .tree import COMMUNITY, PlaceTree

_SHORTEST = 4
_MOST_NAMES = 4_000
_MOST_FRAMES = 4_096
_MOST_WINDOWS = 12
_LONGEST = 12
_SAME_SOUND = 40
#: Two names that differ in one of these are two places: 翠微南里 and 翠微北里.
_TELLING = frozenset("东南西北中上下前后左右内外新老大小一二三四五六七八九十百甲乙丙丁")
# The last sign first: looking for one of a few signs and then back is much faster than for many words.
_NAME_ENDS = re.compile(
    "[区园苑寓厦村场城府庭都邸庄馆院](?!民)(?<=小区|社区|家园|花园|佳园|嘉园|雅园|丽园|花苑|雅苑|佳苑|名苑|丽苑|景苑|锦苑"
    "|公寓|大厦|新村|广场|新城|华府|华庭|豪庭|名都|丽都|名邸|山庄|公馆|大院)"
    "|村(?!民)"
)


#: Names with their places, by their first sign and by their second.
_Frame = tuple[dict[str, list[tuple[str, int]]], dict[str, list[tuple[str, int]]]]


class TypoFinder:
    """Remembers the frames last asked for; safe to share between threads."""

    def __init__(self, tree: PlaceTree) -> None:
        self._tree = tree
        self._frames: dict[int, _Frame] = {}

    def find(self, text: str, within: int, number_starts: list[int]) -> tuple[int, int, int] | None:
        """(place, start, end) of the one name inside `within` that a folded text misspells, if there is one.

        Names are looked for before building numbers and up to words that end names (小区, 家园 …).
        """
        frame = self._frame(within)
        if not frame[0]:
            return None
        before_numbers = (start_of_zones(text, start) for start in number_starts[:_MOST_WINDOWS])
        ends = [*before_numbers, *(found.end() for found in _NAME_ENDS.finditer(text))][:_MOST_WINDOWS]
        if len(text) <= _LONGEST:
            ends.append(len(text.rstrip()))
        found = {hit for end in ends for hit in _before(frame, text, end)}
        places = {place for place, _, _ in found}
        return max(found, key=lambda hit: hit[2] - hit[1]) if len(places) == 1 else None

    def _frame(self, within: int) -> _Frame:
        frame = self._frames.get(within)
        if frame is None:
            if len(self._frames) >= _MOST_FRAMES:
                self._frames.clear()
            frame = self._frames[within] = _build_frame(self._tree, within)
        return frame


def _build_frame(tree: PlaceTree, within: int) -> _Frame:
    frame: _Frame = ({}, {})
    inside = tree.settlements(within)
    if len(inside) > _MOST_NAMES:
        return frame
    for place in inside:
        name = _spoken_name(tree, place)
        if _SHORTEST <= len(name) <= _LONGEST:
            for at in (0, 1):
                frame[at].setdefault(name[at], []).append((name, place))
    return frame


def _spoken_name(tree: PlaceTree, place: int) -> str:
    """The name as people write it: 翠微路社区 for 翠微路社区居委会; parts of an estate are left out."""
    stem, tail, _ = split_name(KINDS[tree.kind[place]], fold(tree.names[place]))
    if tree.kind[place] == COMMUNITY and tail:
        return stem + ("村" if tail.startswith("村") else "社区")
    return stem + tail


def _before(frame: _Frame, text: str, end: int) -> set[tuple[int, int, int]]:
    """Misspelt names that end at an offset; nothing where one is spelt right."""
    first, second = frame
    found: set[tuple[int, int, int]] = set()
    for start in range(max(0, end - _LONGEST), end - _SHORTEST + 1):
        near = [*first.get(text[start], ()), *second.get(text[start + 1], ())]
        for name, place in near:
            if text.endswith(name, 0, end):
                return set()
            if abs(len(name) - (end - start)) <= 1 and _is_slip(name, text[start:end]):
                found.add((place, start, end))
    return found


def _is_slip(name: str, written: str) -> bool:
    """Whether a name was written with another sign, one missing or one too many."""
    at = next((at for at, pair in enumerate(zip(name, written, strict=False)) if pair[0] != pair[1]), -1)
    if at < 0:
        return False
    if len(name) > len(written):
        return at > 0 and len(name) > _SHORTEST and name[at + 1 :] == written[at:] and _is_plain(name[at])
    if len(name) < len(written):
        return at > 0 and name[at:] == written[at + 1 :] and _is_plain(written[at])
    if name[at + 1 :] != written[at + 1 :] or not (_is_plain(name[at]) and _is_plain(written[at])):
        return False
    return _sound_alike(name[at], written[at]) or (len(name) > _SHORTEST and at > 0)


def _is_plain(sign: str) -> bool:
    return sign not in _TELLING and not sign.isascii()


def _sound_alike(one: str, other: str) -> bool:
    """Whether two signs have the same or a neighbouring syllable in Mandarin.

    The 3,755 common signs of GB 2312-80 stand in the order of their Pinyin, so near in code is near in sound.
    """
    ranks = [sign.encode("gb2312", "ignore") for sign in (one, other)]
    if any(len(rank) != 2 or not 0xB0 <= rank[0] <= 0xD7 for rank in ranks):
        return False
    first, second = ((rank[0] - 0xB0) * 94 + rank[1] - 0xA1 for rank in ranks)
    return abs(first - second) <= _SAME_SOUND
