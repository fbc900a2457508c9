"""Starting many clocks at one moment: what they show depends on the tier alone."""

from datetime import datetime
from typing import Any

from yuanba.matters.actions.receiving import opening_events
from yuanba.matters.actions.suggesting import read_clock
from yuanba.matters.models import Matter

_COLUMNS = (
    "stage",
    "stage_started_at",
    "due_at",
    "warns_at",
    "total_due_at",
    "paused_at",
    "stopped_at",
    "next_alarm_at",
)


class Opening:
    """The clocks of all matters of one edition that open at ``at``: read once for each tier, then copied."""

    def __init__(self, at: datetime) -> None:
        self.events = [event.to_data() for event in opening_events(at)]
        self._shown: dict[str, dict[str, Any]] = {}

    def start(self, matter: Matter) -> None:
        """Give a new matter its running clock under its present tier."""
        matter.clock = self.events
        shown = self._shown.get(matter.tier)
        if shown is None:
            read_clock(matter)
            self._shown[matter.tier] = {name: getattr(matter, name) for name in _COLUMNS}
            return
        for name, value in shown.items():
            setattr(matter, name, value)
