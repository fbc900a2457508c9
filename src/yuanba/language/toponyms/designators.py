"""The grammar of buildings, units and rooms: “3栋2单元501”, “三号楼”, “A座”, “3-2-501”, “3、5、7栋”."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .counting import firmness_of_building, firmness_of_number
from .keys import DESIGNATION, NUMERAL, designation_keys, room_keys

_GAP = r"[\s\-_/,.、的]{0,3}"
_NOT_AFTER_ROOM = (
    r"(?![\d.]|\s?(?:[年月日号元万亿平㎡米人名个余多%户家栋幢座楼层#辆次度分点时天岁]|单元|-\d))"
)


def _floor(tag: str) -> str:
    return rf"(?P<floor{tag}>[负B]?{NUMERAL})\s?(?:楼|层|F(?![A-Z]))"


def _room(tag: str) -> str:
    return (
        rf"(?:(?P<room{tag}>[A-Z]?\d{{1,5}}[A-Z]?(?:-\d{{1,4}})?|[A-Z](?![A-Z])|{NUMERAL})\s?"
        r"(?:室|号房|号|房间?|户(?![户外口主人型]))(?![楼栋幢])"
        rf"|(?P<bare{tag}>[A-Z]?\d{{3,5}}[A-Z]?|\d{{1,2}}-\d{{1,2}}){_NOT_AFTER_ROOM})"
    )


def _finer(tag: str) -> str:
    """Floor and room; the tag tells the groups of one use in the grammar from those of another."""
    return rf"(?:{_GAP}{_floor(tag)})?(?:{_GAP}{_room(tag)})?"


_UNIT = (
    rf"(?P<unit>(?P<named>{DESIGNATION})\s?"
    r"(?:单元|单(?=\d)|号(?=\s?\d{3,4}(?!\d))|门(?![口面前市店卫禁诊])|梯(?![队步]))"
    r"|(?P<dash>\d{1,2})-(?=\d{3,5}(?!\d)|\d{1,2}-\d))"
)
_WORD = (
    r"号楼|#楼?|号?[栋幢撞](?:号楼|楼(?!道|梯|下|上|顶|间|房|盘|体))?|座(?![谈位机落])"
    rf"|号(?={_GAP}(?:{DESIGNATION}\s?(?:单元|门|幢)|\d{{3,5}}(?:室|(?!\d))))"
    rf"|楼(?={_GAP}{DESIGNATION}\s?单元)|-(?={DESIGNATION}\s?单元)|(?<=\d)(?=[一二三四五六七八九十]{{1,2}}\s?单元)"
    r"|号(?![线文令召码院店铺门馆房台机段桥站])"
)
_BUILDING_LED = rf"(?P<building>{DESIGNATION})\s{{0,2}}(?P<word>{_WORD})(?:{_GAP}{_UNIT})?{_finer('')}"
_UNIT_LED = rf"(?P<only>(?P<alone>{DESIGNATION})\s?单元){_finer('2')}"
_DASHED = (
    r"(?<![\d\-:.A-Z])(?P<first>[A-Z]?\d{1,3}[A-Z]?|[A-Z])\s?[-_]{1,4}\s?"
    r"(?:(?P<second>\d{1,2}|[A-Z])\s?[-_]{1,4}\s?)?(?P<third>[A-Z]?\d{1,5})"
    r"(?:室|号|房|户)?(?![\d\-#年月日点时度%万元米个人名天岁栋幢座层楼]|单元|号楼)"
)
_CODED = r"(?<![\d\-:.A-Z])(?P<code>[A-Z](?:\d{1,2}|(?P<inside>\d{3,4})))(?![\dA-Z\-.%])"
_EXPRESSION = re.compile(
    rf"(?:(?<![\dA-Z])|(?![\dA-Z]))(?P<nth>第)?(?:{_BUILDING_LED}|{_UNIT_LED})|{_DASHED}|{_CODED}"
)
_ROOM_ALONE = re.compile(rf"(?<![\d\-:.A-Z])(?:{_floor('')}{_GAP})?{_room('')}")

# A quick look for what every expression holds; the grammar is then tried only around it.
_ANCHOR = re.compile(
    r"[\dA-Z零一二两三四五六七八九十百廿卅甲乙丙丁]\s{0,2}(?:[号栋幢撞座#楼]|单元|[-_](?=\s?[\dA-Z]))|[A-Z](?=\d)"
)
_BEFORE_ANCHOR = 10
_STARTERS = frozenset(
    "第0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ零一二两三四五六七八九十百廿卅甲乙丙丁东南西北中"
)
_INSIDE = _STARTERS | {"-"}

_LIST_LINK = frozenset("、,，和及与-~至到")
_LIST_REACH = 40
_LONGEST_RANGE = 30
_LISTED = re.compile(rf"(?:{DESIGNATION}(?:号楼|号?[栋幢座]|#)?(?:[、,，和及与]|[-~]|至|到))+$")
_LIST_PART = re.compile(DESIGNATION)
_RANGE = re.compile(r"(\d{1,3})[A-Z号栋幢楼座#]{0,2}(?:[-~]|至|到)$")
_PART_BEFORE = re.compile(r"(?<!\d)(\d{1,3})-$")


@dataclass(frozen=True, slots=True)
class Designator:
    """One building, unit or room expression in a folded text.

    `buildings`, `units` and `rooms` hold keys to look up, the likeliest first; an empty tuple means that the
    level is not named. The building part ends at `building_end`, the unit part at `unit_end`. `firmness`
    from 0 to 1 is how surely this is a number and not a count. `bound` forms (3-2-501, 3号) count only right
    behind a name. `listed` are keys of further buildings of an enumeration that ends here (3、5、7栋) and
    begins at `list_start`. `on_floor` says that the room is counted on a floor (5楼2号), so that it is no unit.
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
    on_floor: bool = False


def read_designators(text: str, names: Iterable[tuple[int, int]] = ()) -> list[Designator]:
    """All building and unit expressions of a folded text, in order; time is linear in its length.

    `names` are spans of names, in order: no expression begins inside one (九座 in the estate 丰盛九座).
    """
    found: list[Designator] = []
    floor, name_end = 0, -1
    spans = iter((*names, (len(text) + 1, len(text) + 1)))
    start, end = next(spans)
    for anchor in _ANCHOR.finditer(text):
        while end <= anchor.start():
            floor, name_end = max(floor, end), end
            start, end = next(spans)
        if anchor.start() < floor or start <= anchor.start():
            continue
        hit = _expression_around(text, anchor.start(), floor)
        if hit is not None:
            found.append(_designator(hit, text, hit.start() == name_end))
            floor = hit.end()
    return found


def read_room(text: str) -> Designator | None:
    """The first room of a folded text that names neither building nor unit: “501室”, “五楼501”."""
    hit = _ROOM_ALONE.search(text)
    if hit is None:
        return None
    rooms = room_keys(hit["room"] or hit["bare"], hit["floor"])
    floor = bool(hit["floor"])
    return Designator(hit.start(), hit.end(), (), (), rooms, 0.9, hit.start(), hit.start(), on_floor=floor)


def begins_here(text: str, offset: int) -> bool:
    """Whether a building or unit expression begins at an offset of a folded text."""
    return offset < len(text) and text[offset] in _STARTERS and _EXPRESSION.match(text, offset) is not None


def number_follows(text: str, offset: int) -> bool:
    """Whether a building or unit expression begins at an offset or one sign later."""
    following = text[offset : offset + 2]
    return not _STARTERS.isdisjoint(following) and (
        begins_here(text, offset) or begins_here(text, offset + 1)
    )


def _expression_around(text: str, anchor: int, floor: int) -> re.Match[str] | None:
    """The expression that holds the anchor and begins at or after `floor`, with the earliest beginning."""
    start = anchor
    lowest = max(floor, anchor - _BEFORE_ANCHOR)
    while start > lowest and text[start - 1] in _INSIDE:
        start -= 1
    for at in range(start, anchor + 1):
        hit = _EXPRESSION.match(text, at)
        if hit is not None:
            return hit
    return None


def _designator(hit: re.Match[str], text: str, beside_name: bool) -> Designator:
    if hit["building"] is not None:
        return _building_led(hit, text, beside_name)
    if hit["only"] is not None:
        rooms = room_keys(hit["room2"] or hit["bare2"], hit["floor2"])
        units = _at_level("u", hit["alone"])
        return Designator(hit.start(), hit.end(), (), units, rooms, 0.9, hit.start(), hit.end("only"))
    return _dashed(hit) if hit["first"] is not None else _coded(hit)


def _at_level(level: str, part: str | None) -> tuple[str, ...]:
    return tuple(level + key for key in designation_keys(part)) if part else ()


def _building_led(hit: re.Match[str], text: str, beside_name: bool) -> Designator:
    start, part = hit.start(), hit["building"]
    room = hit["room"] or hit["bare"]
    finer = bool(hit["unit"] or room)
    buildings = _at_level("b", part)
    compound = _compound(text, start, part)
    if compound:
        start -= len(compound) - len(part)
        buildings = (f"b{compound}", *buildings)
    listed, list_start = ((), -1) if compound else _listed(text, start, part)
    return Designator(
        start,
        hit.end(),
        buildings,
        _at_level("u", hit["named"] or hit["dash"]),
        room_keys(room, hit["floor"]),
        _firmness(hit, text, beside_name, numbered=bool(finer or listed or hit["nth"])),
        hit.end("word"),
        hit.end("unit") if hit["unit"] else hit.end("word"),
        bound=hit["word"] == "号" and not finer,
        listed=listed,
        list_start=list_start,
        on_floor=bool(hit["floor"]),
    )


def _firmness(hit: re.Match[str], text: str, beside_name: bool, *, numbered: bool) -> float:
    word, part, end = hit["word"], hit["building"], hit.end("word")
    if numbered:
        return 0.97
    if word == "号":
        return firmness_of_number(text, hit.end(), part)
    return firmness_of_building(text, hit.start(), end, part, word, beside_name=beside_name)


def _dashed(hit: re.Match[str]) -> Designator:
    """“3-2-501” is building, unit, room; “3-501” building and room; “3-2” building and unit."""
    second, third = hit["second"], hit["third"]
    unit = second or (third if len(third) <= 2 else None)
    return Designator(
        hit.start(),
        hit.end(),
        _at_level("b", hit["first"]),
        _at_level("u", unit),
        room_keys(third) if unit is not third else (),
        0.8 if second else 0.7,
        hit.end("first"),
        hit.end("second") if second else hit.end("third") if unit else hit.end("first"),
        bound=True,
    )


def _coded(hit: re.Match[str]) -> Designator:
    """“B3” is building B3, “B1025” room 1025 in building B."""
    inside = hit["inside"]
    end = hit.start("inside") if inside else hit.end()
    keys = _at_level("b", hit["code"][0] if inside else hit["code"])
    return Designator(hit.start(), hit.end(), keys, (), room_keys(inside), 0.6, end, end, bound=True)


def _listed(text: str, start: int, part: str) -> tuple[tuple[str, ...], int]:
    """Keys of the buildings named before this one in “3、5、7栋” or “3至7栋”, and where the list begins."""
    if not start or text[start - 1] not in _LIST_LINK:
        return (), -1
    window = max(0, start - _LIST_REACH)
    hit = _LISTED.search(text, window, start)
    if hit is None:
        return (), -1
    keys = [_at_level("b", one)[0] for one in _LIST_PART.findall(hit[0])]
    span = _RANGE.search(text, window, start)
    if span and part.isdigit():
        first, last = int(span[1]), int(part)
        keys += (f"b{between}" for between in range(first + 1, min(last, first + _LONGEST_RANGE)))
    return tuple(keys), hit.start()


def _compound(text: str, start: int, part: str) -> str:
    """“3-1” where “3-1号楼” cannot be a range because it does not rise; else an empty string."""
    hit = _PART_BEFORE.search(text, max(0, start - 4), start)
    return f"{hit[1]}-{part}" if hit and part.isdigit() and int(hit[1]) >= int(part) else ""
