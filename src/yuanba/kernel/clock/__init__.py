"""The clock: deadlines as a pure function of a policy, a working calendar and events.

Nothing here reads the time of day, a database or a setting; the same input gives the same answer to the
microsecond, so that replaying the journal gives the deadlines that were shown live.
"""

from yuanba.kernel.clock.alarms import OVERDUE, WARNING, Alarm, alarms
from yuanba.kernel.clock.calendar import Counting, WorkingCalendar
from yuanba.kernel.clock.countdown import Countdown
from yuanba.kernel.clock.events import (
    Commented,
    Event,
    Extended,
    Opened,
    Paused,
    Reopened,
    Resumed,
    Span,
    StageStarted,
    Stopped,
    TakenBack,
    event_from_data,
)
from yuanba.kernel.clock.hours import WorkingHours
from yuanba.kernel.clock.limits import Limit, Unit
from yuanba.kernel.clock.moments import ZONE, ClockError
from yuanba.kernel.clock.policy import Policy, share
from yuanba.kernel.clock.reading import Colour, Reading, State, advance, read

__all__ = [
    "OVERDUE",
    "WARNING",
    "ZONE",
    "Alarm",
    "ClockError",
    "Colour",
    "Commented",
    "Countdown",
    "Counting",
    "Event",
    "Extended",
    "Limit",
    "Opened",
    "Paused",
    "Policy",
    "Reading",
    "Reopened",
    "Resumed",
    "Span",
    "StageStarted",
    "State",
    "Stopped",
    "TakenBack",
    "Unit",
    "WorkingCalendar",
    "WorkingHours",
    "advance",
    "alarms",
    "event_from_data",
    "read",
    "share",
]
