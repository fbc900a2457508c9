"""Chinese and Arabic numerals as they stand in addresses."""

from __future__ import annotations

_DIGITS = {
    sign: value
    for value, signs in enumerate(
        (
            "0０零〇",
            "1１一壹",
            "2２二贰两兩",
            "3３三叁",
            "4４四肆",
            "5５五伍",
            "6６六陆陸",
            "7７七柒",
            "8８八捌",
            "9９九玖",
        )
    )
    for sign in signs
}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_TENS = {"廿": "二十", "卅": "三十"}
_LONGEST = 12
_UNIT_NAMES = {10: "十", 100: "百", 1000: "千"}
_NAMES = "零一二三四五六七八九"


def read_number(text: str) -> int | None:
    """The number a numeral stands for, or None where the text is not one.

    Reads “23”, “２３”, “二十三”, “廿三”, “一百零三”, “两百”, “一〇三”, and “一百二” as 120; at most twelve
    signs.
    """
    if not 0 < len(text) <= _LONGEST:
        return None
    for short, full in _TENS.items():
        text = text.replace(short, full)
    if any(sign in _UNITS for sign in text):
        return _read_units(text)
    value = 0
    for sign in text:
        digit = _DIGITS.get(sign)
        if digit is None:
            return None
        value = value * 10 + digit
    return value


def _read_units(text: str) -> int | None:
    total, pending, last_unit, after_zero = 0, -1, 10_000, False
    for sign in text:
        unit = _UNITS.get(sign)
        if unit is not None:
            if unit >= last_unit or pending == 0 or (pending < 0 and unit != 10):
                return None
            total += unit * max(pending, 1)
            pending, last_unit, after_zero = -1, unit, False
            continue
        digit = _DIGITS.get(sign)
        if digit is None or pending > 0 or (pending == 0 and digit == 0):
            return None
        after_zero = after_zero or digit == 0
        pending = digit
    if pending > 0:
        total += pending * (last_unit // 10 if last_unit >= 100 and not after_zero else 1)
    return total


def spell_number(number: int) -> str:
    """The everyday Chinese numeral for 0 to 9999: 12 is “十二”, 103 is “一百零三”."""
    if number < 10:
        return _NAMES[number]
    if number < 20:
        return "十" + (_NAMES[number - 10] if number > 10 else "")
    unit = next(unit for unit in (1000, 100, 10) if number >= unit)
    head, tail = divmod(number, unit)
    words = _NAMES[head] + _UNIT_NAMES[unit]
    if tail == 0:
        return words
    return words + ("零" if tail < unit // 10 else "") + _spell_tail(tail)


def _spell_tail(number: int) -> str:
    """A numeral after a higher unit, where ten to nineteen keep their “一”: 一百一十."""
    return "一" + spell_number(number) if 10 <= number < 20 else spell_number(number)
