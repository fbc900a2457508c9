"""The clock once more, slow and simple, to check the fast one: it walks over every minute and counts.

It shares no arithmetic with the clock. Moments are whole minutes since 2026-01-01 in Chinese time; a unit
ticks at the end of some minutes, and a limit has ended when its unit has ticked often enough. The oracle
knows office calendars in announced years, events on whole minutes, and hours that end before 24:00.
"""

from datetime import date, datetime, timedelta
from functools import cache

import chinese_calendar

from yuanba.kernel.clock import (
    ZONE,
    Counting,
    Event,
    Extended,
    Limit,
    Opened,
    Paused,
    Policy,
    Reopened,
    Resumed,
    Span,
    StageStarted,
    Stopped,
    Unit,
    WorkingCalendar,
)

_ORIGIN = datetime(2026, 1, 1, tzinfo=ZONE)
_MINUTES = 1440


@cache
def _announced_workday(day: date) -> bool:
    return bool(chinese_calendar.is_workday(day))


class Oracle:
    """Deadlines after the events seen so far, each a minute and seconds after it (0, or 59 from a day's end on)."""

    def __init__(self, policy: Policy, calendar: WorkingCalendar) -> None:
        self.policy, self.calendar = policy, calendar
        self.limits: dict[Span, Limit] = {}
        self.started: dict[Span, int] = {}
        self.ends: dict[Span, tuple[int, int]] = {}
        self.paused: int | None = None
        spells = list(zip(calendar.hours.starts, calendar.hours.ends, strict=True))
        minutes = [minute * 60_000_000 for minute in range(_MINUTES)]
        self.office = [any(start <= minute < end for start, end in spells) for minute in minutes]
        self.closing = max(minute for minute in range(_MINUTES) if self.office[minute])

    def see(self, event: Event) -> None:
        at = (event.at - _ORIGIN) // timedelta(minutes=1)
        match event:
            case Opened():
                self._start(Span.TOTAL, self.policy.total, at)
            case Reopened():
                self.ends.pop(Span.STAGE, None)
                self._start(Span.TOTAL, self.policy.reopen_total or self.policy.total, at)
            case StageStarted():
                self._start(Span.STAGE, self.policy.stages[event.stage], at)
            case Extended():
                self.ends[event.of] = self._end(event.limit, self.ends[event.of])
            case Paused():
                self.paused = at
            case Resumed() | Stopped():
                self._end_pause(at)

    def due_at(self, span: Span) -> datetime | None:
        if span not in self.ends:
            return None
        minute, seconds = self.ends[span]
        return _ORIGIN + timedelta(minutes=minute, seconds=seconds)

    def minutes_worked(self, start: datetime, end: datetime) -> int:
        first, last = ((at - _ORIGIN) // timedelta(minutes=1) for at in (start, end))
        return sum(self._is_worked(minute) for minute in range(first, last))

    def _start(self, span: Span, limit: Limit, at: int) -> None:
        self.limits[span], self.started[span] = limit, at
        self.ends[span] = self._end(limit, (at, 0))

    def _end_pause(self, resumed: int) -> None:
        if self.paused is None:
            return
        for span, end in self.ends.items():
            limit = self.limits[span]
            since = max(self.paused, self.started[span])
            passed = sum(self._ticks(limit, minute) for minute in range(since, resumed))
            self.ends[span] = self._walk(limit, end, passed)
        self.paused = None

    def _end(self, limit: Limit, start: tuple[int, int]) -> tuple[int, int]:
        ticks = limit.amount
        if limit.unit in (Unit.HOURS, Unit.WORKING_HOURS):
            ticks *= 60
        elif limit.unit is Unit.DAYS and not self._counts_days(limit):
            ticks *= _MINUTES
        elif limit.unit is Unit.WORKING_DAYS and not self._counts_days(limit):
            ticks *= sum(self.office)
        return self._walk(limit, start, ticks)

    def _walk(self, limit: Limit, start: tuple[int, int], ticks: int) -> tuple[int, int]:
        minute, seconds = start
        if ticks == 0:
            return start
        at_work = self._is_worked(minute)
        if self._counts_days(limit):
            minute = (minute // _MINUTES + 1) * _MINUTES
        while ticks:
            ticks -= self._ticks(limit, minute)
            minute += 1
        if limit.unit is Unit.WORKING_DAYS and self._counts_days(limit):
            return minute, 0
        if limit.unit in (Unit.WORKING_DAYS, Unit.WORKING_HOURS):
            return self._at_work(minute, seconds) if at_work and seconds else (minute, 0)
        if not self._counts_days(limit) or limit.unit is not Unit.DAYS:
            return minute, seconds
        while self.calendar.counting is Counting.NEXT_DAY_ROLLED and not self._is_workday(
            minute // _MINUTES - 1
        ):
            minute += _MINUTES
        return minute - 1, 59

    def _at_work(self, minute: int, seconds: int) -> tuple[int, int]:
        """Time that began within a worked minute ends within one; what closing cuts off goes on at the next opening."""
        while not self._is_worked(minute):
            minute += 1
        return minute, seconds

    def _counts_days(self, limit: Limit) -> bool:
        return limit.unit in (Unit.DAYS, Unit.WORKING_DAYS) and self.calendar.counting is not Counting.MOMENT

    def _ticks(self, limit: Limit, minute: int) -> bool:
        """Tell whether the limit's unit ticks at the end of the minute."""
        match limit.unit:
            case Unit.WORKING_DAYS if self._counts_days(limit):
                return minute % _MINUTES == self.closing and self._is_worked(minute)
            case Unit.WORKING_DAYS | Unit.WORKING_HOURS:
                return self._is_worked(minute)
            case Unit.DAYS if self._counts_days(limit):
                return minute % _MINUTES == _MINUTES - 1
            case _:
                return True

    def _is_worked(self, minute: int) -> bool:
        return self.office[minute % _MINUTES] and self._is_workday(minute // _MINUTES)

    def _is_workday(self, day: int) -> bool:
        on = date(2026, 1, 1) + timedelta(days=day)
        return self.calendar.overrides.get(on, _announced_workday(on))
