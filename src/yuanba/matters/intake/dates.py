"""In which order the dates of a file stand that do not begin with the year."""

import re
from collections.abc import Iterable

ORDERS = ("ymd", "mdy", "dmy")
_MONTH_OR_DAY_FIRST = re.compile(r"\s*(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(.*)", re.DOTALL)
_MONTHS = 12


def year_first(text: str, order: str) -> str:
    """The date with its year in front; what is no such date stays as it is."""
    found = _MONTH_OR_DAY_FIRST.fullmatch(text)
    if found is None or order == "ymd":
        return text
    first, second, year, rest = found.groups()
    month, day = (first, second) if order == "mdy" else (second, first)
    return f"{year}/{month}/{day}{rest}"


def is_two_ways(value: object) -> bool:
    """Whether a cell holds a date that begins with month or day."""
    return isinstance(value, str) and _MONTH_OR_DAY_FIRST.fullmatch(value) is not None


def order_told(values: Iterable[object]) -> str:
    """mdy or dmy by the first date that can be read in one way only (03/15/2026); empty when none can."""
    for value in values:
        found = _MONTH_OR_DAY_FIRST.fullmatch(value) if isinstance(value, str) else None
        if found is not None:
            first, second = int(found[1]), int(found[2])
            if first <= _MONTHS < second:
                return "mdy"
            if second <= _MONTHS < first:
                return "dmy"
    return ""
