"""Every name of the register in one automaton: each stem once, with the places that bear it."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from functools import lru_cache

import ahocorasick_rs

from .endings import split_name
from .folding import fold
from .keys import keys_of_name
from .numerals import read_number, spell_number
from .records import KINDS
from .tree import AREA, BUILDING, DISTRICT, ESTATE, HOUSEHOLD, NATION, UNIT, PlaceTree

#: How a stem came from the register: the name itself, another name, or the name without the builder's.
OWN, ALIAS, UNBRANDED = range(3)

#: What is known of a stem before its places are looked at. SHORT: two signs or an everyday word, too little
#: to name a place in running text. COMMON: stands in the dictionary or is an institution. WIDE: a district or
#: anything above bears it and it is no everyday word. CUT_LEFT, CUT_RIGHT: begins or ends with a Latin letter
#: or a digit, so it must not be cut out of a longer run of them.
SHORT, COMMON, WIDE, CUT_LEFT, CUT_RIGHT = 1, 2, 4, 8, 16

_BUILDERS = re.compile(
    "(?:万科|龙湖|融创|金科|保利|恒大|碧桂园|绿地|中海|华润|华宇|万达|融侨|鲁能|东原|金辉|协信|富力|首创|招商|旭辉|蓝光"
    "|和泓|隆鑫|财信|佳兆业|雅居乐|世茂|远洋|珠江|康田|晋愉|泽京|银翔|融汇|中建|中铁|绿城|新城|阳光城|金地|越秀|中骏"
    "|正荣|金茂|新希望|北大资源)(?=.{3})"
)
#: Stems that are institutions rather than homes: 人民医院 in 人民医院小区 is first of all the hospital.
_INSTITUTION = re.compile(
    ".{0,3}(?:医院|公司|[局厂所站处队线]|学校|中学|小学|大学|学院|银行|集团|公安|法院|检察院?|市场|政府|委员会|设计"
    "|规划设计院?|保健院|中心|部队|[一二三四]?医|党校|幼儿园)"
)
#: Phrases of speeches and programmes that are names of estates and villages, too.
_PHRASES = frozenset(
    ("新农村", "幸福家园", "美丽家园", "和谐家园", "我的家园", "共同家园", "精神家园", "后花园")
)
_NUMBER_IN_NAME = re.compile(
    r"(?<![\d零一二三四五六七八九十百])(\d{1,3}|[零一二三四五六七八九十百]{1,4})"
    "(?=号|村|期|区|院|街|组|巷|弄|里|社|队|路|支|小区|坊|厂|中|$)"
)
_HAN = re.compile("[\u4e00-\u9fff]")
_TELLING = re.compile("[\u4e00-\u9fffA-Z]")
_NUMBERS = re.compile(r"[\d零一二三四五六七八九十百]")
_SHORT_LENGTH = 2

_Detail = tuple[str, str, int]


class NameIndex:
    """Finds stems in folded texts. Stem s has the entries `first[s]` to `first[s + 1]`.

    `place[e]` is an entry's place and `details[detail[e]]` its (tail, zones, origin); `flags[s]` see above.
    """

    def __init__(self, tree: PlaceTree) -> None:
        stems, numbers = self._collect(tree)
        self._arrange(stems, len(numbers))
        self.flags = bytearray(
            _flags(stem, self._is_wide(tree, number)) for number, stem in enumerate(numbers)
        )
        self._automaton = ahocorasick_rs.AhoCorasick(list(numbers), store_patterns=False) if numbers else None

    def occurrences(self, folded: str) -> list[tuple[int, int, int]]:
        """(stem, start, end) of every stem in a folded text, overlaps included, ordered by end."""
        if self._automaton is None:
            return []
        found: list[tuple[int, int, int]] = self._automaton.find_matches_as_indexes(folded, overlapping=True)
        return found

    def _collect(self, tree: PlaceTree) -> tuple[array[int], dict[str, int]]:
        """Reads all names: the stem number of every entry, unsorted, and the number of every stem."""
        numbers: dict[str, int] = {}
        details: dict[_Detail, int] = {}
        stems: array[int] = array("l")
        self.place: array[int] = array("l")
        self.detail: array[int] = array("l")
        for place, stem, detail in _all_stems(tree):
            stems.append(numbers.setdefault(stem, len(numbers)))
            self.place.append(place)
            self.detail.append(details.setdefault(detail, len(details)))
        self.details: tuple[_Detail, ...] = tuple(details)
        _stems_of.cache_clear()
        return stems, numbers

    def _arrange(self, stems: array[int], total: int) -> None:
        """Sorts the entries by stem and notes the first entry of each."""
        self.first: array[int] = array("l", [0]) * (total + 1)
        for stem in stems:
            self.first[stem + 1] += 1
        for stem in range(total):
            self.first[stem + 1] += self.first[stem]
        order = sorted(range(len(stems)), key=stems.__getitem__)
        self.place = array("l", (self.place[at] for at in order))
        self.detail = array("l", (self.detail[at] for at in order))

    def _is_wide(self, tree: PlaceTree, stem: int) -> bool:
        entries = range(self.first[stem], self.first[stem + 1])
        return any(tree.kind[self.place[at]] <= DISTRICT for at in entries)


def is_everyday(word: str) -> bool:
    """Whether a word stands in the dictionary as anything but the name of a place (part of speech `ns`)."""
    import rjieba  # its dictionary takes 33 MB, which a process that resolves nothing should not pay

    if word in _PHRASES:
        return True
    return bool(rjieba.has_word(word)) and not str(rjieba.tag(word)[0][1]).startswith("ns")


def _all_stems(tree: PlaceTree) -> Iterator[tuple[int, str, _Detail]]:
    for place, kind in enumerate(tree.kind):
        if kind in (NATION, UNIT, HOUSEHOLD):
            continue
        for stem, detail in _stems_of(kind, tree.names[place], OWN):
            yield place, stem, detail
        for alias in tree.aliases.get(place, ()):
            for stem, detail in _stems_of(kind, alias, ALIAS):
                yield place, stem, detail


@lru_cache(maxsize=65_536)
def _stems_of(kind: int, name: str, origin: int) -> tuple[tuple[str, _Detail], ...]:
    """Every way to write a name that the automaton must know; nothing for numbered places."""
    folded = fold(name).strip()
    if not folded or (kind in (ESTATE, BUILDING, AREA) and keys_of_name(KINDS[kind], folded)):
        return ()
    stem, tail, zones = split_name(KINDS[kind], folded)
    ways = [(stem, (tail, zones, origin))]
    unbranded = _BUILDERS.sub("", stem, count=1) if kind in (ESTATE, AREA) else stem
    if unbranded != stem and len(_HAN.findall(unbranded)) > _SHORT_LENGTH:
        ways.append((unbranded, (tail, zones, UNBRANDED)))
    respelt = [(_other_numerals(written), detail) for written, detail in ways]
    return tuple(dict.fromkeys(ways + respelt))


def _other_numerals(stem: str) -> str:
    """The stem with Arabic for Chinese numerals or the other way round: 新生一村, 新生1村."""

    def swap(found: re.Match[str]) -> str:
        number = read_number(found[1])
        if number is None or (found.start() == 0 and not found[1].isdigit()):
            return found[1]
        return spell_number(number) if found[1].isdigit() else str(number)

    return _NUMBER_IN_NAME.sub(swap, stem)


def _flags(stem: str, wide: bool) -> int:
    import rjieba

    common = bool(rjieba.has_word(stem)) or _INSTITUTION.fullmatch(stem) is not None
    telling = len(_TELLING.findall(_NUMBERS.sub("", stem)))
    short = len(stem) <= _SHORT_LENGTH or telling < _SHORT_LENGTH or common
    flags = (SHORT if short else 0) | (COMMON if common else 0)
    flags |= WIDE if wide and not (common and is_everyday(stem)) else 0
    flags |= CUT_LEFT if stem[0].isascii() and stem[0].isalnum() else 0
    return flags | (CUT_RIGHT if stem[-1].isascii() and stem[-1].isalnum() else 0)
