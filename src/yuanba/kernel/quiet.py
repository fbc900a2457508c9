"""Quiet hours: when nobody is to be called outside the product, and when that is over."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `starts` up to `ends` on a wall clock, over midnight where `ends` is the earlier. Where both are the same
    there are none.
    """

    starts: time
    ends: time

    def over_at(self, at: datetime, zone: tzinfo) -> datetime | None:
        """When the quiet that `at` falls into is over, in UTC; None when it falls into none.

        An end that the clocks skip in spring comes as much later as they skip; one that they pass twice in autumn
        is the first that still lies ahead.
        """
        local = at.astimezone(zone)
        if not self._holds(local.time()):
            return None
        days = 1 if self.starts > self.ends and local.time() >= self.starts else 0
        end = datetime.combine(local.date() + timedelta(days=days), self.ends, zone)
        found = end.astimezone(UTC)
        return found if found > at else end.replace(fold=1).astimezone(UTC)

    def _holds(self, now: time) -> bool:
        if self.starts <= self.ends:
            return self.starts <= now < self.ends
        return now >= self.starts or now < self.ends


def read_quiet_hours(text: str) -> QuietHours | None:
    """Quiet hours from ``22:00-07:00``; None for empty text. Raises ValueError for anything else."""
    if not text.strip():
        return None
    starts, dash, ends = text.strip().partition("-")
    try:
        hours = QuietHours(time.fromisoformat(starts.strip()), time.fromisoformat(ends.strip()))
    except ValueError:
        dash = ""
    if not dash:
        raise ValueError(f"QUIET_HOURS: write them like 22:00-07:00, not {text[:40]}")
    return hours
