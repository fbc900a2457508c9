"""A deadline said in words, as a neighbour would say it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.utils.translation import gettext, ngettext

Tone = Literal["calm", "soon", "late", "paused", "over"]

SOON = timedelta(hours=24)
HOURS_UP_TO = timedelta(hours=48)
MINUTES_UP_TO = timedelta(hours=1)


@dataclass(frozen=True)
class DueReading:
    """`words` stand alone; `tone` only colours them."""

    words: str
    tone: Tone

    @property
    def icon(self) -> str:
        return {"late": "late", "paused": "pause", "over": "done"}.get(self.tone, "clock")


def ended() -> DueReading:
    return DueReading(gettext("Ended"), "over")


def paused() -> DueReading:
    return DueReading(gettext("Clock paused"), "paused")


def due_reading(at: datetime, now: datetime) -> DueReading:
    """How far `at` is from `now` (both aware) in the one unit that matters; late from its first minute."""
    left = at - now
    if left >= timedelta(0):
        return DueReading(_left(left), "soon" if left < SOON else "calm")
    return DueReading(_late(-left), "late")


def _left(span: timedelta) -> str:
    count, unit = _measure(span)
    if unit == "days":
        return ngettext("%(count)d day left", "%(count)d days left", count) % {"count": count}
    if unit == "hours":
        return ngettext("%(count)d hour left", "%(count)d hours left", count) % {"count": count}
    if count == 0:
        return gettext("Due now")
    return ngettext("%(count)d minute left", "%(count)d minutes left", count) % {"count": count}


def _late(span: timedelta) -> str:
    count, unit = _measure(span)
    if unit == "days":
        return ngettext("Overdue by %(count)d day", "Overdue by %(count)d days", count) % {"count": count}
    if unit == "hours":
        return ngettext("Overdue by %(count)d hour", "Overdue by %(count)d hours", count) % {"count": count}
    count = max(count, 1)
    return ngettext("Overdue by %(count)d minute", "Overdue by %(count)d minutes", count) % {"count": count}


def _measure(span: timedelta) -> tuple[int, Literal["days", "hours", "minutes"]]:
    if span >= HOURS_UP_TO:
        return span.days, "days"
    if span >= MINUTES_UP_TO:
        return int(span / timedelta(hours=1)), "hours"
    return int(span / timedelta(minutes=1)), "minutes"
