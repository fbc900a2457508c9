"""Moments as whole numbers: a day counted from 1992-01-01 and the microseconds passed in it, Chinese time.

China put its clocks forward for the last time in 1991. From 1992 on every day has 24 hours, so a difference
of wall times is a length of time and whole numbers are enough; earlier moments are refused, not guessed.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
FIRST_YEAR, LAST_YEAR = 1992, 2100
EPOCH = datetime(FIRST_YEAR, 1, 1, tzinfo=ZONE)
DAYS = (date(LAST_YEAR + 1, 1, 1) - EPOCH.date()).days

SECOND = 1_000_000
DAY = 86_400 * SECOND
LAST_SECOND = DAY - SECOND
_ONE_MICROSECOND = timedelta(microseconds=1)


class ClockError(ValueError):
    """Something the clock cannot count with; the message says what and what would do instead."""


def split(at: datetime) -> tuple[int, int]:
    """Return the day (0 is 1992-01-01) and the microseconds passed in it, in Chinese time.

    Raises ClockError for a moment without a time zone or outside the years the calendar knows.
    """
    try:
        since = at - EPOCH
    except TypeError:
        raise ClockError(f"The clock needs a moment with a time zone; {at!r} is not one.") from None
    if not 0 <= since.days < DAYS:
        raise ClockError(f"{at} lies outside the years {FIRST_YEAR} to {LAST_YEAR} that the calendar knows.")
    return since.days, since.seconds * SECOND + since.microseconds


def moment(day: int, microsecond: int) -> datetime:
    """Return the moment that `split` took apart; 24:00 of a day is 00:00 of the next."""
    return EPOCH + timedelta(day, 0, microsecond)


def in_zone(at: datetime) -> datetime:
    """Return the same moment told in Chinese time; raises ClockError as `split` does."""
    split(at)
    return at.astimezone(ZONE)


def day_number(day: date) -> int:
    """Return the number of a calendar day (0 is 1992-01-01).

    Raises ClockError for a datetime, whose day depends on the zone it is told in, and for unknown years.
    """
    if isinstance(day, datetime) or not isinstance(day, date):
        raise ClockError(f"The calendar needs a day without a time; {day!r} is not one.")
    number = (day - EPOCH.date()).days
    if not 0 <= number < DAYS:
        raise ClockError(f"{day} lies outside the years {FIRST_YEAR} to {LAST_YEAR} that the calendar knows.")
    return number


def microseconds(span: timedelta) -> int:
    return span // _ONE_MICROSECOND
