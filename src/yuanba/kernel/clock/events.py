"""What can happen to a clock. Events are facts from the journal; replaying them gives the deadlines again."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from yuanba.kernel.clock.limits import Limit
from yuanba.kernel.clock.moments import ClockError, in_zone


class Span(StrEnum):
    """What a deadline is for: the present stage, or the matter as a whole."""

    STAGE = "stage"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """Something that happened at a moment, told in Chinese time whatever zone it came in.

    Raises ClockError when `at` has no time zone or lies outside the years that the calendar knows.
    """

    kind: ClassVar[str]
    at: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", in_zone(self.at))

    def to_data(self) -> dict[str, str]:
        """Return plain JSON data that `event_from_data` reads back to an equal event."""
        data = {"kind": self.kind}
        for name in (each.name for each in fields(self)):
            value = getattr(self, name)
            data[name] = value.isoformat() if isinstance(value, datetime) else str(value)
        return data


@dataclass(frozen=True, slots=True)
class Opened(ClockEvent):
    """The total starts. Always the first event, and only once."""

    kind = "opened"


@dataclass(frozen=True, slots=True)
class StageStarted(ClockEvent):
    """A stage starts with its own limit, and ends the stage before."""

    kind = "stage_started"
    stage: str


@dataclass(frozen=True, slots=True)
class Paused(ClockEvent):
    """Both clocks stand still."""

    kind = "paused"


@dataclass(frozen=True, slots=True)
class Resumed(ClockEvent):
    """Both clocks run on, their ends moved by the pause."""

    kind = "resumed"


@dataclass(frozen=True, slots=True)
class Extended(ClockEvent):
    """The end of the stage or of the total moves on by a limit, counted from the present end."""

    kind = "extended"
    limit: Limit
    of: Span


@dataclass(frozen=True, slots=True)
class Commented(ClockEvent):
    """Somebody said something. Never moves a clock."""

    kind = "commented"


@dataclass(frozen=True, slots=True)
class Stopped(ClockEvent):
    """The clocks stop; a pause ends with them."""

    kind = "stopped"


@dataclass(frozen=True, slots=True)
class Reopened(ClockEvent):
    """The total starts anew, with the policy's limit for reopened matters; no stage runs until one starts."""

    kind = "reopened"


@dataclass(frozen=True, slots=True)
class TakenBack(ClockEvent):
    """The last `events` before it are as if they had never been: a slip was undone at once."""

    kind = "taken_back"
    events: int


Event = Opened | StageStarted | Paused | Resumed | Extended | Commented | Stopped | Reopened | TakenBack

_KINDS: dict[str, type[Event]] = {
    each.kind: each
    for each in (Opened, StageStarted, Paused, Resumed, Extended, Commented, Stopped, Reopened, TakenBack)
}
_READERS: dict[str, Callable[[str], object]] = {
    "at": datetime.fromisoformat,
    "stage": str,
    "limit": Limit.parse,
    "of": Span,
    "events": int,
}


def event_from_data(data: Mapping[str, Any]) -> Event:
    """Read what `to_data` wrote.

    Raises ClockError naming the kind or field that is unknown, missing or unreadable.
    """
    kind = _KINDS.get(str(data.get("kind")))
    if kind is None:
        raise ClockError(f"No clock event has the kind {data.get('kind')!r}; there are: {', '.join(_KINDS)}.")
    names = {each.name for each in fields(kind)}
    for name in sorted(names ^ (set(data) - {"kind"})):
        raise ClockError(f"The event {kind.kind} {'needs' if name in names else 'has no'} {name}.")
    return kind(**{name: _read_field(kind.kind, name, data[name]) for name in names})


def _read_field(kind: str, name: str, value: object) -> Any:
    if not isinstance(value, str) or not value:
        raise ClockError(f"{name} of the event {kind} must be text, not {value!r}.")
    try:
        return _READERS[name](value)
    except ValueError as error:
        raise ClockError(f"{name} of the event {kind} cannot be read: {error}") from None


def standing(events: Iterable[Event]) -> list[Event]:
    """The events that count: without those that were taken back, and without the taking back.

    Raises ClockError for one that takes back nothing, the opening, or what comes after it.
    """
    found: list[Event] = []
    for event in events:
        if not isinstance(event, TakenBack):
            found.append(event)
            continue
        if not 0 < event.events < len(found):
            raise ClockError(f"{event.kind} at {event.at} takes back {event.events} of {len(found)} events.")
        if found[-1].at > event.at:
            raise ClockError(f"{event.kind} at {event.at} is out of order: {found[-1].at} was read already.")
        del found[-event.events :]
    return found
