"""Data in free text that tell who the writer is, so that they can be hidden before the text is passed on.

Found are Chinese mobile and fixed-line numbers, identity numbers, bank cards, e-mail addresses, number
plates, QQ and WeChat names, and a name that the writer gives as his own. Numbers that carry a date or a check
digit are checked, so that order numbers and amounts are left alone. What is found is a hint to a person, and
what `mask` hides.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Final

from yuanba.language.text import narrow
from yuanba.language.wording import phrases


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
    # Each rule sees the text as written and with Chinese numerals read as digits; positions are the same.
    readings = (narrowed, narrowed.translate(_NUMERALS))
    taken = [False] * len(text)
    found: list[Found] = []
    for rule in _rules():
        for start, end in (span for reading in readings for span in _matches(rule, reading)):
            if not any(taken[start:end]):
                taken[start:end] = [True] * (end - start)
                found.append(Found(rule.kind, start, end))
    return sorted(found, key=lambda item: item.start)


def mask(text: str) -> str:
    """The text with everything found starred out, as long as before; masking twice changes nothing more.

    A little stays readable, so that the person concerned recognizes it: ``138****1234``.
    """
    while (masked := _masked_once(text)) != text:
        # Data written without a gap may only be told apart when the first has been starred out.
        text = masked
    return text


def _masked_once(text: str) -> str:
    characters = list(text)
    for item in find(text):
        end = item.start + text[item.start : item.end].find("@") if item.kind is Kind.EMAIL else item.end
        places = [
            place for place in range(item.start, end) if text[place].isalnum() or item.kind is Kind.EMAIL
        ]
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
    Kind.FIXED_LINE: (0, 3),
    Kind.PLATE: (2, 1),
    Kind.QQ: (1, 1),
    Kind.WECHAT: (1, 1),
    Kind.NAME: (1, 0),
}

_NUMERALS: Final = str.maketrans("〇零一二三四五六七八九幺", "001234567891")
_BEFORE = r"(?<![0-9])"
_AFTER = r"(?![0-9])"
_GAP = r"[ \-]?"
_IS = r"[号码是为:, ]{0,4}"
_PLATE = (
    "([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][ ·.-]?"
    "[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳])(?![A-Z0-9])"
)


def _row(count: str) -> str:
    """So many digits, single spaces or hyphens between them allowed."""
    return rf"(?:{_GAP}[0-9]){{{count}}}"


def _is_identity(digits: str) -> bool:
    """GB 11643: an area, a day of birth (two-digit year in the old form of 15) and a number."""
    year, rest = (digits[6:10], digits[10:14]) if len(digits) == 18 else ("19" + digits[6:8], digits[8:12])
    if not 11 <= int(digits[:2]) <= 83 or not 1900 <= int(year) < 2100:
        return False
    try:
        date(int(year), int(rest[:2]), int(rest[2:]))
    except ValueError:
        return False
    return True


def _is_bank_card(digits: str) -> bool:
    """ISO/IEC 7812: the check digit after Luhn."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _is_plate(sign: str) -> bool:
    return sum(character.isdigit() for character in sign) >= 2


def _always(_: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class _Rule:
    """Text that matches `pattern` is of this kind if its first group, signs taken out, passes `holds`."""

    kind: Kind
    pattern: re.Pattern[str]
    holds: Callable[[str], bool] = _always


@cache
def _rules() -> tuple[_Rule, ...]:
    """Every rule; where two find the same stretch, the earlier one has it."""
    return (
        _Rule(Kind.EMAIL, _compiled(r"([a-z0-9][a-z0-9._%+-]{0,63}@(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24})")),
        _Rule(Kind.IDENTITY, _compiled(rf"{_BEFORE}([1-8]{_row('16')}{_GAP}[0-9Xx]){_AFTER}"), _is_identity),
        _Rule(Kind.IDENTITY, _compiled(rf"{_BEFORE}([1-8]{_row('14')}){_AFTER}"), _is_identity),
        _Rule(Kind.BANK_CARD, _compiled(rf"{_BEFORE}([3-6]{_row('15,18')}){_AFTER}"), _is_bank_card),
        _Rule(Kind.BANK_CARD, _compiled(rf"(?:卡号|[账帐][号户]){_IS}([1-9]{_row('11,20')}){_AFTER}")),
        _Rule(Kind.MOBILE, _compiled(rf"{_BEFORE}((?:\+?86{_GAP})?1{_GAP}[3-9]{_row('9')}){_AFTER}")),
        _Rule(
            Kind.FIXED_LINE, _compiled(rf"{_BEFORE}(\(?0[1-9][0-9]{{1,2}}\)?[ -]?[2-8][0-9]{{6,7}}){_AFTER}")
        ),
        _Rule(Kind.FIXED_LINE, _compiled(rf"(?:电话|座机|来电){_IS}([2-8][0-9]{{6,7}}){_AFTER}")),
        _Rule(Kind.PLATE, _compiled(_PLATE), _is_plate),
        _Rule(Kind.QQ, _compiled(rf"(?:QQ|扣扣)群?{_IS}([1-9][0-9]{{4,10}}){_AFTER}")),
        _Rule(
            Kind.WECHAT,
            _compiled(rf"(?:[微薇]信|(?<![a-z])(?:vx|wx|wechat))同?{_IS}([a-z][a-z0-9_-]{{5,19}})"),
        ),
        _Rule(Kind.NAME, _compiled(_name_pattern())),
    )


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _name_pattern() -> str:
    """A family name with one or two more characters, said to be one's name, and an end after it."""
    single = "".join(phrases()["family_names"].split())
    double = "|".join(phrases()["double_family_names"].split())
    said = "我叫|我的名字[是叫]|姓名|联系人|反映人|投诉人|举报人|申请人|署名"
    end = "[^\u4e00-\u9fff]|$|[是系男女住]|今年|家住|电话|手机"
    return rf"(?:{said}){_IS}((?:{double}|[{single}])[\u4e00-\u9fff]{{1,2}}?)(?={end})"


def _matches(rule: _Rule, reading: str) -> Iterator[tuple[int, int]]:
    for match in rule.pattern.finditer(reading):
        if rule.holds("".join(character for character in match[1] if character.isalnum())):
            yield match.span(1)
