"""Where names of the register stand in a text, and which places each of them may mean."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import rjieba

from .endings import NO_ENDING, STARTERS, Ending, read_ending
from .names import COMMON, CUT_LEFT, CUT_RIGHT, SHORT, WIDE, NameIndex
from .tree import PlaceTree
from .weights import CUE, ROAD_LIKE, Fit, fit_name

_CUES = ("位于", "家住", "居住", "来自", "我们", "我是", "住在", "地处", "反映", "投诉")
_LINKS = frozenset(" ,，、的-·.")
_ROADS = ("路", "街", "大道", "巷", "弄", "胡同")
_HOUSE_NUMBER = re.compile(r"\d{1,4}(?:-\d+)?(?:号(?!楼|[栋幢])|弄)")
_WINDOW = 4
_MOST_ALONE = 2
_LENGTH_WEIGHT = 0.4


@dataclass(slots=True)
class Bearer:
    """A place that a mention may mean, with its weight so far and what spoke for and against it."""

    place: int
    weight: float
    fit: Fit
    evidence: list[tuple[str, str]] = field(default_factory=list)

    def add(self, weight: float, code: str, word: str = "") -> None:
        self.weight += weight
        self.evidence.append((code, word))


@dataclass(slots=True)
class Mention:
    """Words in the text that name a place: a stem from `start`, its ending up to `end`."""

    start: int
    end: int
    bearers: list[Bearer]
    ending: Ending
    rank: float


class MentionReader:
    """Finds the mentions of one folded text.

    `inside` says whether a place lies in the frame the caller gave; `number_at` whether a building or unit
    expression begins at an offset.
    """

    def __init__(
        self,
        tree: PlaceTree,
        names: NameIndex,
        text: str,
        inside: Callable[[int], bool] | None,
        number_at: Callable[[int], bool],
    ) -> None:
        self._tree, self._names, self._text = tree, names, text
        self._inside, self._number_at = inside, number_at
        self._endings: dict[int, Ending] = {}
        self._ends: set[int] = set()
        self._alone = len(text.strip()) - _MOST_ALONE

    def read(self) -> list[Mention]:
        """Mentions in the order of the text, not overlapping: of two that overlap the better founded stays."""
        flags, lengths = self._names.flags, self._names.lengths
        found: list[Mention] = []
        for stem, start, end in self._names.occurrences(self._text):
            flag = flags[stem]
            if flag >= CUT_LEFT and self._is_cut_out(flag, start, end):
                continue
            ending = self._ending_at(end)
            bare = not ending.tail and not ending.general
            if bare and flag & SHORT and not self._is_supported(stem, flag, start, end):
                continue
            mention = self._mention(stem, lengths[stem], flag, start, end, ending)
            if mention is not None and (not bare or flag & WIDE or not self._splits_a_word(start, end)):
                found.append(mention)
                self._ends.add(mention.end)
        return _without_overlaps(found) if len(found) > 1 else found

    def _ending_at(self, end: int) -> Ending:
        known = self._endings.get(end)
        if known is None:
            follows = end < len(self._text) and self._text[end] in STARTERS
            known = self._endings[end] = read_ending(self._text, end) if follows else NO_ENDING
        return known

    def _is_cut_out(self, flag: int, start: int, end: int) -> bool:
        """Whether a name with a Latin letter or digit at its edge is part of a longer run: 路1号 in 路11号."""
        text = self._text
        left = bool(flag & CUT_LEFT) and start > 0 and text[start - 1].isascii() and text[start - 1].isalnum()
        right = flag & CUT_RIGHT and end < len(text) and text[end].isascii() and text[end].isalnum()
        return left or bool(right)

    def _is_supported(self, stem: int, flag: int, start: int, end: int) -> bool:
        """Whether a short name without its ending has anything around it that speaks for a place."""
        if flag & WIDE or start in self._ends or end - start >= self._alone or self._number_at(end):
            return True
        if start and self._text[start - 1] in _LINKS and start - 1 in self._ends:
            return True
        if self._inside is not None and self._has_bearer_inside(stem):
            return not flag & COMMON or self._has_cue(start)
        return not flag & COMMON and self._has_cue(start)

    def _has_bearer_inside(self, stem: int) -> bool:
        names, inside = self._names, self._inside
        entries = range(names.first[stem], names.first[stem + 1])
        return inside is not None and any(inside(names.place[at]) for at in entries)

    def _has_cue(self, start: int) -> bool:
        return self._text[max(0, start - 2) : start].endswith(("在", "住", *_CUES))

    def _splits_a_word(self, start: int, end: int) -> bool:
        """Whether the words of the dictionary run across an edge of a short name: 和平 in 和平相处."""
        if end - start > 3:
            return False
        left = max(0, start - _WINDOW)
        at, edges = left, {left}
        for word in rjieba.cut(self._text[left : end + _WINDOW], False):
            at += len(word)
            edges.add(at)
        return start not in edges or end not in edges

    def _mention(
        self, stem: int, length: int, flag: int, start: int, end: int, ending: Ending
    ) -> Mention | None:
        names, kinds = self._names, self._tree.kind
        bearers: dict[int, Bearer] = {}
        for at in range(names.first[stem], names.first[stem + 1]):
            place = names.place[at]
            fit = fit_name(kinds[place], names.details[names.detail[at]], ending, length, bool(flag & COMMON))
            if fit is None or (place in bearers and bearers[place].weight >= fit.weight):
                continue
            bearers[place] = Bearer(place, fit.weight, fit)
        if not bearers:
            return None
        mention = Mention(start, end + ending.length, list(bearers.values()), ending, 0.0)
        if not ending.tail:
            self._weigh_bare(mention, end)
        mention.rank = max(b.weight for b in mention.bearers) + _LENGTH_WEIGHT * (mention.end - start)
        return mention

    def _weigh_bare(self, mention: Mention, stem_end: int) -> None:
        """A stem without its ending: cues in front speak for a place, a road's name and number against it."""
        text = self._text
        cue = self._has_cue(mention.start)
        road = text[mention.start : stem_end].endswith(_ROADS) and not mention.ending.length
        numbered = road and _HOUSE_NUMBER.match(text, stem_end) is not None
        for bearer in mention.bearers:
            if road and bearer.fit.code != "name":
                bearer.add(ROAD_LIKE * (2 if numbered else 1), "road_like")
            if cue:
                bearer.add(CUE, "cue")


def _without_overlaps(mentions: list[Mention]) -> list[Mention]:
    """Keeps the best founded of overlapping mentions; equal spans become one mention."""
    mentions.sort(key=lambda mention: -mention.rank)
    kept: list[Mention] = []
    taken: dict[int, Mention] = {}
    for mention in mentions:
        span = range(mention.start, mention.end)
        rivals = {id(taken[at]): taken[at] for at in span if at in taken}
        if not rivals:
            kept.append(mention)
            taken.update(dict.fromkeys(span, mention))
        elif len(rivals) == 1:
            _merge(next(iter(rivals.values())), mention)
    kept.sort(key=lambda mention: mention.start)
    return kept


def _merge(kept: Mention, other: Mention) -> None:
    if (kept.start, kept.end) != (other.start, other.end):
        return
    known = {bearer.place for bearer in kept.bearers}
    kept.bearers += (bearer for bearer in other.bearers if bearer.place not in known)
