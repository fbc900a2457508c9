"""Limits as playbooks write them: "30min", "2h", "4wh", "7d", "5wd"."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from yuanba.kernel.clock.calendar import Counting, WorkingCalendar
from yuanba.kernel.clock.moments import ClockError, in_zone

LARGEST = 999_999
_SHORT_FORM = re.compile(r"([1-9][0-9]{0,5})(min|wh|wd|h|d)")


class Unit(StrEnum):
    """Units of a limit; working hours (工作时) and working days (工作日) pass in working time only."""

    MINUTES = "min"
    HOURS = "h"
    WORKING_HOURS = "wh"
    DAYS = "d"
    WORKING_DAYS = "wd"


@dataclass(frozen=True, slots=True)
class Limit:
    """How long something may take. When it ends, counted from a moment S:

    1. `min` and `h` end that many minutes or hours after S, at night and on holidays as well.
    2. `wh` end when that many hours have been worked since S. Four working hours from Friday 16:00, closing
       17:30, end on Monday at 11:30.
    3. `wd` end at the close of the n-th working day after the day of S, which does not count, worked or not
       (Civil Code, Articles 201 and 203(2)). Five working days from Friday 16:00 end on the next Friday at
       17:30.
    4. `d` end at 23:59:59 of the n-th day after the day of S, holidays counted, and do not move when that day
       is a holiday unless the calendar counts NEXT_DAY_ROLLED.
    5. A calendar that counts from the MOMENT takes a working day for as many working hours as one has, and a
       day for 24 hours: five working days from Friday 16:00 end on the next Friday at 16:00.

    A pause moves the end on by what passed of the limit's own unit while paused: time for `min` and `h`,
    working time for `wh`, for `wd` and `d` as many days as closed during the pause. So as many closes lie
    ahead after the pause as did before it, and a pause that no close falls into moves a limit in days by
    nothing.
    An extension is a limit of its own, counted from the present end.
    """

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if not 1 <= self.amount <= LARGEST:
            raise ClockError(f"A limit of {self.amount} cannot be kept; write a number from 1 to {LARGEST}.")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the short form; `str()` prints it again. Raises ClockError showing how to write it."""
        match = _SHORT_FORM.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            raise ClockError(
                f"The limit {text!r} cannot be read; write a number and a unit, such as 30min, 2h, "
                "4wh (working hours), 7d or 5wd (working days)."
            )
        return cls(int(match[1]), Unit(match[2]))

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"

    def due_from(self, start: datetime, calendar: WorkingCalendar) -> datetime:
        """Return the end of the limit counted from `start`, in Chinese time."""
        if self._ends_with_a_day(calendar):
            return self._add_days(start, self.amount, calendar)
        return self._add_time(start, self.amount * self._unit_length(calendar), calendar)

    def moved_by_pause(
        self, due_at: datetime, paused_at: datetime, resumed_at: datetime, calendar: WorkingCalendar
    ) -> datetime:
        """Return `due_at` moved on by what passed of the limit's unit from `paused_at` to `resumed_at`."""
        if not self._ends_with_a_day(calendar):
            return self._add_time(due_at, self.time_between(paused_at, resumed_at, calendar), calendar)
        working = self._in_working_time()
        count = calendar.working_days_between if working else calendar.calendar_days_between
        days = count(paused_at, resumed_at)
        return self._add_days(due_at, days, calendar) if days else due_at

    def time_between(self, start: datetime, end: datetime, calendar: WorkingCalendar) -> timedelta:
        """Return the time from `start` to `end`, time worked for `wh` and `wd`; below 0 if `end` is first."""
        if self._in_working_time():
            return calendar.working_time_between(start, end)
        return in_zone(end) - in_zone(start)

    def time_before(self, due_at: datetime, span: timedelta, calendar: WorkingCalendar) -> datetime:
        """Return the moment at which `span` is left until `due_at`, as `time_between` measures."""
        return self._add_time(due_at, -span, calendar)

    def _add_time(self, start: datetime, span: timedelta, calendar: WorkingCalendar) -> datetime:
        if self._in_working_time():
            return calendar.add_working_time(start, span)
        return in_zone(in_zone(start) + span)

    def _add_days(self, start: datetime, days: int, calendar: WorkingCalendar) -> datetime:
        add = calendar.add_working_days if self._in_working_time() else calendar.add_calendar_days
        return add(start, days)

    def _in_working_time(self) -> bool:
        return self.unit in (Unit.WORKING_HOURS, Unit.WORKING_DAYS)

    def _ends_with_a_day(self, calendar: WorkingCalendar) -> bool:
        return self.unit in (Unit.DAYS, Unit.WORKING_DAYS) and calendar.counting is not Counting.MOMENT

    def _unit_length(self, calendar: WorkingCalendar) -> timedelta:
        if self.unit is Unit.MINUTES:
            return timedelta(minutes=1)
        if self.unit is Unit.DAYS:
            return timedelta(days=1)
        return calendar.day_length if self.unit is Unit.WORKING_DAYS else timedelta(hours=1)
