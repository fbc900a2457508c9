"""Reading clocks again after the calendar has changed: holidays are predicted until the State Council announces
them.
"""

from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from yuanba.kernel import clock
from yuanba.kernel.clock.years import last_announced
from yuanba.matters import clockwork
from yuanba.matters.models import Matter

CHUNK = 500
_SHOWN = ("stage", "stage_started_at", "due_at", "warns_at", "total_due_at", "paused_at", "stopped_at")


def reclock() -> int:
    """Set deadlines and alarms to what the clocks' events give under the calendar of this version; returns how
    many matters had others.

    Read are matters that are open, and those whose deadlines lie in years that were announced last or not yet.
    Nothing happens to a matter by it, so its journal stays as it is. A few hundred rows are locked at a time.
    """
    since = datetime(last_announced(), 1, 1, tzinfo=UTC)
    rows = Matter.objects.filter(Q(stopped_at=None) | Q(total_due_at__gte=since) | Q(due_at__gte=since))
    changed, last = 0, 0
    while True:
        with transaction.atomic():
            chunk = list(_locked(rows.filter(pk__gt=last)))
            stale = [matter for matter in chunk if _reread(matter)]
            Matter.objects.bulk_update(stale, [*_SHOWN, "next_alarm_at"])
        changed += len(stale)
        if len(chunk) < CHUNK:
            return changed
        last = chunk[-1].pk


def _locked(rows: QuerySet[Matter]) -> QuerySet[Matter]:
    return rows.select_for_update(of=("self",), no_key=True).order_by("pk")[:CHUNK]


def _reread(matter: Matter) -> bool:
    """Set the clock columns; whether they were others. What can't be read is left for the audit to report."""
    before = [getattr(matter, name) for name in _SHOWN]
    try:
        clockwork.show(matter, clockwork.read(matter))
        steps = {step.at for step in clockwork.steps_of(matter)}
    except (clock.ClockError, KeyError):
        return False
    same = before == [getattr(matter, name) for name in _SHOWN]
    if same and (matter.next_alarm_at is None or matter.next_alarm_at in steps):
        return False
    clockwork.set_alarm(matter)
    return True
