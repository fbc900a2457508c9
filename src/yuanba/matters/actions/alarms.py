"""What the clock does by itself: each step of the escalation once, whichever worker comes first."""

import logging
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from yuanba.kernel.authority import system
from yuanba.kernel.journal.append import append
from yuanba.kernel.outbox.queue import put
from yuanba.matters import clockwork
from yuanba.matters.actions.closing import close_unanswered
from yuanba.matters.actions.handling import go_on
from yuanba.matters.actions.residents import settle_by_those_who_spoke
from yuanba.matters.changing import CHANGED, locked
from yuanba.matters.clockwork import Step
from yuanba.matters.flow import OPEN
from yuanba.matters.joint import members_of, verdicts_of
from yuanba.matters.models import Alarm, Matter, Party
from yuanba.matters.owners import level_above, next_above, speaker_of, unaccused

log = logging.getLogger(__name__)

CLOCK = system("clock")
Told = list[dict[str, object]]


def take_due_steps(now: datetime | None = None, *, limit: int = 100) -> int:
    """Take every step of up to `limit` matters and calls whose time has come; returns how many were looked at.

    Safe to run at any time, twice, and from several workers: rows are taken with skip-locked, steps are
    unique. What fails is logged, left for the next run, and holds up nothing else.
    """
    now = now or timezone.now()
    looked = 0
    for model in (Matter, Party):
        failed: set[int] = set()
        while looked < limit:
            taken = _take_one(model, now, failed)
            if not taken:
                break
            looked += 1
    return looked


def _take_one(model: type[Model], now: datetime, failed: set[int]) -> bool:
    """Take what is due of the first row that no other worker has; False when none is left."""
    key = None
    try:
        with transaction.atomic():
            row = _next(model._default_manager.filter(next_alarm_at__lte=now).exclude(pk__in=failed))
            if row is None:
                return False
            key = row.pk
            if isinstance(row, Matter):
                _take(row, now)
            elif isinstance(row, Party):
                _take_call(row, now)
    except Exception:
        if key is None:
            raise
        log.exception("the clock could not do its work on %s %s", model._meta.model_name, key)
        failed.add(key)
    return True


def _next(due: QuerySet[Model]) -> Model | None:
    due = due.order_by("next_alarm_at")
    # A call belongs to its matter, whose row is locked with it: matters come first in the order of locks.
    of = ("self", "matter") if due.model is Party else ("self",)
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True, no_key=True, of=of)
    return (due.select_related("matter") if due.model is Party else due).first()


def _take(matter: Matter, now: datetime) -> None:
    steps = clockwork.steps_of(matter, now)
    taken = set(Alarm.objects.filter(matter=matter).values_list("step", "span", "due_at"))
    for step in steps:
        if step.at > now:
            break
        if step.name in _RULES:
            matter.save(update_fields=["version", "journal_hash"])
            _follow_rule(matter, step, now)
            return
        if (step.name, str(step.span), step.due_at) not in taken:
            _record(matter, step.name, str(step.span), step.due_at, _told(matter, step), now)
    upcoming = [step.at for step in steps if step.at > now]
    matter.next_alarm_at = min(upcoming) if upcoming else None
    matter.save(update_fields=["next_alarm_at", "version", "journal_hash"])


_RULES = frozenset({"silent_close", "go_on"})


def _follow_rule(matter: Matter, step: Step, now: datetime) -> None:
    if step.name == "go_on":
        go_on(matter.pk, actor=CLOCK, at=now)
    elif verdicts_of(members_of(matter), matter.round):
        settle_by_those_who_spoke(matter.pk, actor=CLOCK, at=now)
    else:
        close_unanswered(matter.pk, actor=CLOCK, at=now)


def _record(matter: Matter, step: str, span: str, due_at: datetime, told: Told, now: datetime) -> None:
    """One step taken: kept so that it is never taken again, journaled and told."""
    Alarm.objects.create(matter=matter, step=step, span=span, due_at=due_at, at=now)
    data = {"step": step, "span": span, "told": [notice.get("id", 0) for notice in told]}
    append(matter, kind="alarm", actor=CLOCK.actor, at=now, data=data)
    state = str(matter.state)
    message = {
        "move": "alarm",
        "seq": matter.version,
        "from": state,
        "to": state,
        "notices": told,
    }
    put(CHANGED, matter.pk, message, at=now)


def _told(matter: Matter, step: Step) -> Told:
    """Who hears of a step: the owner, the level above, its leader; for a reminder the resident, of a part the
    owner of its whole. Never whom the matter complains about.

    A step upward with nobody above is told to the owner, never dropped.
    """
    if step.name == "reminder":
        return [{"to": "requester", "kind": "confirm_reminder", "params": {}}]
    if step.name == "part_reminder":
        return [{"to": "organization", "id": speaker_of(matter).pk, "kind": step.name, "params": {}}]
    rules = {str(rule.code): rule.by for rule in clockwork.playbook_of(matter).playbook.escalation.steps}
    kind = "supervision" if step.name == "leader" else step.name
    by, params = rules.get(step.name, "owner"), {"owner": matter.owner.called}
    told: Told = [{"to": "organization", "id": matter.owner_id, "kind": kind, "params": params}]
    if by == "owner" and step.name not in _ALSO_ABOVE:
        return told
    above = next_above(matter)
    if above is not None:
        upward: dict[str, object] = {"to": "organization", "id": above.pk, "kind": kind, "params": params}
        told = [upward] if by != "owner" else [*told, upward]
    if by == "leader_above":
        told[0]["leader"] = True
    if matter.supervisor_id is not None:
        told.append({"to": "post", "id": matter.supervisor_id, "kind": kind, "params": params})
    return told


# What the owner can't do alone: ending a pause it asked for is watched, striking off takes a higher post.
_ALSO_ABOVE = frozenset({"pause_review", "strike_off"})


def _take_call(party: Party, now: datetime) -> None:
    """A called organization is late to check in or to report: it and its caller hear of it, and the level
    above it (吹哨报到, 北京市接诉即办工作条例 article 16).
    """
    matter = locked(party.matter_id)
    checked_in = party.checked_in_at is not None
    step, due_at = ("report", party.report_due_at) if checked_in else ("check_in", party.check_in_due_at)
    party.next_alarm_at = None
    if matter.state in OPEN and due_at is not None and party.reported_at is None:
        if not checked_in and party.report_due_at is not None and party.report_due_at > now:
            party.next_alarm_at = party.report_due_at
        known = Alarm.objects.filter(
            matter=matter, step=f"{step}_late", span=f"call:{party.pk}", due_at=due_at
        )
        if not known.exists():
            _record(
                matter, f"{step}_late", f"call:{party.pk}", due_at, _told_of_call(matter, party, step), now
            )
            matter.save(update_fields=["version", "journal_hash"])
    party.save(update_fields=["next_alarm_at"])


def _told_of_call(matter: Matter, party: Party, step: str) -> Told:
    above = level_above(party.organization)
    keys = [party.organization_id, matter.owner_id]
    if above is not None:
        keys.append(unaccused(matter, above).pk)
    params = {"by": party.organization.called}
    return [
        {"to": "organization", "id": key, "kind": f"{step}_late", "params": params}
        for key in dict.fromkeys(keys)
    ]
