"""Names one character off, looked for only inside a small part of the tree, and only if one name fits."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .endings import split_name
from .folding import fold
from .records import KINDS
from .tree import AREA, COMMUNITY, ESTATE, PlaceTree

_SHORTEST = 4
_MOST_PLACES = 20_000
_MOST_NAMES = 2_000
_MOST_FRAMES = 64
_MOST_WINDOWS = 12
_LONGEST = 12
_WILD = "\0"
_AMBIGUOUS = -1
_SAME_SOUND = 12
#: Two names that differ in one of these are two places: 翠微南里 and 翠微北里.
_TELLING = frozenset("东南西北中上下前后左右内外新老大小一二三四五六七八九十百甲乙丙丁")
_NAME_ENDS = re.compile(
    "小区|花园|家园|花苑|公寓|大厦|新村|广场|新城|[雅佳名丽景锦馨]苑|[佳嘉雅丽]园|华府|华庭|豪庭|名都|丽都|名邸|山庄|公馆|社区|村(?!民)|大院"
)


@dataclass(slots=True)
class _Frame:
    """Names inside one place: by their spelling with one sign wild, one sign lost, and in full."""

    wild: dict[str, int] = field(default_factory=dict)
    lost: dict[str, int] = field(default_factory=dict)
    full: dict[str, int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)


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
        if not frame.full:
            return None
        ends = [*number_starts, *(found.end() for found in _NAME_ENDS.finditer(text))][:_MOST_WINDOWS]
        if len(text) <= _LONGEST:
            ends.append(len(text.rstrip()))
        found = {hit for end in ends for hit in self._before(frame, text, end)}
        places = {place for place, _, _ in found}
        return max(found, key=lambda hit: hit[2] - hit[1]) if len(places) == 1 else None

    def _before(self, frame: _Frame, text: str, end: int) -> list[tuple[int, int, int]]:
        found = []
        for length in range(_SHORTEST, _LONGEST + 1):
            start = end - length
            if start < 0:
                break
            place = _look_up(frame, text[start:end])
            if place >= 0:
                found.append((place, start, end))
        return found

    def _frame(self, within: int) -> _Frame:
        frame = self._frames.get(within)
        if frame is None:
            if len(self._frames) >= _MOST_FRAMES:
                self._frames.clear()
            frame = self._frames[within] = _build_frame(self._tree, within)
        return frame


def _build_frame(tree: PlaceTree, within: int) -> _Frame:
    frame = _Frame()
    if tree.end[within] - within > _MOST_PLACES:
        return frame
    inside = [at for at in range(within, tree.end[within]) if tree.kind[at] in (COMMUNITY, ESTATE, AREA)]
    for place in inside[:_MOST_NAMES]:
        name = _spoken_name(tree, place)
        if not _SHORTEST <= len(name) <= _LONGEST:
            continue
        _note(frame.full, name, place)
        frame.names[place] = name
        for at in range(len(name)):
            if at and len(name) > _SHORTEST:
                _note(frame.lost, name[:at] + name[at + 1 :], place)
            if name[at] not in _TELLING and not name[at].isascii():
                _note(frame.wild, name[:at] + _WILD + name[at + 1 :], place)
    return frame


def _spoken_name(tree: PlaceTree, place: int) -> str:
    """The name as people write it: 翠微路社区 for 翠微路社区居委会; parts of an estate are left out."""
    stem, tail, _ = split_name(KINDS[tree.kind[place]], fold(tree.names[place]))
    if tree.kind[place] == COMMUNITY and tail:
        return stem + ("村" if tail.startswith("村") else "社区")
    return stem + tail


def _note(names: dict[str, int], key: str, place: int) -> None:
    names[key] = place if names.get(key, place) == place else _AMBIGUOUS


def _look_up(frame: _Frame, written: str) -> int:
    """The place whose name is one sign away: another sign, one missing, or one too many."""
    if written in frame.full:
        return _AMBIGUOUS
    found = {frame.lost.get(written, _AMBIGUOUS)}
    for at, sign in enumerate(written):
        if sign in _TELLING or sign.isascii():
            continue
        place = frame.wild.get(written[:at] + _WILD + written[at + 1 :], _AMBIGUOUS)
        if place >= 0 and _is_slip(frame.names[place], at, sign):
            found.add(place)
        if 0 < at < len(written) - 1:
            found.add(frame.full.get(written[:at] + written[at + 1 :], _AMBIGUOUS))
    found.discard(_AMBIGUOUS)
    return found.pop() if len(found) == 1 else _AMBIGUOUS


def _is_slip(name: str, at: int, sign: str) -> bool:
    """Whether one sign for another is a slip: they sound alike, or the name is long and begins right."""
    return _sound_alike(name[at], sign) or (len(name) > _SHORTEST and at > 0)


def _sound_alike(one: str, other: str) -> bool:
    """Whether two signs have the same or a neighbouring syllable in Mandarin.

    The 3,755 common signs of GB 2312-80 stand in the order of their Pinyin, so near in code is near in sound.
    """
    ranks = [sign.encode("gb2312", "ignore") for sign in (one, other)]
    if any(len(rank) != 2 or not 0xB0 <= rank[0] <= 0xD7 for rank in ranks):
        return False
    first, second = ((rank[0] - 0xB0) * 94 + rank[1] - 0xA1 for rank in ranks)
    return abs(first - second) <= _SAME_SOUND
