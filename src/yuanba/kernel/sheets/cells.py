"""What a cell says, or why it says nothing of use."""

import math
import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from yuanba.kernel.sheets.number_formats import Shows, moment
from yuanba.kernel.sheets.problems import CellProblem
from yuanba.kernel.sheets.rows import Cell
from yuanba.kernel.sheets.texts import require_legal

CHINA: Final = ZoneInfo("Asia/Shanghai")
_EXACT: Final = 10**15
_WEEKDAY: Final = re.compile("(?:星期|周)[一二三四五六日天]")
_SIGNS: Final = str.maketrans({"年": "-", "月": "-", "日": " ", "时": ":", "点": ":", "分": ":", "秒": None})
_MOMENT: Final = re.compile(
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})"
    r"(?:(?:[\st]+|(?=[上下凌早中晚]))(?P<half>上午|下午|凌晨|早上|中午|晚上|[ap]m)?\s*"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})?:?(?:(?<=:)(?P<second>\d{1,2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<half_after>[ap]m)?\s*(?P<zone>z|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?")
_SERIAL: Final = re.compile(r"\d{5}(?:\.\d+)?")
_FIRST_SERIAL: Final = 10_000
_PAST_SERIAL: Final = 80_000
_AFTERNOON: Final = {"下午", "晚上", "pm"}
_INTEGER: Final = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.0+)?")


def as_text(value: Cell) -> str:
    """The cell as text without blanks around it; an empty cell is the empty text.

    No digit gets lost: a number that Excel has cut to 15 digits is refused, since identity and order
    numbers are longer. Raises `CellProblem`.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        require_legal(value)
        return value.strip()
    if isinstance(value, float):
        return _number_as_text(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, int) and abs(value) >= _EXACT and str(value)[15:].strip("0") == "":
        raise _too_exact()
    return value.isoformat() if isinstance(value, date) else str(value)


def _number_as_text(value: float) -> str:
    if not math.isfinite(value):
        raise CellProblem(_("The number is beyond all measure."))
    if abs(value) >= _EXACT:
        raise _too_exact()
    return str(int(value)) if value.is_integer() else str(value)


def _too_exact() -> CellProblem:
    return CellProblem(
        _("The number has over 15 digits, so Excel lost the last ones. Format the column as text.")
    )


def as_int(value: Cell) -> int:
    """The cell as a whole number: ``12``, ``１２``, ``1,234``, ``12.0``. Raises `CellProblem` else."""
    if isinstance(value, int):
        return int(value)
    text = unicodedata.normalize("NFKC", as_text(value))
    if len(text) > 100 or not _INTEGER.fullmatch(text):
        raise CellProblem(_("“%(text)s” is not a whole number.") % {"text": text[:40]})
    return int(text.split(".")[0].replace(",", ""))


def as_datetime(value: Cell, zone: tzinfo = CHINA) -> datetime:
    """The moment a cell names, with its zone.

    Read are dates and times of Excel (also as plain serial numbers of the 1900 system, 1927 to 2119) and
    texts that begin with the year: ``2019/2/3 18:28:11``, ``2019-02-03T18:28:11+08:00``,
    ``2019年2月3日 下午6时28分``, ``20190203182811``. A time without a zone is one in `zone`, by rule that of
    China; a date without a time is its first minute. Years of two digits and dates that begin with day or
    month can be read two ways and are refused, and so are years outside 1900 to 2199.
    Raises `CellProblem`.
    """
    at = _moment_of(value, zone)
    if not 1900 <= at.year < 2200:
        raise CellProblem(_("The year %(year)s can't be meant.") % {"year": at.year})
    return at


def _moment_of(value: Cell, zone: tzinfo) -> datetime:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=zone)
    if isinstance(value, date):
        return datetime.combine(value, time(), zone)
    if isinstance(value, int | float):
        return _from_serial(value, zone)
    text = unicodedata.normalize("NFKC", as_text(value))
    if not text:
        raise CellProblem(_("The time is missing."))
    try:
        if read := _from_text(text, zone):
            return read
    except (ValueError, OverflowError):
        raise CellProblem(_("“%(text)s” is not a time that exists.") % {"text": text[:40]}) from None
    if _SERIAL.fullmatch(text):
        return _from_serial(float(text), zone)
    raise CellProblem(
        _("“%(text)s” is not a time that can be read. Write it like 2019-02-03 18:28.") % {"text": text[:40]}
    )


def _from_serial(number: float, zone: tzinfo) -> datetime:
    if _FIRST_SERIAL <= number < _PAST_SERIAL:
        at = moment(number, Shows.MOMENT, since_1904=False)
        if isinstance(at, datetime):
            return at.replace(tzinfo=zone)
    raise CellProblem(_("The number %(number)s is not a time.") % {"number": number})


def _from_text(text: str, zone: tzinfo) -> datetime | None:
    """None for a text of no known form; ValueError for one of a known form that names no real time."""
    if found := _COMPACT.fullmatch(text):
        return datetime(*(int(part) for part in found.groups("0")), tzinfo=zone)  # type: ignore[arg-type,misc]
    signed = _WEEKDAY.sub(" ", text).translate(_SIGNS).strip()
    if (found := _MOMENT.fullmatch(signed)) is None:
        return None
    part = found.groupdict("")
    day = datetime(
        int(part["year"]), int(part["month"]), int(part["day"]), tzinfo=_zone(part["zone"]) or zone
    )
    if not part["hour"]:
        return day
    hour = _hour(int(part["hour"]), (part["half"] or part["half_after"]).lower())
    at = day.replace(
        hour=hour % 24,
        minute=int(part["minute"] or 0),
        second=int(part["second"] or 0),
        microsecond=int(part["fraction"].ljust(6, "0")[:6] or 0),
    )
    if hour < 24:
        return at
    if at.time() != time():
        raise ValueError(text)
    return at + timedelta(days=1)


def _hour(hour: int, half: str) -> int:
    """The hour of 24; 24 itself stands for midnight at the end of a day (GB/T 7408)."""
    if hour > 24 or (half in {"am", "pm"} and not 1 <= hour <= 12):
        raise ValueError(hour)
    if half in _AFTERNOON and hour < 12:
        return hour + 12
    return 0 if half in {"am", "凌晨"} and hour == 12 else hour


def _zone(text: str) -> tzinfo | None:
    if not text:
        return None
    if text in "zZ":
        return UTC
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)
