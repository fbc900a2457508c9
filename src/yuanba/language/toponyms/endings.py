"""The ends of Chinese place names: 社区居委会, 街道办事处, 小区, 二期 … and what two ends say of each other.

A name is a stem with an ending. The stem (玉城) is searched for; the ending (家园, 二期) that follows it in
the text is then compared with the ending in the register, so one stem serves every way to write a name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from .numerals import read_number

_PEOPLES = (
    "土家|苗|侗|瑶|回|彝|满|蒙古|畲|白|傣|壮|布依|仡佬|哈尼|傈僳|藏|羌|朝鲜|维吾尔|哈萨克|水|纳西|拉祜|佤|景颇|布朗"
    "|阿昌|普米|怒|独龙|土|撒拉|东乡|保安|裕固|达斡尔|鄂温克|鄂伦春|锡伯|黎|仫佬|毛南|京|高山|柯尔克孜|塔吉克|德昂"
    "|基诺|门巴|珞巴|赫哲|塔塔尔"
)
_NATIONALITY = f"(?:(?:{_PEOPLES})族)"

#: Written ends by family. Within a family all ends mean the same level.
_FAMILIES: dict[str, tuple[str, ...]] = {
    "community": ("社区居民委员会", "社区居委会", "社区居委", "社区", "居民委员会", "居委会", "居委"),
    "village": ("村村民委员会", "村民委员会", "村村委会", "村委会", "村委", "村"),
    "street": ("街道办事处", "街道办", "街道", "街办", "地区办事处", "地区"),
    "town": ("镇人民政府", "镇政府", "镇"),
    "township": ("民族乡人民政府", "民族乡", "乡人民政府", "乡政府", "乡"),
    "district": ("自治县", "自治旗", "林区", "新区", "区", "县", "旗"),
    "city": ("自治州", "市", "盟"),
    "province": ("维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "特别行政区", "省"),
    "general": ("住宅小区", "安置小区", "小区", "大院", "片区"),
    "estate": (
        *("花园", "家园", "花苑", "公寓", "大厦", "新村", "家属院", "家属区", "家属楼"),
        *("职工宿舍", "宿舍", "别墅", "广场", "新城", "雅苑", "佳苑", "名苑", "丽苑", "景苑", "锦苑"),
        *("馨苑", "佳园", "嘉园", "雅园", "丽园", "景园", "锦园", "名都", "丽都", "华府", "华庭"),
        *("豪庭", "名邸", "名居", "雅居", "新居", "山庄", "庄园", "公馆", "安置房", "还建房", "还房"),
        *("集资房", "集资楼", "综合楼", "商住楼", "住宅楼", "大楼", "生活区", "住宅区", "国际"),
        *("水岸", "天下", "丽景", "时代", "印象", "港湾", "明珠", "世家", "天地", "半岛", "雅筑"),
        *("雅舍", "美地", "都会", "小镇", "康城", "星城", "花城", "蓝湾", "海岸", "御府", "学府"),
        *("华苑", "和苑", "龙庭", "世纪"),
    ),
}
_FAMILY_OF = {tail: family for family, tails in _FAMILIES.items() for tail in tails}
_OF_KIND: dict[str, tuple[str, ...]] = {
    "province": ("province", "city"),
    "city": ("city", "street", "district"),
    "district": ("district", "city"),
    "street": ("street", "town", "township"),
    "community": ("community", "village"),
    "estate": ("estate", "general", "community"),
}
_LEVELS = ("community", "village", "street", "town", "township", "district", "city", "province")
# Ends that begin an ordinary word when certain signs follow: 区别, 乡亲, 街道办理 …
_NOT_BEFORE = {
    "区": "别域分间划块级",
    "乡": "亲下村间邻音土愁里",
    "市": "民场政长区委容面",
    "县": "长委级",
    "旗": "帜下舰",
    "盟": "友",
    "街道办": "理法公好完了过成",
    "镇": "静定压痛",
    "广场": "舞",
    "国际": "化上社",
    "大院": "落",
    "省": "略得去心",
    "地区": "别",
}
_NUMERAL = r"(?:\d{1,3}|[零一二三四五六七八九十百]{1,4})"
_ZONE = (
    rf"\(?第?(?:(?P<n>{_NUMERAL})\s?(?P<nw>期(?![待间限盼望末初])|街区|组团|区(?![别域分间划块级])|村)"
    r"|(?P<l>[A-Z]\d?|[东南西北中])(?P<lw>街?区(?![别域分间划块级])|组团|期))\)?"
)
_PLAIN_ZONE = re.sub(r"\?P<\w+>", "", _ZONE)
_ZONE_PARTS = re.compile(_ZONE)


def _alternatives(tails: list[str]) -> str:
    words = []
    for tail in sorted(tails, key=len, reverse=True):
        barred = _NOT_BEFORE.get(tail, "")
        words.append(re.escape(tail) + (f"(?![{barred}])" if barred else ""))
    return "|".join(words)


_ENDING = re.compile(
    rf"(?P<tail>{_NATIONALITY}{{1,4}}(?:乡|自治[县州旗])|{_alternatives(list(_FAMILY_OF))})?"
    rf"(?P<zones>(?:{_PLAIN_ZONE}){{0,2}})(?P<general>小区|社区|大院)?"
    r"(?P<bracket>\((?:(?![一二三四五六七八九十]?[栋幢座期区])[\u4e00-\u9fff]){1,8}\))?"
)
_ZONES_AT_END = re.compile(rf"(?:{_PLAIN_ZONE}){{1,2}}$")
_ZONE_REACH = 10
_ONLY_ZONES = re.compile(rf"(?:{_PLAIN_ZONE}){{1,2}}")
_BRACKETS = re.compile(r"\([^()]*\)")
STARTERS = (
    frozenset(tail[0] for tail in _FAMILY_OF)
    | set("第(0123456789零一二三四五六七八九十百ABCDEFGHIJKLMNOPQRSTUVWXYZ东南西北中")
    | {people[0] for people in _PEOPLES.split("|")}
)


@dataclass(frozen=True, slots=True)
class Ending:
    """What follows a stem: a `tail` (家园), `zones`, and a further `general` word (小区, 社区).

    `zones` are parts of an estate in one spelling (“2期”, “A区”), or words in brackets.
    """

    tail: str
    zones: str
    general: str
    length: int


NO_ENDING = Ending("", "", "", 0)


def read_ending(text: str, start: int) -> Ending:
    """The ending that stands in a folded text at `start`; an empty one where none does."""
    found = _ENDING.match(text, start)
    if found is None or found.end() == start:
        return NO_ENDING
    tail = _plain_tail(found["tail"] or "")
    if family(tail) in _LEVELS:
        return Ending(tail, "", "", found.end("tail") - start)
    zones, bracket = plain_zones(found["zones"]), found["bracket"] or ""
    return Ending(tail, zones or bracket, found["general"] or "", found.end() - start)


def family(tail: str) -> str:
    """The family an end belongs to, or an empty string."""
    return _FAMILY_OF.get(tail, "")


def _plain_tail(tail: str) -> str:
    """Peoples' names are dropped: 土家族乡 and 乡 are one end."""
    return tail if tail in _FAMILY_OF or not tail else ("乡" if tail.endswith("乡") else tail[-3:])


@lru_cache(maxsize=4096)
def plain_zones(text: str) -> str:
    """Parts of an estate in one spelling: “二期(A区)” and “2期A区” give the same."""
    parts = []
    for found in _ZONE_PARTS.finditer(text):
        number = read_number(found["n"]) if found["n"] else None
        parts.append(f"{number}{found['nw']}" if found["n"] else f"{found['l']}{found['lw']}")
    return "".join(parts)


def zones_at_end(text: str) -> str:
    """The parts of an estate that a folded text ends with, in one spelling; often an empty string."""
    found = _ZONES_AT_END.search(text)
    return plain_zones(found[0]) if found else ""


def start_of_zones(text: str, end: int) -> int:
    """Where the parts of an estate that end at an offset begin; the offset itself where there are none."""
    found = _ZONES_AT_END.search(text, max(0, end - _ZONE_REACH), end)
    return found.start() if found else end


def only_zones(text: str) -> str:
    """The parts of an estate in one spelling where a folded text names nothing else; else an empty string."""
    return plain_zones(text) if _ONLY_ZONES.fullmatch(text) else ""


@lru_cache(maxsize=16)
def _splitter(kind: str) -> re.Pattern[str]:
    tails = [tail for group in _OF_KIND.get(kind, ()) for tail in _FAMILIES[group]]
    nationality = (
        rf"{_NATIONALITY}{{1,4}}(?:乡|自治[县州旗])|" if kind in ("street", "district", "city") else ""
    )
    words = "|".join(re.escape(tail) for tail in sorted(tails, key=len, reverse=True))
    zones = rf"(?P<zones>(?:{_PLAIN_ZONE}){{0,2}})(?P<general>小区)?" if kind in ("estate", "area") else ""
    return re.compile(
        rf"(?P<stem>..+?)(?P<tail>{nationality}{words})?{zones}" if words else rf"(?P<stem>.+?){zones}"
    )


def split_name(kind: str, name: str) -> tuple[str, str, str]:
    """A folded name as stem, tail and zones: 玉城家园二期 gives 玉城, 家园, 2期.

    The stem keeps at least two signs. Words in brackets count as a part: 竹园小区(渝中). Kinds without usual
    ends (building, nation) give the whole name as stem.
    """
    bracket = "" if _zone_in_brackets(name) else "".join(_BRACKETS.findall(name))
    plain = (_BRACKETS.sub("", name) if bracket else name).replace(" ", "") or name
    if kind not in _OF_KIND and kind != "area":
        return plain, "", ""
    found = _splitter(kind).fullmatch(plain)
    if found is None:
        return plain, "", bracket
    parts = found.groupdict()
    zones = plain_zones(parts["zones"]) if parts.get("zones") else ""
    tail = _plain_tail(parts.get("tail") or "") or parts.get("general") or ""
    return found["stem"], tail, zones or bracket


def _zone_in_brackets(name: str) -> bool:
    found = _BRACKETS.search(name)
    return found is not None and _ZONE_PARTS.fullmatch(found[0]) is not None
