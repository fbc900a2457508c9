"""The grammar of buildings, units and rooms: “3栋2单元501”, “三号楼”, “A座”, “3-2-501”, “3、5、7栋”."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from .endings import only_zones, zones_at_end
from .numerals import read_number

_N = r"(?:\d{1,4}|[零一二两三四五六七八九十百廿卅]{1,6})"
_D = rf"(?:[A-Z甲乙丙丁东南西北中]?-?{_N}[A-Z]?(?!\d)|[A-Z](?![A-Z])|[甲乙丙丁])"
_GAP = r"[\s\-_/,.、的]{0,3}"
_NOT_ROOM = r"(?![\d.]|\s?(?:[年月日号元万亿平㎡米人名个余多%户家栋幢座楼层#辆次度分点时天岁]|单元|-\d))"
_ROOM = (
    rf"(?P<room>[A-Z]?\d{{1,5}}[A-Z]?(?:-\d{{1,4}})?|[A-Z](?![A-Z])|{_N})\s?(?:室|号房|号|房间?|户(?![户外口主人型]))(?![楼栋幢])"
    rf"|(?P<bare>[A-Z]?\d{{3,5}}[A-Z]?|\d{{1,2}}-\d{{1,2}}){_NOT_ROOM}"
)
_FLOOR = rf"(?P<floor>[负B]?{_N})\s?(?:楼|层|F(?![A-Z]))"
_UNIT = rf"(?:(?P<unit>{_D})\s?(?:单元|单(?=\d)|号(?=\s?\d{{3,4}}(?!\d))|门(?![口面前市店卫禁诊])|梯(?![队步]))|(?P<dash>\d{{1,2}})-(?=\d{{3,5}}(?!\d)|\d{{1,2}}-\d))"
_FINER = rf"(?:{_GAP}(?:{_FLOOR}))?(?:{_GAP}(?:{_ROOM}))?"
_BUILDING_WORD = (
    r"号楼|#楼?|号?[栋幢撞](?:号楼|楼(?!道|梯|下|上|顶|间|房|盘|体))?"
    rf"|座(?![谈位机落])|号(?={_GAP}(?:{_D}\s?(?:单元|门|幢)|\d{{3,5}}(?:室|(?!\d))))|楼(?={_GAP}{_D}\s?单元)|-(?={_D}\s?单元)|(?<=\d)(?=[一二三四五六七八九十]{{1,2}}\s?单元)"
    r"|号(?![线文令召码院店铺门馆房台机段馆桥站])"
)
_EXPRESSION = re.compile(
    rf"(?<![\dA-Z])(?P<nth>第)?(?:(?P<building>{_D})\s{{0,2}}(?P<word>{_BUILDING_WORD})(?:{_GAP}{_UNIT})?{_FINER}"
    rf"|(?P<only>{_D})\s?单元{_FINER.replace('<', '<x')})"
    rf"|(?<![\d\-:.A-Z])(?P<first>[A-Z]?\d{{1,3}}[A-Z]?|[A-Z])\s?[-_]{{1,4}}\s?(?:(?P<second>\d{{1,2}}|[A-Z])\s?[-_]{{1,4}}\s?)?"
    r"(?P<third>[A-Z]?\d{1,5})(?:室|号|房|户)?(?![\d\-#年月日点时度%万元米个人名天岁栋幢座层楼]|单元|号楼)"
    r"|(?<![\d\-:.A-Z])(?P<code>[A-Z](?:\d{1,2}|(?P<inside>\d{3,4})))(?![\dA-Z\-.%])"
)
# A quick look for what every expression holds; the grammar is then tried only around it.
_ANCHOR = re.compile(
    r"[\dA-Z零一二两三四五六七八九十百廿卅甲乙丙丁]\s{0,2}(?:号|[栋幢撞座#楼]|单元|[-_]\s?[\dA-Z])|[A-Z]\d"
)
_BEFORE_ANCHOR = 10
_AFTER_ANCHOR = 48
_STARTERS = frozenset(
    "第0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ零一二两三四五六七八九十百廿卅甲乙丙丁东南西北中"
)
_ROOM_ALONE = re.compile(rf"(?<![\d\-:.A-Z])(?:{_FLOOR}{_GAP})?(?:{_ROOM})")
_LISTED = re.compile(rf"(?:{_D}(?:号楼|号?[栋幢座]|#)?(?:[、,，和及与]|[-~]|至|到))+$")
_LIST_LINK = frozenset("、,，和及与-~至到")
_LIST_PART = re.compile(_D)
_PART_BEFORE = re.compile(r"(?<!\d)(\d{1,3})-$")
_RANGE = re.compile(r"(\d{1,3})[A-Z号栋幢楼座#]{0,2}(?:[-~]|至|到)$")
_LIST_REACH = 40
_LONGEST_RANGE = 30
_COUNTING = frozenset("共有几多这那各每整另修建了约近余剩盖哪同某何仅上")
_COUNTED = re.compile(
    r"\s?(?:楼房|房子|房屋|高层|住宅|居民楼|别墅|新楼|大楼|单体|小高层|农房|商铺|写字楼|多层|建筑)"
)
_CLAUSE_EDGE = frozenset(" \n\t,，。；;：:！!？?、(《“\"'「住在是于")


@dataclass(frozen=True, slots=True)
class Designator:
    """One building, unit or room expression in a folded text.

    `buildings`, `units` and `rooms` hold keys to look up, the likeliest first; an empty tuple means that the
    level is not named. `bound` forms (3-2-501, 3号) count only right behind a name. `firmness` from 0 to 1 is how
    surely this names a building and does not count buildings. `listed` are keys of further buildings of an
    enumeration ending here: 3、5、7栋. `building_end` is where the building part ends.
    """

    start: int
    end: int
    buildings: tuple[str, ...]
    units: tuple[str, ...]
    rooms: tuple[str, ...]
    firmness: float
    building_end: int
    unit_end: int
    bound: bool = False
    listed: tuple[str, ...] = ()
    list_start: int = -1


def read_designators(text: str, taken: Iterable[tuple[int, int]] = ()) -> list[Designator]:
    """All building and unit expressions of a folded text, in order; time is linear in its length.

    `taken` are spans of names, in order: no expression begins inside one (九座 in the estate 丰盛九座).
    """
    found: list[Designator] = []
    at = 0
    spans = iter((*taken, (len(text) + 1, len(text) + 1)))
    start, end = next(spans)
    for anchor in _ANCHOR.finditer(text):
        while end <= anchor.start():
            at = max(at, end)
            start, end = next(spans)
        if anchor.start() < at or start <= anchor.start():
            continue
        hit = _EXPRESSION.search(text, max(at, anchor.start() - _BEFORE_ANCHOR), anchor.end() + _AFTER_ANCHOR)
        if hit is not None:
            found.append(_designator(hit, text))
            at = hit.end()
    return found


def begins_here(text: str, offset: int) -> bool:
    """Whether a building or unit expression begins at an offset of a folded text."""
    return offset < len(text) and text[offset] in _STARTERS and _EXPRESSION.match(text, offset) is not None


def _designator(hit: re.Match[str], text: str) -> Designator:
    if hit["code"] is not None:
        return _coded(hit)
    if hit["first"] is not None:
        return _dashed(hit)
    return _unit_led(hit) if hit["only"] is not None else _building_led(hit, text)


def read_room(text: str) -> Designator | None:
    """The first room of a folded text that names neither building nor unit: “501室”, “五楼501”."""
    hit = _ROOM_ALONE.search(text)
    if hit is None:
        return None
    rooms = _rooms(hit["room"] or hit["bare"], hit["floor"])
    return Designator(hit.start(), hit.end(), (), (), rooms, 0.9, hit.start(), hit.start())


def _building_led(hit: re.Match[str], text: str) -> Designator:
    unit = hit["unit"] or hit["dash"]
    room = hit["room"] or hit["bare"]
    buildings = _keys(hit["building"])
    compound = _compound(text, hit.start(), buildings[-1])
    listed, start = ((), -1) if compound else _listed(text, hit.start(), buildings)
    building_end = hit.end("word")
    return Designator(
        hit.start() - (len(compound) - len(hit["building"]) if compound else 0),
        hit.end(),
        (compound, *buildings) if compound else buildings,
        _keys(unit) if unit else (),
        _rooms(room, hit["floor"]),
        _firmness(hit, text, bool(unit or room or listed)),
        building_end,
        max(hit.end("unit") + 2, hit.end("dash")) if unit else building_end,
        bound=hit["word"] == "号" and not (unit or room),
        listed=listed,
        list_start=start,
    )


def _unit_led(hit: re.Match[str]) -> Designator:
    rooms = _rooms(hit["xroom"] or hit["xbare"], hit["xfloor"])
    unit_end = hit.end("only") + 2
    return Designator(hit.start(), hit.end(), (), _keys(hit["only"]), rooms, 0.9, hit.start(), unit_end)


def _dashed(hit: re.Match[str]) -> Designator:
    first, second, third = hit["first"], hit["second"], hit["third"]
    short = second is None and len(third) <= 2
    return Designator(
        hit.start(),
        hit.end(),
        _keys(first),
        _keys(second or (third if short else "")) if second or short else (),
        () if short else _rooms(third, None),
        0.8 if second else 0.7,
        hit.end("first"),
        hit.end("second") if second else hit.end("first"),
        bound=True,
    )


def _coded(hit: re.Match[str]) -> Designator:
    """“B3” is building B3, “B1025” room 1025 in building B."""
    inside = hit["inside"]
    end = hit.start("inside") if inside else hit.end()
    keys = _keys(hit["code"][0] if inside else hit["code"])
    return Designator(hit.start(), hit.end(), keys, (), _rooms(inside, None), 0.6, end, end, bound=True)


def _firmness(hit: re.Match[str], text: str, finer: bool) -> float:
    """How surely “三栋” is building three and not three buildings."""
    word, building = hit["word"], hit["building"]
    if word == "号" and not finer:
        return 0.5 if _may_be_date(hit, text) else 0.85
    if hit["nth"] or finer or word.startswith(("号", "#")):
        return 0.97
    before = text[hit.start() - 1] if hit.start() else " "
    countable = building.isdigit() or read_number(building) is not None
    if not countable:
        return 0.95
    if (
        before in _COUNTING
        or _COUNTED.search(text[max(0, hit.start() - 2) : hit.start()])
        or building == "两"
    ):
        return 0.2
    if _COUNTED.match(text, hit.end("word")):
        return 0.2
    if word == "座" or (building == "一" and before not in _CLAUSE_EDGE):
        return 0.5
    return 0.93 if building.isdigit() or before in _CLAUSE_EDGE else 0.8


def _may_be_date(hit: re.Match[str], text: str) -> bool:
    """“3号” in running text may be the third of the month; at the end of a clause it is hardly one."""
    number = read_number(hit["building"])
    follows = text[hit.end() : hit.end() + 1]
    return number is not None and number <= 31 and bool(follows) and follows not in _CLAUSE_EDGE


def _listed(text: str, start: int, buildings: tuple[str, ...]) -> tuple[tuple[str, ...], int]:
    """Keys of the buildings named before this one in “3、5、7栋” or “3至7栋”, and where the list begins."""
    if not start or text[start - 1] not in _LIST_LINK:
        return (), -1
    window = max(0, start - _LIST_REACH)
    hit = _LISTED.search(text, window, start)
    if hit is None:
        return (), -1
    keys = [key for part in _LIST_PART.findall(hit[0]) for key in _keys(part)[:1]]
    span = _RANGE.search(text, window, start)
    if span and buildings[-1].isdigit():
        first, last = int(span[1]), int(buildings[-1])
        keys += map(str, range(first + 1, min(last, first + _LONGEST_RANGE)))
    return tuple(keys), hit.start()


def _compound(text: str, start: int, building: str) -> str:
    """“3-1” where “3-1号楼” cannot be a range because it does not rise; else an empty string."""
    hit = _PART_BEFORE.search(text, max(0, start - 4), start)
    return f"{hit[1]}-{building}" if hit and building.isdigit() and int(hit[1]) >= int(building) else ""


@lru_cache(maxsize=8192)
def _keys(part: str) -> tuple[str, ...]:
    """“三” gives 3; “东3” gives 东3 and 3; “A3” gives A3; “03” gives 3."""
    part = part.replace("-", "")
    if len(part) == 1 and not part.isdigit() and read_number(part) is None:
        return (part,)
    found = re.fullmatch(r"([A-Z甲乙丙丁东南西北中]?)(\d+|[零一二两三四五六七八九十百廿卅]+)([A-Z]?)", part)
    number = read_number(found[2]) if found else None
    if found is None or number is None:
        return (part,)
    whole = f"{found[1]}{number}{found[3]}"
    return (whole, str(number)) if found[1] in ("东", "南", "西", "北", "中") and found[1] else (whole,)


@lru_cache(maxsize=8192)
def _rooms(room: str | None, floor: str | None) -> tuple[str, ...]:
    """“501” gives 501 and 5-1; “5-1” gives 5-1 and 501; “1号” on floor 5 gives 501 and 5-1; no room, nothing."""
    if not room:
        return ()
    level = read_number(floor) if floor else None
    if "-" in room:
        head, _, tail = room.partition("-")
        return (room, f"{head}{int(tail):02d}") if head.isdigit() and len(tail) <= 2 else (room,)
    number = read_number(room)
    if number is None:
        return (room,)
    if level is not None and number < 100:
        return (f"{level}{number:02d}", f"{level}-{number}", str(number))
    if 100 <= number < 10_000 and number % 100:
        return (str(number), f"{number // 100}-{number % 100}")
    return (str(number),)


_NAME_END = re.compile(
    rf"(?:^|(?P<before>.*?[^\dA-Z零一二两三四五六七八九十百廿卅甲乙丙丁东南西北中第\-]))第?(?P<part>\d{{1,3}}-)?(?P<key>{_D})\s?"
    r"(?:号楼|号|#楼?|号?[栋幢座撞](?:号楼|楼)?|单元|楼|门|梯)?$"
)
_ROOM_NAME = re.compile(r"(?:.*?[单元栋幢门楼层\-])?(?P<room>[A-Z]?\d{1,5}[A-Z]?)\s?(?:室|号房?|房|户)?$")
_FLOOR_AND_ROOM = re.compile(r"(?:.*?[单元栋幢门])?(?P<room>\d{1,2}-\d{1,2})(?:室|号房?|房|户)?$")
_ROOM_WORD = re.compile(r"(?:室|号房?|房|户)$")


def keys_of_name(kind: str, name: str) -> tuple[str, ...]:
    """Keys under which a folded name of a numbered place is found below its parent.

    “3栋”, “3号楼”, “玉城家园三幢” and “03” give b3; “A区3栋” gives bA区3 and b3; “二单元” gives u2; “501室” and “3-2-501”
    give r501; an estate called “一期” or “A区” gives z1期 and zA区. Nothing where the name holds no number and no letter.
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
    key = found["part"] + _keys(found["key"])[0] if found["part"] else _keys(found["key"])[0]
    zones = zones_at_end(found["before"] or "") if kind == "building" else ""
    return (f"{level}{zones}{key}", level + key) if zones else (level + key,)


def _household_keys(name: str) -> tuple[str, ...]:
    found = _FLOOR_AND_ROOM.match(name) or _ROOM_NAME.match(name)
    if found is None:
        number = read_number(_ROOM_WORD.sub("", name))
        return () if number is None else (f"r{number}",)
    room = found["room"]
    return ("r" + (str(int(room)) if room.isdigit() else room),)
