"""The working calendar: which moments are working time, and exact arithmetic over them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from yuanba.kernel.clock import hours as working_hours
from yuanba.kernel.clock import years
from yuanba.kernel.clock.hours import WorkingHours
from yuanba.kernel.clock.moments import (
    FIRST_YEAR,
    LAST_SECOND,
    LAST_YEAR,
    ClockError,
    day_number,
    in_zone,
    microseconds,
    moment,
    split,
)
from yuanba.kernel.clock.years import Year


class Counting(StrEnum):
    """How a limit in days is counted.

    NEXT_DAY, the default, after the Civil Code, Articles 201 and 203(2): the day on which it starts does not
    count; working days end with the working hours of the last one, calendar days at the end of the last one.
    NEXT_DAY_ROLLED: the same, but a limit in calendar days whose last day is not worked ends with the next
    workday (Article 203(1)).
    MOMENT: from the moment it starts, a working day being as long as its working hours, a day 24 hours.
    """

    NEXT_DAY = "next_day"
    NEXT_DAY_ROLLED = "next_day_rolled"
    MOMENT = "moment"


@dataclass(frozen=True)
class WorkingCalendar:
    """Working hours on workdays, in Chinese time, for the years 1992 to 2100.

    Workdays are those announced by the State Council, or predicted for years not yet announced. On top,
    `overrides` says day by day what a district works. A year in `announced_years` takes nothing from
    libraries: Monday to Friday, changed by the overrides, which then carry that year's whole notice.
    `round_the_clock` is for lines that never close (water, power, gas, heat: 北京市接诉即办工作条例, Article
    19): every moment is working time, and hours and overrides do not matter.

    Adding is exact: what `add_working_time` added, `working_time_between` measures, to the microsecond.
    Raises ClockError for overrides or years that cannot be used, and from every method for moments without a
    time zone and results beyond the known years.
    """

    hours: WorkingHours = working_hours.OFFICE_HOURS
    overrides: Mapping[date, bool] = field(default_factory=dict, hash=False)
    announced_years: frozenset[int] = frozenset()
    round_the_clock: bool = False
    counting: Counting = Counting.NEXT_DAY
    _spells: WorkingHours = field(init=False, compare=False, repr=False)
    _years: dict[int, Year] = field(init=False, default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        for day, working in self.overrides.items():
            day_number(day)
            if not isinstance(working, bool):
                raise ClockError(f"The override of {day} must be true (worked) or false, not {working!r}.")
        for year in self.announced_years:
            if not FIRST_YEAR <= year <= LAST_YEAR:
                raise ClockError(f"The year {year} cannot be announced; {FIRST_YEAR} to {LAST_YEAR} can.")
        object.__setattr__(self, "overrides", dict(self.overrides))
        object.__setattr__(self, "announced_years", frozenset(self.announced_years))
        spells = working_hours.ROUND_THE_CLOCK if self.round_the_clock else self.hours
        object.__setattr__(self, "_spells", spells)

    @property
    def day_length(self) -> timedelta:
        """The working time of one workday."""
        return timedelta(microseconds=self._spells.length)

    def is_workday(self, day: date) -> bool:
        return self._is_workday(day_number(day))

    def is_provisional(self, day: date) -> bool:
        """Tell whether the day is only predicted: neither announced nor set by the district.

        A deadline is provisional when its day is: the days before it lie in the same year or an earlier one.
        """
        day_number(day)
        known = self.round_the_clock or years.is_announced(day.year) or day.year in self.announced_years
        return not known and day not in self.overrides

    def is_working_time(self, at: datetime) -> bool:
        """Tell whether work goes on at this moment; the closing moment itself is not working time."""
        day, microsecond = split(at)
        now, later = self._spells.worked(microsecond), self._spells.worked(microsecond + 1)
        return later > now and self._is_workday(day)

    def add_working_time(self, start: datetime, span: timedelta) -> datetime:
        """Return the moment by which `span` has been worked since `start`.

        The earliest such moment: work that ends with the day ends at its close, not at the next opening. A
        negative span goes back to the latest moment from which that much was worked until `start`. Nothing to
        work returns `start`.
        """
        if not span:
            return in_zone(start)
        day, microsecond = split(start)
        wanted = self._worked_on(day, microsecond) + microseconds(span)
        full_days, rest = divmod(wanted, self._spells.length)
        if span < timedelta(0):
            return moment(self._workday(day, full_days), self._spells.latest_with(rest))
        if rest == 0:
            full_days, rest = full_days - 1, self._spells.length
        return moment(self._workday(day, full_days), self._spells.earliest_with(rest))

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """Return the time worked from `start` to `end`; negative when `end` comes first."""
        start_day, start_microsecond = split(start)
        end_day, end_microsecond = split(end)
        worked = self._workdays_between(start_day, end_day) * self._spells.length
        worked += self._worked_on(end_day, end_microsecond) - self._worked_on(start_day, start_microsecond)
        return timedelta(microseconds=worked)

    def add_working_days(self, start: datetime, number: int) -> datetime:
        """Return the close of the `number`-th working day after the day of `start` (Civil Code, Article 201).

        Five working days from Friday 16:00, or from Saturday, end on the next Friday at the close.
        """
        day, _ = split(start)
        return moment(self._workday(day + 1, _positive(number) - 1), self._spells.closes)

    def add_calendar_days(self, start: datetime, number: int) -> datetime:
        """Return 23:59:59 of the `number`-th day after the day of `start`.

        Rolled on to the next workday when the calendar counts so and that day is not worked.
        """
        day = split(start)[0] + _positive(number)
        if self.counting is Counting.NEXT_DAY_ROLLED:
            day = self._workday(day, 0)
        return in_zone(moment(day, LAST_SECOND))

    def working_days_between(self, start: datetime, end: datetime) -> int:
        """Count the working days that close after `start`, up to `end`; negative when `end` comes first."""
        closes = self._spells.closes
        return self._workdays_between(_days_closed(start, closes), _days_closed(end, closes))

    def calendar_days_between(self, start: datetime, end: datetime) -> int:
        """Count the days whose 23:59:59 comes after `start`, up to `end`; negative when `end` comes first."""
        return _days_closed(end, LAST_SECOND) - _days_closed(start, LAST_SECOND)

    def _year(self, number: int) -> Year:
        year = self._years.get(number)
        if year is None:
            year = self._years[number] = years.tabulate(number, self._worked_flags(number))
        return year

    def _worked_flags(self, year: int) -> list[bool]:
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise ClockError(
                f"The count leaves the years {FIRST_YEAR} to {LAST_YEAR} that the calendar knows."
            )
        days = years.days_of(year)
        if self.round_the_clock:
            return [True] * len(days)
        own = year in self.announced_years
        base = years.plain_weeks(year) if own else years.standard_workdays(year)
        return [self.overrides.get(day, worked) for day, worked in zip(days, base, strict=True)]

    def _is_workday(self, day: int) -> bool:
        year = self._year(years.year_of(day))
        place = day - year.first_day
        return year.worked_before[place + 1] > year.worked_before[place]

    def _worked_on(self, day: int, microsecond: int) -> int:
        return self._spells.worked(microsecond) if self._is_workday(day) else 0

    def _workday(self, day: int, number: int) -> int:
        """Return the `number`-th workday at or after the day (0 is the first); negative numbers go back."""
        year = self._year(years.year_of(day))
        place = year.worked_before[day - year.first_day] + number
        while place >= len(year.workdays):
            place -= len(year.workdays)
            year = self._year(year.number + 1)
        while place < 0:
            year = self._year(year.number - 1)
            place += len(year.workdays)
        return year.workdays[place]

    def _workdays_between(self, first: int, last: int) -> int:
        """Count the workdays from `first` up to, not including, `last`; negative when `last` comes first."""
        if last < first:
            return -self._workdays_between(last, first)
        start, end = self._year(years.year_of(first)), self._year(years.year_of(last))
        count = end.worked_before[last - end.first_day] - start.worked_before[first - start.first_day]
        return count + sum(len(self._year(number).workdays) for number in range(start.number, end.number))


def _days_closed(at: datetime, closes: int) -> int:
    day, microsecond = split(at)
    return day + (microsecond >= closes)


def _positive(number: int) -> int:
    if number < 1:
        raise ClockError(f"Days are counted from 1; {number} cannot be added.")
    return number
