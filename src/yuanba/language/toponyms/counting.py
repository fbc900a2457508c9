"""Is “三栋” building three, or are there three buildings?"""

from __future__ import annotations

import re

from .numerals import read_number

_COUNTING = frozenset("共有几多这那各每整另修建了约近余剩盖哪同某何仅上")
_COUNTED = re.compile(
    r"\s?(?:楼房|房子|房屋|高层|住宅|居民楼|别墅|新楼|大楼|单体|小高层|农房|商铺|写字楼|多层|建筑)"
)
_CLAUSE_EDGE = frozenset(" \n\t,，。；;：:！!？?、(《“\"'「住在是于")
_NUMBERED = 0.97
_BESIDE_NAME = 0.95
_AT_EDGE = 0.93
_SPELT_OUT = 0.8
_FIRST = 0.62
_SEATS = 0.5
_COUNTED_BESIDE_NAME = 0.4
_COUNT = 0.2


def firmness_of_building(
    text: str, start: int, end: int, part: str, word: str, *, beside_name: bool
) -> float:
    """How surely, from 0 to 1, a building expression numbers a building and does not count buildings.

    `part` is its number as written and `word` what follows it (栋, 号楼 …); `beside_name` says whether it
    stands right behind the name of a place.
    """
    if word.startswith(("号", "#")):
        return _NUMBERED
    if read_number(part) is None:
        return _BESIDE_NAME
    counted = part == "两" or _COUNTED.match(text, end) is not None
    if beside_name:
        return _COUNTED_BESIDE_NAME if counted else _BESIDE_NAME
    if counted:
        return _COUNT
    return _firmness_alone(text, start, part, word)


def _firmness_alone(text: str, start: int, part: str, word: str) -> float:
    """The same by what stands before: “共三栋” counts, “住三栋” does not."""
    before = text[start - 1] if start else " "
    if before in _COUNTING or _COUNTED.search(text, max(0, start - 2), start):
        return _COUNT
    if before in _CLAUSE_EDGE:
        return _AT_EDGE
    if word == "座":
        return _SEATS
    if part == "一":
        return _FIRST
    return _AT_EDGE if part.isdigit() else _SPELT_OUT


def firmness_of_number(text: str, end: int, part: str) -> float:
    """The same for a bare “3号”, which in running text may be the third of the month."""
    number = read_number(part)
    follows = text[end : end + 1]
    may_be_date = number is not None and number <= 31 and bool(follows) and follows not in _CLAUSE_EDGE
    return 0.5 if may_be_date else 0.85
