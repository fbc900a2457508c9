"""What the clock does by itself: each step of the escalation once, whichever worker comes first."""

from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from yuanba.kernel.authority import system
from yuanba.kernel.journal.append import append
from yuanba.kernel.outbox.queue import put
from yuanba.matters import clockwork
from yuanba.matters.actions.closing import close_unanswered
from yuanba.matters.changing import CHANGED
from yuanba.matters.clockwork import Step
from yuanba.matters.models import Alarm, Matter
from yuanba.matters.owners import level_above

CLOCK = system("clock")


def take_due_steps(now: datetime | None = None, *, limit: int = 100) -> int:
    """Take every step of up to `limit` matters whose time has come; returns how many matters were looked at.

    Safe to run at any time, twice, and from several workers: rows are taken with skip-locked, steps are
    unique.
    """
    now = now or timezone.now()
    looked = 0
    for _round in range(limit):
        with transaction.atomic():
            due = Matter.objects.filter(next_alarm_at__lte=now).order_by("next_alarm_at")
            if connection.features.has_select_for_update_skip_locked:
                due = due.select_for_update(skip_locked=True, of=("self",))
            matter = due.first()
            if matter is None:
                break
            _take(matter, now)
        looked += 1
    return looked


def _take(matter: Matter, now: datetime) -> None:
    steps = clockwork.steps_of(matter)
    taken = set(Alarm.objects.filter(matter=matter).values_list("step", "span", "due_at"))
    for step in steps:
        if step.at > now:
            break
        if step.name == "silent_close":
            matter.save(update_fields=["version", "journal_hash"])
            close_unanswered(matter.pk, actor=CLOCK, at=now)
            return
        if (step.name, str(step.span), step.due_at) not in taken:
            _take_step(matter, step, now)
    upcoming = [step.at for step in steps if step.at > now]
    matter.next_alarm_at = min(upcoming) if upcoming else None
    matter.save(update_fields=["next_alarm_at", "version", "journal_hash"])


def _take_step(matter: Matter, step: Step, now: datetime) -> None:
    Alarm.objects.create(matter=matter, step=step.name, span=str(step.span), due_at=step.due_at, at=now)
    told = _told(matter, step)
    data = {"step": step.name, "span": str(step.span), "told": [notice.get("id", 0) for notice in told]}
    append(matter, kind="alarm", actor=CLOCK.actor, at=now, data=data)
    state = str(matter.state)
    message = {
        "move": "alarm",
        "seq": matter.version,
        "from": state,
        "to": state,
        "measures": [f"alarm_{step.name}"],
        "notices": told,
    }
    put(CHANGED, matter.pk, message, at=now)


def _told(matter: Matter, step: Step) -> list[dict[str, object]]:
    """Who hears of a step: the owner, the level above, its leader; the resident for a reminder.

    A step upward with nobody above is told to the owner's centre as a vacancy, never dropped.
    """
    params = {"owner": matter.owner.called}
    if step.name == "reminder":
        return [{"to": "requester", "kind": "confirm_reminder", "params": {}}]
    rules = {rule.code: rule.by for rule in clockwork.playbook_of(matter).playbook.escalation.steps}
    kind = step.name if step.name in {"warning", "overdue", "supervision"} else "supervision"
    by = rules.get(step.name, "owner")  # type: ignore[call-overload]
    if by == "owner":
        return [{"to": "organization", "id": matter.owner_id, "kind": kind, "params": params}]
    above = level_above(matter.owner) or matter.owner
    told: list[dict[str, object]] = [{"to": "organization", "id": above.pk, "kind": kind, "params": params}]
    if by == "leader_above":
        told[0]["leader"] = True
    if matter.supervisor_id is not None:
        told.append({"to": "post", "id": matter.supervisor_id, "kind": kind, "params": params})
    return told
