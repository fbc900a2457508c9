"""Reading the clock: a fold over events."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from yuanba.kernel.clock.calendar import WorkingCalendar
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
    standing,
)
from yuanba.kernel.clock.moments import ClockError, in_zone
from yuanba.kernel.clock.policy import Policy


class State(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


class Colour(StrEnum):
    """Green: in time. Amber: warned. Red: overdue. Grey: paused or stopped."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    GREY = "grey"


_Later = StageStarted | Paused | Resumed | Extended | Stopped | Reopened
_OPEN = frozenset({State.RUNNING, State.PAUSED})
_HAPPENS_WHILE: dict[type[_Later], frozenset[State]] = {
    StageStarted: _OPEN,
    Extended: _OPEN,
    Paused: frozenset({State.RUNNING}),
    Resumed: frozenset({State.PAUSED}),
    Stopped: _OPEN,
    Reopened: frozenset({State.STOPPED}),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What the clock shows after some events.

    `stage_clock` is the running stage's deadline (none before the first stage and right after a reopening),
    `total_clock` that of the whole. While paused the ends shown are those from before the pause; they move
    when it ends. `last_at` is the moment of the last event that was not a comment.
    """

    stage: str | None
    stage_clock: Countdown | None
    total_clock: Countdown
    paused_at: datetime | None
    stopped_at: datetime | None
    last_at: datetime

    @property
    def stage_started_at(self) -> datetime | None:
        return self.stage_clock.started_at if self.stage_clock else None

    @property
    def stage_due_at(self) -> datetime | None:
        return self.stage_clock.due_at if self.stage_clock else None

    @property
    def total_started_at(self) -> datetime:
        return self.total_clock.started_at

    @property
    def total_due_at(self) -> datetime:
        return self.total_clock.due_at

    @property
    def state(self) -> State:
        if self.stopped_at:
            return State.STOPPED
        return State.PAUSED if self.paused_at else State.RUNNING

    @property
    def clocks(self) -> dict[Span, Countdown]:
        """The deadlines that count, earliest first: not a stage that would end with or after the total."""
        if self.stage_clock is None or self.stage_clock.due_at >= self.total_clock.due_at:
            return {Span.TOTAL: self.total_clock}
        return {Span.STAGE: self.stage_clock, Span.TOTAL: self.total_clock}

    @property
    def due_at(self) -> datetime:
        """The earliest deadline that counts."""
        return self._governing.due_at

    def remaining(self, now: datetime, calendar: WorkingCalendar) -> timedelta:
        """Return the time left until `due_at`; negative when overdue, still while paused and when stopped.

        Working time for limits in working hours and days, otherwise time.
        """
        still_since = self.stopped_at or self.paused_at
        # A stage may start while paused; it stands at its start, not where the pause began.
        seen_at = max(still_since, self._governing.started_at) if still_since else now
        return self._governing.left(seen_at, calendar)

    def colour(self, now: datetime, policy: Policy, calendar: WorkingCalendar) -> Colour:
        """Return the worse colour of stage and total."""
        if self.state is not State.RUNNING:
            return Colour.GREY
        now = in_zone(now)
        if now > self.due_at:
            return Colour.RED
        warned = any(now >= clock.warns_at(policy.warn_at, calendar) for clock in self.clocks.values())
        return Colour.AMBER if warned else Colour.GREEN

    @property
    def _governing(self) -> Countdown:
        return next(iter(self.clocks.values()))

    def to_data(self) -> dict[str, Any]:
        """Return plain JSON data that `from_data` reads back to an equal reading."""
        return {
            "stage": self.stage,
            "stage_clock": self.stage_clock.to_data() if self.stage_clock else None,
            "total_clock": self.total_clock.to_data(),
            "paused_at": self.paused_at.isoformat() if self.paused_at else None,
            "stopped_at": self.stopped_at.isoformat() if self.stopped_at else None,
            "last_at": self.last_at.isoformat(),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_data` wrote; raises ClockError when it is something else."""
        try:
            return cls(
                stage=data["stage"],
                stage_clock=Countdown.from_data(data["stage_clock"]) if data["stage_clock"] else None,
                total_clock=Countdown.from_data(data["total_clock"]),
                paused_at=_moment_from(data["paused_at"]),
                stopped_at=_moment_from(data["stopped_at"]),
                last_at=in_zone(datetime.fromisoformat(data["last_at"])),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ClockError(f"This is not a stored reading of a clock: {error!r}.") from None


def read(policy: Policy, calendar: WorkingCalendar, events: Iterable[Event]) -> Reading:
    """Return what the clock shows after all events, the first of which opens it.

    When a year is announced anew, or a matter changes to a tier with another policy, reading its events again
    gives its new deadlines. What was taken back does not count. Raises ClockError as `advance` and `standing` do,
    and when there is no event.
    """
    reading: Reading | None = None
    for event in standing(events):
        reading = advance(reading, event, policy, calendar)
    if reading is None:
        raise ClockError("There is no clock to read before it is opened.")
    return reading


def advance(reading: Reading | None, event: Event, policy: Policy, calendar: WorkingCalendar) -> Reading:
    """Return the reading after one more event; None is the reading before the first.

    Raises ClockError when the event comes before the one already read, cannot happen now (resuming what is
    not paused, say), takes something back (which only `read` can), or starts a stage for which the policy has no
    limit. A comment is never refused and changes nothing, whenever it was made.
    """
    if reading is None:
        return _opened(event, policy, calendar)
    if isinstance(event, Commented):
        return reading
    if isinstance(event, Opened):
        raise ClockError(f"The clock is opened already, since {reading.total_started_at}.")
    if isinstance(event, TakenBack):
        raise ClockError(f"{event.kind} at {event.at} can be read with all events before it only.")
    _refuse_what_cannot_happen(reading, event)
    return replace(_moved(reading, event, policy, calendar), last_at=event.at)


def _opened(event: Event, policy: Policy, calendar: WorkingCalendar) -> Reading:
    if not isinstance(event, Opened):
        raise ClockError(f"The first event must open the clock; {event.kind} at {event.at} does not.")
    total = Countdown.start(policy.total, event.at, calendar)
    return Reading(None, None, total, paused_at=None, stopped_at=None, last_at=event.at)


def _refuse_what_cannot_happen(reading: Reading, event: _Later) -> None:
    if event.at < reading.last_at:
        raise ClockError(f"{event.kind} at {event.at} is out of order: {reading.last_at} was read already.")
    if reading.state not in _HAPPENS_WHILE[type(event)]:
        raise ClockError(f"{event.kind} at {event.at} cannot happen while the clock is {reading.state}.")


def _moved(reading: Reading, event: _Later, policy: Policy, calendar: WorkingCalendar) -> Reading:
    match event:
        case StageStarted():
            clock = Countdown.start(policy.limit_of(event.stage), event.at, calendar)
            return replace(reading, stage=event.stage, stage_clock=clock)
        case Paused():
            return replace(reading, paused_at=event.at)
        case Resumed():
            return _with_pause_ended(reading, event.at, calendar)
        case Extended():
            return _extended(reading, event, calendar)
        case Stopped():
            return replace(_with_pause_ended(reading, event.at, calendar), stopped_at=event.at)
        case Reopened():
            total = Countdown.start(policy.total_after_reopening, event.at, calendar)
            return replace(reading, stage=None, stage_clock=None, total_clock=total, stopped_at=None)


def _with_pause_ended(reading: Reading, at: datetime, calendar: WorkingCalendar) -> Reading:
    if reading.paused_at is None:
        return reading
    stage, total = reading.stage_clock, reading.total_clock
    return replace(
        reading,
        stage_clock=stage.paused(reading.paused_at, at, calendar) if stage else None,
        total_clock=total.paused(reading.paused_at, at, calendar),
        paused_at=None,
    )


def _extended(reading: Reading, event: Extended, calendar: WorkingCalendar) -> Reading:
    if event.of is Span.TOTAL:
        return replace(reading, total_clock=reading.total_clock.extended(event.limit, calendar))
    if reading.stage_clock is None:
        raise ClockError(f"No stage runs at {event.at} that could be extended.")
    return replace(reading, stage_clock=reading.stage_clock.extended(event.limit, calendar))


def _moment_from(text: str | None) -> datetime | None:
    return None if text is None else in_zone(datetime.fromisoformat(text))
