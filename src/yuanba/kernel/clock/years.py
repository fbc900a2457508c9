"""Which days of a year are worked: as announced by the State Council, or as predicted until it announces.

The notice on holidays and make-up workdays (国务院办公厅关于部分节假日安排的通知) comes out each autumn for
the next year. `chinese_calendar` keeps what was announced; `holidays` predicts the statutory days of other
years, without bridges and make-up workdays that nobody can know, so those years are provisional.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import accumulate

import chinese_calendar

from yuanba.kernel.clock.moments import EPOCH, FIRST_YEAR, LAST_YEAR

SATURDAY = 5
_FIRST_DAYS = [(date(year, 1, 1) - EPOCH.date()).days for year in range(FIRST_YEAR, LAST_YEAR + 1)]
_ANNOUNCED = range(min(chinese_calendar.holidays).year, max(chinese_calendar.holidays).year + 1)


@dataclass(frozen=True, slots=True)
class Year:
    """One year as two tables. Days are numbered from 1992-01-01.

    `workdays` lists the numbers of its workdays; `worked_before[i]` counts the workdays before its i-th day
    (0 is 1 January) and has one entry more than the year has days.
    """

    number: int
    first_day: int
    workdays: tuple[int, ...]
    worked_before: tuple[int, ...]


def year_of(day: int) -> int:
    """Return the year in which the numbered day lies; the day after the last known year counts into it."""
    return FIRST_YEAR + bisect_right(_FIRST_DAYS, day) - 1


def tabulate(number: int, worked: Iterable[bool]) -> Year:
    """Build the tables of a year from one truth value a day."""
    flags = list(worked)
    first_day = _FIRST_DAYS[number - FIRST_YEAR]
    workdays = tuple(first_day + day for day, is_worked in enumerate(flags) if is_worked)
    return Year(number, first_day, workdays, (0, *accumulate(map(int, flags))))


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days) for days in range((date(year + 1, 1, 1) - first).days)]


def last_announced() -> int:
    """The last year whose official holidays are in the library's data."""
    return _ANNOUNCED[-1]


def is_announced(year: int) -> bool:
    """Tell whether the official holidays of the year are in the library's data."""
    return year in _ANNOUNCED


def plain_weeks(year: int) -> list[bool]:
    """Monday to Friday worked, nothing else known."""
    return [day.weekday() < SATURDAY for day in days_of(year)]


@cache
def standard_workdays(year: int) -> tuple[bool, ...]:
    """Return one truth value a day: worked as announced, or as predicted where nothing is announced."""
    if is_announced(year):
        made_up, off = chinese_calendar.workdays, chinese_calendar.holidays
        return tuple(day in made_up or (day.weekday() < SATURDAY and day not in off) for day in days_of(year))
    # Imported where a year needs predicting: it takes 0.2 s and megabytes that most processes do without.
    import holidays

    predicted = holidays.country_holidays("CN", years=year)
    return tuple(predicted.is_working_day(day) for day in days_of(year))
