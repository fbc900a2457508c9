"""The working hours of a day, as a small table that turns times of day into time worked and back."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from yuanba.kernel.clock.moments import DAY, LAST_SECOND, SECOND, ClockError

_INTERVAL = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """Spells of work in a day, in microseconds after midnight, in order and apart from each other.

    `starts[i]` to `ends[i]` is the i-th spell. A spell over midnight is written as two: "22:00-24:00" and
    "00:00-06:00". Raises ClockError when there is no spell, or spells are empty, overlap or are out of order.
    """

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    length: int = field(init=False, compare=False, repr=False)
    closes: int = field(init=False, compare=False, repr=False)
    _before: tuple[int, ...] = field(init=False, compare=False, repr=False)
    _after: tuple[int, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        spells = list(zip(self.starts, self.ends, strict=True))
        if not spells or any(not 0 <= start < end <= DAY for start, end in spells):
            raise ClockError(
                "Working hours need at least one spell, each ending after it starts, up to 24:00."
            )
        if any(later[0] < earlier[1] for earlier, later in pairwise(spells)):
            raise ClockError(f"Working hours {self} overlap or are not in order of the day.")
        after = tuple(accumulate(end - start for start, end in spells))
        object.__setattr__(self, "_after", after)
        object.__setattr__(self, "_before", (0, *after[:-1]))
        object.__setattr__(self, "length", after[-1])
        # A close at 24:00 is told as 23:59:59, so that its date names the day that closes.
        object.__setattr__(self, "closes", min(self.ends[-1], LAST_SECOND))

    @classmethod
    def parse(cls, texts: Iterable[str]) -> "WorkingHours":
        """Read `["09:00-12:00", "13:30-17:30"]`; raises ClockError naming the text that cannot be read."""
        if isinstance(texts, str):
            raise ClockError('Working hours are a list such as ["09:00-12:00", "13:30-17:30"].')
        spells = [_parse_spell(text) for text in texts]
        return cls(tuple(start for start, _ in spells), tuple(end for _, end in spells))

    def __str__(self) -> str:
        pairs = zip(self.starts, self.ends, strict=True)
        return ", ".join(f"{_clock_face(start)}-{_clock_face(end)}" for start, end in pairs)

    def worked(self, microsecond: int) -> int:
        """Return the time worked from midnight to this time of day."""
        spell = bisect_right(self.starts, microsecond) - 1
        if spell < 0:
            return 0
        return self._before[spell] + min(microsecond, self.ends[spell]) - self.starts[spell]

    def earliest_with(self, worked: int) -> int:
        """Return the first time of day with this much worked (0 < worked <= length): 12:00, not 13:30."""
        spell = bisect_left(self._after, worked)
        return self.ends[spell] - (self._after[spell] - worked)

    def latest_with(self, worked: int) -> int:
        """Return the last time of day with this much worked (0 <= worked < length): 13:30, not 12:00."""
        spell = bisect_right(self._before, worked) - 1
        return self.starts[spell] + worked - self._before[spell]


def _parse_spell(text: object) -> tuple[int, int]:
    match = _INTERVAL.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ClockError(f'Working hours {text!r} cannot be read; write them like "09:00-12:00".')
    hour, minute, end_hour, end_minute = map(int, match.groups())
    return (hour * 60 + minute) * 60 * SECOND, (end_hour * 60 + end_minute) * 60 * SECOND


def _clock_face(microsecond: int) -> str:
    minutes = microsecond // (60 * SECOND)
    return f"{minutes // 60:02}:{minutes % 60:02}"


OFFICE_HOURS = WorkingHours.parse(["09:00-12:00", "13:30-17:30"])
ROUND_THE_CLOCK = WorkingHours.parse(["00:00-24:00"])
