"""Data in free text that tell who the writer is, so that they can be hidden before the text is passed on.

Found are Chinese mobile and fixed-line numbers, identity numbers, bank cards, e-mail addresses, number plates, QQ and
WeChat names, and a name that the writer gives as his own. Numbers that carry a date or a check digit are checked, so
that order numbers and amounts are left alone. What is found is a hint to a person, and what `mask` hides.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from yuanba.language.text import narrow


class Kind(StrEnum):
    """What kind of data was found."""

    IDENTITY = "identity"
    BANK_CARD = "bank_card"
    MOBILE = "mobile"
    EMAIL = "email"
    FIXED_LINE = "fixed_line"
    PLATE = "plate"
    QQ = "qq"
    WECHAT = "wechat"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Found:
    """``text[start:end]`` of the text that was searched."""

    kind: Kind
    start: int
    end: int


def find(text: str) -> list[Found]:
    """Everything found, in order, without overlaps."""
    narrowed = narrow(text)
    # Each rule sees the text as written and with Chinese numerals read as digits; positions are the same in both.
    readings = (narrowed, narrowed.translate(_NUMERALS))
    taken = [False] * len(text)
    found: list[Found] = []
    for kind, pattern, holds in _RULES:
        for reading in readings:
            for start, end in _matches(pattern, holds, reading):
                if not any(taken[start:end]):
                    taken[start:end] = [True] * (end - start)
                    found.append(Found(kind, start, end))
    return sorted(found, key=lambda item: item.start)


def mask(text: str) -> str:
    """The text with everything found starred out; it keeps its length, and masking twice changes nothing more.

    A little stays readable, so that the person concerned recognizes it: ``138****1234``.
    """
    characters = list(text)
    for item in find(text):
        end = item.start + text[item.start : item.end].find("@") if item.kind is Kind.EMAIL else item.end
        places = [place for place in range(item.start, end) if text[place].isalnum() or item.kind is Kind.EMAIL]
        head, tail = _READABLE[item.kind]
        for place in places[head : len(places) - tail]:
            characters[place] = "*"
    return "".join(characters)


# How many characters stay readable at the beginning and at the end.
_READABLE: Final = {
    Kind.IDENTITY: (1, 1),
    Kind.BANK_CARD: (0, 4),
    Kind.MOBILE: (3, 4),
    Kind.EMAIL: (1, 0),
    Kind.FIXED_LINE: (4, 2),
    Kind.PLATE: (2, 1),
    Kind.QQ: (1, 1),
    Kind.WECHAT: (1, 1),
    Kind.NAME: (1, 0),
}

_NUMERALS: Final = str.maketrans("〇零一二三四五六七八九幺", "001234567891")
_BEFORE = r"(?<![0-9A-Za-z])"
_AFTER = r"(?![0-9])"
_GAP = r"[ \-]?"
_IS = r"[号码是为:, ]{0,4}"


def _row(count: str) -> str:
    """So many digits, single spaces or hyphens between them allowed."""
    return rf"(?:{_GAP}[0-9]){{{count}}}"


# Family names of more than 97 % of the population, and the usual double ones.
_FAMILY_NAMES = (
    "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|夏侯|令狐|"
    "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许邓冯韩曹曾彭萧肖蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金"
    "石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武戚莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹"
    "申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓"
    "古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝]"
)


def _is_identity(digits: str) -> bool:
    """GB 11643: an area, a day of birth (two-digit year in the old form of 15) and a number."""
    year, rest = (digits[6:10], digits[10:14]) if len(digits) == 18 else ("19" + digits[6:8], digits[8:12])
    if not 11 <= int(digits[:2]) <= 83 or not 1900 <= int(year) <= date.max.year:
        return False
    try:
        date(int(year), int(rest[:2]), int(rest[2:]))
    except ValueError:
        return False
    return int(year) < 2100


def _is_bank_card(digits: str) -> bool:
    """ISO/IEC 7812: the check digit after Luhn."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _is_plate(sign: str) -> bool:
    return sum(character.isdigit() for character in sign) >= 2


def _always(_: str) -> bool:
    return True


_RULES: Final[tuple[tuple[Kind, re.Pattern[str], Callable[[str], bool]], ...]] = (
    (Kind.IDENTITY, re.compile(rf"{_BEFORE}([1-8]{_row('16')}{_GAP}[0-9Xx]){_AFTER}"), _is_identity),
    (Kind.IDENTITY, re.compile(rf"{_BEFORE}([1-8]{_row('14')}){_AFTER}"), _is_identity),
    (Kind.BANK_CARD, re.compile(rf"{_BEFORE}([3-6]{_row('15,18')}){_AFTER}"), _is_bank_card),
    (Kind.BANK_CARD, re.compile(rf"(?:卡号|[账帐][号户]){_IS}([1-9]{_row('11,20')}){_AFTER}"), _always),
    (Kind.MOBILE, re.compile(rf"{_BEFORE}((?:\+?86{_GAP})?1{_GAP}[3-9]{_row('9')}){_AFTER}"), _always),
    (Kind.EMAIL, re.compile(r"([A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)"), _always),
    (Kind.FIXED_LINE, re.compile(rf"{_BEFORE}(\(?0[1-9][0-9]{{1,2}}\)?[ \-]?[2-8][0-9]{{6,7}}){_AFTER}"), _always),
    (Kind.FIXED_LINE, re.compile(rf"(?:电话|座机|来电){_IS}([2-8][0-9]{{6,7}}){_AFTER}"), _always),
    (
        Kind.PLATE,
        re.compile(
            "([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][ ·.-]?"
            "[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳])(?![A-Z0-9])",
            re.IGNORECASE,
        ),
        _is_plate,
    ),
    (Kind.QQ, re.compile(rf"(?:QQ|扣扣)群?{_IS}([1-9][0-9]{{4,10}}){_AFTER}", re.IGNORECASE), _always),
    (
        Kind.WECHAT,
        re.compile(rf"(?:微信|薇信|威信|{_BEFORE}(?:vx|wx|weixin|wechat))同?{_IS}([a-z][a-z0-9_-]{{5,19}})", re.I),
        _always,
    ),
    (
        Kind.NAME,
        re.compile(
            rf"(?:我叫|我的名字[是叫]|姓名|联系人|反映人|投诉人|举报人|申请人|署名){_IS}((?:{_FAMILY_NAMES})[\u4e00-\u9fff]{{1,2}}?)"
            r"(?=[^\u4e00-\u9fff]|$|[是系男女住]|今年|家住|电话|手机)"
        ),
        _always,
    ),
)


def _matches(pattern: re.Pattern[str], holds: Callable[[str], bool], reading: str) -> Iterator[tuple[int, int]]:
    for match in pattern.finditer(reading):
        bare = "".join(character for character in match[1] if character.isalnum())
        if holds(bare):
            yield match.span(1)
