"""Where names of the register stand in a text, and which places each of them may mean."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import rjieba

from .designators import begins_here, number_follows
from .endings import NO_ENDING, STARTERS, Ending, family, read_ending
from .names import COMMON, CUT_LEFT, CUT_RIGHT, SHORT, WIDE, NameIndex, is_everyday
from .notes import Note
from .tree import DISTRICT, ESTATE, PlaceTree
from .weights import CUE, EVERYDAY, JOINED_LEFT, JOINED_RIGHT, ROAD_LIKE, Fit, fit_name, fit_part

_CUES = ("位于", "家住", "居住", "来自", "我们", "我是", "住在", "地处", "反映", "投诉")
_LINKS = frozenset(" ,，、的-·.")
_ROADS = ("路", "街", "大道", "巷", "弄", "胡同")
_HOUSE_NUMBER = re.compile(r"\d{1,4}(?:-\d+)?(?:号(?!楼|[栋幢])|弄)")
#: After these a name begins: function words, and the ends of wider places.
_OPEN_SIGNS = frozenset(
    "在住是的和与到从于们对向至由为及请把被让将给跟同叫了过去往进出入回离经因就而且或但也都有无使得以并该此本找问说称看见听查管"
    "走修建拆租买卖属归邻隔穿沿临近靠我你他她家省市区县旗道镇乡村路街巷号社队组弄"
)
_OPEN_WORDS = frozenset(
    "投诉 反映 关于 举报 咨询 建议 解决 处理 希望 恳请 请求 要求 反对 质疑 强烈 业主 居民 住户 物业 附近 旁边 对面 目前 现在 今天 昨天 最近 位于 "
    "坐落 来自 购买 居住 地处 开发 百姓 群众 询问 请问 求助 呼吁 揭露 曝光 整治 取缔 惊爆 紧邻 毗邻 其中 包括 尤其 以及 例如 比如 就是 还有".split()
)
#: What follows a road, a school or a shop that only shares the stem.
_OTHER_THING = re.compile(
    "大道|[东南西北中一二三四五六七八九]?[路街巷]|立?交?桥|隧道|站|中学|小学|学校|幼儿园|大学|学院|医院|公司|集团|市场|派出所|法院|银行|公园|酒店|宾馆"
    "|超市|工地|项目|水库|河|山|湖|寺|线|杯|镇|乡|县|市"
)
_SHORT_NAME = 4
_WINDOW = 4
_MOST_ALONE = 2
_LENGTH_WEIGHT = 0.4


@dataclass(slots=True)
class Bearer:
    """A place that a mention may mean, with its weight so far and what spoke for and against it."""

    place: int
    weight: float
    fit: Fit
    notes: list[Note] = field(default_factory=list)

    def add(self, weight: float, note: Note) -> None:
        """Counts a piece of evidence and remembers it."""
        self.weight += weight
        self.notes.append(note)


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

    `inside` says whether a place lies in the frame the caller gave, or holds it.
    """

    def __init__(
        self,
        tree: PlaceTree,
        names: NameIndex,
        text: str,
        inside: Callable[[int], bool] | None,
    ) -> None:
        self._tree, self._names, self._text = tree, names, text
        self._inside = inside
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
            bare = not ending.length
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
        if begins_here(self._text, start):
            return False
        if flag & WIDE or start in self._ends or end - start >= self._alone:
            return True
        if start and self._text[start - 1] in _LINKS and start - 1 in self._ends:
            return True
        if begins_here(self._text, end) or begins_here(self._text, end + 1):
            return True
        if flag & COMMON and end - start <= 2:
            return self._has_cue(start) and self._has_bearer_inside(stem)
        return (not flag & COMMON and self._has_cue(start)) or self._has_bearer_inside(stem)

    def _has_bearer_inside(self, stem: int) -> bool:
        names, inside = self._names, self._inside
        entries = range(names.first[stem], names.first[stem + 1])
        return inside is not None and any(inside(names.place[at]) for at in entries)

    def _has_cue(self, start: int) -> bool:
        return self._text[max(0, start - 2) : start].endswith(("在", "住", "号", *_CUES))

    def _is_open(self, start: int) -> bool:
        """Whether a name may begin here, and is not the tail of a longer one: 桃花苑 in 新宇桃花苑."""
        text = self._text
        if not start or start in self._ends or not "\u4e00" <= text[start - 1] <= "\u9fff":
            return True
        return text[start - 1] in _OPEN_SIGNS or text[max(0, start - 2) : start] in _OPEN_WORDS

    def _splits_a_word(self, start: int, end: int) -> bool:
        """Whether the words of the dictionary run across an edge of a short name: 和平 in 和平相处.

        The edge where another name ends is an edge in any case: 南开苑 in 甘宁镇南开苑.
        """
        if end - start > 3:
            return False
        left = start if start in self._ends else max(0, start - _WINDOW)
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
            common = bool(flag & COMMON) and not (flag & WIDE and kinds[place] <= DISTRICT)
            fit = fit_name(kinds[place], names.details[names.detail[at]], ending, length, common)
            if fit is None:
                continue
            if fit.zone_code == "zone_unknown":
                place, fit = self._part_of(place, ending.zones, fit)
            if place in bearers and bearers[place].weight >= fit.weight:
                continue
            bearers[place] = Bearer(place, fit.weight, fit)
        if not bearers:
            return None
        mention = Mention(start, end + ending.length, list(bearers.values()), ending, 0.0)
        if ending.tail and all(
            kinds[b.place] <= DISTRICT and b.fit.code == "suffix_omitted" for b in bearers.values()
        ):
            mention.end, mention.ending = end, NO_ENDING
        if not mention.ending.tail:
            self._weigh_bare(mention, end)
        if not (flag & WIDE and ending.length):
            self._weigh_edge(mention, end, bool(flag & COMMON))
        mention.rank = max(b.weight for b in mention.bearers) + _LENGTH_WEIGHT * (mention.end - start)
        return mention

    def _part_of(self, place: int, zones: str, fit: Fit) -> tuple[int, Fit]:
        """The part of an estate that is registered below it as an estate of its own (二期 in 玉城家园)."""
        parts = self._tree.below(place, ESTATE, "z" + zones)
        return (parts[0], fit_part(fit)) if len(parts) == 1 else (place, fit)

    def _weigh_edge(self, mention: Mention, stem_end: int, common: bool) -> None:
        """Another word running into the name, and names that are words themselves (新农村), speak against it."""
        start, ending = mention.start, mention.ending
        village = family(ending.tail) in ("estate", "village")
        if village and is_everyday(self._text[start : mention.end]):
            for bearer in mention.bearers:
                bearer.add(EVERYDAY, Note("short_name"))
        if self._is_open(start):
            return
        length = stem_end - start + (len(ending.tail) if family(ending.tail) == "estate" else 0)
        weight = JOINED_LEFT[0 if length < _SHORT_NAME - 1 or common else 1 if length <= _SHORT_NAME else 2]
        for bearer in mention.bearers:
            bearer.add(weight, Note("joined_left", max(0, start - 2), mention.end))

    def _weigh_bare(self, mention: Mention, stem_end: int) -> None:
        """A stem without its ending: cues in front speak for a place, a road's name and number against it."""
        text, kinds = self._text, self._tree.kind
        cue = self._has_cue(mention.start)
        road = text[mention.start : stem_end].endswith(_ROADS) and not mention.ending.length
        numbered = road and _HOUSE_NUMBER.match(text, stem_end) is not None
        other = not mention.ending.length and not road and _OTHER_THING.match(text, stem_end)
        for bearer in mention.bearers:
            if other:
                bearer.add(JOINED_RIGHT, Note("joined_right", mention.start, stem_end + 2))
            if road and (bearer.fit.code != "name" or kinds[bearer.place] == ESTATE):
                bearer.add(ROAD_LIKE * (2 if numbered else 1), Note("road_like", mention.start, stem_end))
            if cue:
                bearer.add(CUE, Note("cue"))


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
