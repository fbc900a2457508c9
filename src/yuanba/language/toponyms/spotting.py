"""Finds where names of the register stand in a text."""

from __future__ import annotations

from collections.abc import Callable

from .designators import begins_here, number_follows
from .endings import NO_ENDING, STARTERS, Ending, family, read_ending
from .mentions import Bearer, Mention, without_overlaps
from .names import COMMON, CUT_LEFT, CUT_RIGHT, SHORT, WIDE, NameIndex, is_everyday
from .notes import Note
from .surroundings import (
    has_cue,
    has_home_cue,
    has_house_number,
    is_alnum,
    is_open,
    is_road,
    names_other_thing,
    splits_a_word,
)
from .tree import DISTRICT, ESTATE, PlaceTree
from .weights import CUE, EVERYDAY, JOINED_LEFT, JOINED_RIGHT, ROAD_LIKE, Fit, fit_name, fit_part

_LINKS = frozenset(" ,，、的-·.")
_SPLITTABLE = 3
_SHORTEST_NAME, _SHORT_NAME = 3, 4
_MOST_ALONE = 2
_MOST_MENTIONS = 400
_LENGTH_WEIGHT = 0.4


class MentionReader:
    """Finds the mentions of one folded text.

    `inside` says whether a place lies in the frame the caller gave, or holds it; None without a frame.
    """

    def __init__(
        self, tree: PlaceTree, names: NameIndex, text: str, inside: Callable[[int], bool] | None
    ) -> None:
        self._tree, self._names, self._text, self._inside = tree, names, text, inside
        self._endings: dict[int, Ending] = {}
        self._ends: set[int] = set()
        self._alone = len(text.strip()) - _MOST_ALONE

    def read(self) -> list[Mention]:
        """Mentions in the order of the text, not overlapping; the first few hundred where there are more."""
        flags = self._names.flags
        found: list[Mention] = []
        for stem, start, end in self._names.occurrences(self._text):
            flag = flags[stem]
            if flag >= CUT_LEFT and self._is_cut_out(flag, start, end):
                continue
            ending = self._ending_at(end)
            if not ending.length and not self._may_stand_bare(stem, flag, start, end):
                continue
            mention = self._mention(stem, flag, start, end, ending)
            if mention is not None:
                found.append(mention)
                self._ends.add(mention.end)
                if len(found) == _MOST_MENTIONS:
                    break
        return without_overlaps(found) if len(found) > 1 else found

    def _ending_at(self, end: int) -> Ending:
        known = self._endings.get(end)
        if known is None:
            follows = end < len(self._text) and self._text[end] in STARTERS
            known = self._endings[end] = read_ending(self._text, end) if follows else NO_ENDING
        return known

    def _is_cut_out(self, flag: int, start: int, end: int) -> bool:
        """Whether a name is part of a longer run of letters or digits: 路1号 in 路11号."""
        left = flag & CUT_LEFT and is_alnum(self._text, start - 1)
        return bool(left or (flag & CUT_RIGHT and is_alnum(self._text, end)))

    def _may_stand_bare(self, stem: int, flag: int, start: int, end: int) -> bool:
        """Whether a stem without its ending may be a name where it stands, and not a number: 6号楼."""
        if begins_here(self._text, start):
            return False
        if flag & SHORT and not self._is_supported(stem, flag, start, end):
            return False
        if flag & WIDE or end - start > _SPLITTABLE:
            return True
        return not splits_a_word(self._text, start, end, after_name=start in self._ends)

    def _is_supported(self, stem: int, flag: int, start: int, end: int) -> bool:
        """Whether a short name without its ending has anything around it that speaks for a place."""
        if flag & WIDE or self._follows_name(start) or end - start >= self._alone:
            return True
        if number_follows(self._text, end):
            return True
        cue, long = has_cue(self._text, start), end - start >= _SHORTEST_NAME
        if not flag & COMMON:
            return cue or self._has_bearer_inside(stem)
        if long and has_home_cue(self._text, start):
            return True
        return (cue or long) and self._has_bearer_inside(stem)

    def _follows_name(self, start: int) -> bool:
        if start in self._ends:
            return True
        return start > 0 and self._text[start - 1] in _LINKS and start - 1 in self._ends

    def _has_bearer_inside(self, stem: int) -> bool:
        names, inside = self._names, self._inside
        if inside is None:
            return False
        return any(inside(names.place[at]) for at in range(names.first[stem], names.first[stem + 1]))

    def _mention(self, stem: int, flag: int, start: int, end: int, ending: Ending) -> Mention | None:
        """The stem with its ending as a mention; None where no place of that stem fits the ending."""
        bearers = self._bearers(stem, flag, end - start, ending)
        if not bearers:
            return None
        if ending.tail and all(bearer.fit.code == "suffix_omitted" for bearer in bearers):
            ending = NO_ENDING
        mention = Mention(start, end + ending.length, bearers, ending)
        if not ending.tail:
            self._weigh_bare(mention, end)
        if not (flag & WIDE and ending.length):
            self._weigh_edge(mention, end, bool(flag & COMMON))
        mention.rank = max(bearer.weight for bearer in bearers) + _LENGTH_WEIGHT * (mention.end - start)
        return mention

    def _bearers(self, stem: int, flag: int, length: int, ending: Ending) -> list[Bearer]:
        names, kinds = self._names, self._tree.kind
        bearers: dict[int, Bearer] = {}
        for at in range(names.first[stem], names.first[stem + 1]):
            place = names.place[at]
            kind = kinds[place]
            common = bool(flag & COMMON) and not (flag & WIDE and kind <= DISTRICT)
            fit = fit_name(kind, names.details[names.detail[at]], ending, length, common)
            if fit is None:
                continue
            if fit.zone_code == "zone_unknown":
                place, fit = self._part_of(place, ending.zones, fit)
            known = bearers.get(place)
            if known is None or known.weight < fit.weight:
                bearers[place] = Bearer(place, fit.weight, fit)
        return list(bearers.values())

    def _part_of(self, place: int, zones: str, fit: Fit) -> tuple[int, Fit]:
        """The part of an estate that is registered below it as an estate of its own (二期 in 玉城家园)."""
        parts = self._tree.below(place, ESTATE, "z" + zones)
        return (parts[0], fit_part(fit)) if len(parts) == 1 else (place, fit)

    def _weigh_edge(self, mention: Mention, stem_end: int, common: bool) -> None:
        """Words that run into the name, and names that are words themselves (新农村), speak against it."""
        start, tail = mention.start, mention.ending.tail
        group = family(tail)
        if group in ("estate", "village") and is_everyday(self._text[start : mention.end]):
            mention.add(EVERYDAY, Note("short_name"))
        if start in self._ends or is_open(self._text, start):
            return
        length = stem_end - start + (len(tail) if group == "estate" else 0)
        weight = JOINED_LEFT[0 if common or length < _SHORTEST_NAME else 1 if length <= _SHORT_NAME else 2]
        mention.add(weight, Note("joined_left", max(0, start - 2), mention.end))

    def _weigh_bare(self, mention: Mention, stem_end: int) -> None:
        """A stem without its ending: cues in front speak for a place, a road's name and number against it."""
        text, start = self._text, mention.start
        if has_cue(text, start):
            mention.add(CUE, Note("cue"))
        if mention.ending.length:
            return
        if is_road(text, start, stem_end):
            weight = ROAD_LIKE * (2 if has_house_number(text, stem_end) else 1)
            for bearer in mention.bearers:
                if bearer.fit.code != "name" or self._tree.kind[bearer.place] == ESTATE:
                    bearer.add(weight, Note("road_like", start, stem_end))
        elif names_other_thing(text, stem_end):
            mention.add(JOINED_RIGHT, Note("joined_right", start, stem_end + 2))
