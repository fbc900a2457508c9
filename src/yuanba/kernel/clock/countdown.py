"""One running deadline, of a stage or of the total."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, Self

from yuanba.kernel.clock.calendar import WorkingCalendar
from yuanba.kernel.clock.limits import Limit
from yuanba.kernel.clock.moments import in_zone, microseconds


@dataclass(frozen=True, slots=True)
class Countdown:
    """A limit counted from a moment, with what extensions and pauses made of it.

    `allotted` is the time given from start to end, without pauses, in working time for `wh` and `wd`.
    """

    limit: Limit
    started_at: datetime
    due_at: datetime
    allotted: timedelta

    @classmethod
    def start(cls, limit: Limit, at: datetime, calendar: WorkingCalendar) -> Self:
        due_at = limit.due_from(at, calendar)
        return cls(limit, at, due_at, limit.time_between(at, due_at, calendar))

    def extended(self, extension: Limit, calendar: WorkingCalendar) -> Self:
        """Give more time, counted from the present end even when that has passed."""
        due_at = extension.due_from(self.due_at, calendar)
        gained = self.limit.time_between(self.due_at, due_at, calendar)
        return replace(self, due_at=due_at, allotted=self.allotted + gained)

    def paused(self, paused_at: datetime, resumed_at: datetime, calendar: WorkingCalendar) -> Self:
        """Move the end on by a pause, of which only what came after the start counts."""
        since = max(paused_at, self.started_at)
        return replace(self, due_at=self.limit.moved_by_pause(self.due_at, since, resumed_at, calendar))

    def left(self, now: datetime, calendar: WorkingCalendar) -> timedelta:
        """Return the time left, in working time for `wh` and `wd`; negative when overdue."""
        return self.limit.time_between(now, self.due_at, calendar)

    def warns_at(self, share: Fraction, calendar: WorkingCalendar) -> datetime:
        """Return the moment at which this share of the allotted time is used."""
        rest = 1 - share
        span = timedelta(microseconds=microseconds(self.allotted) * rest.numerator // rest.denominator)
        return self.limit.time_before(self.due_at, span, calendar)

    def to_data(self) -> dict[str, Any]:
        return {
            "limit": str(self.limit),
            "started_at": self.started_at.isoformat(),
            "due_at": self.due_at.isoformat(),
            "allotted_microseconds": microseconds(self.allotted),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            limit=Limit.parse(data["limit"]),
            started_at=in_zone(datetime.fromisoformat(data["started_at"])),
            due_at=in_zone(datetime.fromisoformat(data["due_at"])),
            allotted=timedelta(microseconds=data["allotted_microseconds"]),
        )
