"""Numbers of buildings, units and rooms as keys that do not depend on how they are written.

A key begins with its level: b3 a building, u2 a unit, r501 a room, zA区 a part of an estate.
"""

from __future__ import annotations

import re
from functools import lru_cache

from .endings import only_zones, zones_at_end
from .numerals import read_number

NUMERAL = r"(?:\d{1,4}|[零一二两三四五六七八九十百廿卅]{1,6})"
#: A number with the letter or the point of the compass that may go with it: 3, 十二, A3, 3B, 东3, A, 甲.
DESIGNATION = rf"(?:(?:[A-Z甲乙丙丁东南西北中]-?)?{NUMERAL}[A-Z]?(?!\d)|[A-Z](?![A-Z])|[甲乙丙丁])"

_PARTS = re.compile(rf"([A-Z甲乙丙丁东南西北中]?)({NUMERAL})([A-Z]?)")
_COMPASS = frozenset("东南西北中")
_NAME_END = re.compile(
    r"(?:^|(?P<before>.*?[^\dA-Z零一二两三四五六七八九十百廿卅甲乙丙丁东南西北中第\-]))第?(?P<part>\d{1,3}-)?"
    rf"(?P<key>{DESIGNATION})\s?(?:号楼|号|#楼?|号?[栋幢座撞](?:号楼|楼)?|单元|楼|门|梯)?$"
)
_ROOM_NAME = re.compile(r"(?:.*?[单元栋幢门楼层\-])?(?P<room>[A-Z]?\d{1,5}[A-Z]?)\s?(?:室|号房?|房|户)?$")
_FLOOR_AND_ROOM = re.compile(r"(?:.*?[单元栋幢门])?(?P<room>\d{1,2}-\d{1,2})(?:室|号房?|房|户)?$")
_ROOM_WORD = re.compile(r"(?:室|号房?|房|户)$")


@lru_cache(maxsize=8192)
def designation_keys(part: str) -> tuple[str, ...]:
    """Keys without level for a designation, the likeliest first: “三” gives 3, “A3” A3, “东3” 东3 and 3."""
    plain = part.replace("-", "")
    found = _PARTS.fullmatch(plain)
    number = read_number(found[2]) if found else None
    if found is None or number is None:
        return (plain,)
    whole = f"{found[1]}{number}{found[3]}"
    return (whole, str(number)) if found[1] in _COMPASS else (whole,)


@lru_cache(maxsize=8192)
def room_keys(room: str | None, floor: str | None = None) -> tuple[str, ...]:
    """Keys for a room: “501” gives r501 and r5-1, “5-1” r5-1 and r501, “1号” on floor 5 r501, r5-1 and r1."""
    if not room:
        return ()
    head, dash, tail = room.partition("-")
    if dash:
        joined = (f"r{head}{int(tail):02d}",) if head.isdigit() and len(tail) <= 2 else ()
        return (f"r{room}", *joined)
    number = read_number(room)
    if number is None:
        return (f"r{room}",)
    level = read_number(floor) if floor else None
    if level is not None and number < 100:
        return (f"r{level}{number:02d}", f"r{level}-{number}", f"r{number}")
    if 100 <= number < 10_000 and number % 100:
        return (f"r{number}", f"r{number // 100}-{number % 100}")
    return (f"r{number}",)


def keys_of_name(kind: str, name: str) -> tuple[str, ...]:
    """Keys under which a folded name of a numbered place is found below its parent.

    “3栋”, “3号楼”, “玉城家园三幢” and “03” give b3; “A区3栋” gives bA区3 and b3; “二单元” gives u2; “501室”
    and “3-2-501” give r501; an estate called “一期” gives z1期. Nothing where the name holds no number and no
    letter.
    """
    if kind in ("estate", "area"):
        zones = only_zones(name)
        return (f"z{zones}",) if zones else ()
    if kind == "household":
        return _household_keys(name)
    found = _NAME_END.match(name)
    if found is None:
        return ()
    level = "b" if kind == "building" else "u"
    key = (found["part"] or "") + designation_keys(found["key"])[0]
    zones = zones_at_end(found["before"] or "") if kind == "building" else ""
    return (f"{level}{zones}{key}", level + key) if zones else (level + key,)


def _household_keys(name: str) -> tuple[str, ...]:
    found = _FLOOR_AND_ROOM.match(name) or _ROOM_NAME.match(name)
    if found is None:
        number = read_number(_ROOM_WORD.sub("", name))
        return () if number is None else (f"r{number}",)
    room = found["room"]
    return ("r" + (str(int(room)) if room.isdigit() else room),)
