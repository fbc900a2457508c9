"""What the clock does by itself: each step of the escalation once, whichever worker comes first."""

import logging
from datetime import datetime
from typing import Any

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
from yuanba.matters.joint import said_by
from yuanba.matters.models import Alarm, Matter, Party
from yuanba.matters.owners import speaker_of, staffed, way_to_strike_off, way_up
from yuanba.matters.telling import Plan, vacancy_plans, vacant_level_plans

log = logging.getLogger(__name__)

CLOCK = system("clock")
Told = list[Plan]


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
    past = {step.name: step for step in steps if step.at <= now}
    for step in steps:
        if step.at > now:
            break
        if step.name in clockwork.WITHOUT_END and step != past[step.name]:
            continue  # After a long silence once is enough.
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
    elif said_by(matter):
        settle_by_those_who_spoke(matter.pk, actor=CLOCK, at=now)
    else:
        close_unanswered(matter.pk, actor=CLOCK, at=now)


def _record(
    matter: Matter, step: str, span: str, due_at: datetime, told: Told, now: datetime, called: int = 0
) -> None:
    """One step taken: kept so that it is never taken again, journaled and told. ``called`` is the organization whose
    call it is about.
    """
    Alarm.objects.create(matter=matter, step=step, span=span, due_at=due_at, at=now)
    data: dict[str, Any] = {"step": step, "span": span, "due": due_at.isoformat(), "stage": str(matter.stage)}
    data |= {"told": [notice.get("id", 0) for notice in told]} | ({"organization": called} if called else {})
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

    A step upward goes to the nearest level with somebody in post, which hears of those that are vacant; with
    nobody above it is told to the owner, never dropped.
    """
    if step.name == "reminder":
        return [{"to": "requester", "kind": "confirm_reminder", "params": {}}]
    if step.name == "part_reminder":
        return [{"to": "organization", "id": speaker_of(matter).pk, "kind": step.name, "params": {}}]
    if step.name == "strike_off":
        return _told_of_strike_off(matter)
    rules = {str(rule.code): rule.by for rule in clockwork.playbook_of(matter).playbook.escalation.steps}
    kind = "supervision" if step.name == "leader" else step.name
    by, params = rules.get(step.name, "owner"), {"owner": matter.owner.called}
    told: Told = [_to(matter.owner_id, kind, params)]
    if by == "owner":
        told += [] if staffed([matter.owner_id]) else vacancy_plans(matter)
        if step.name not in _ALSO_ABOVE:
            return told
    way = way_up(matter, matter.owner)
    if way.reached is not None:
        upward = _to(way.reached.pk, kind, params)
        told = [upward] if by != "owner" and way.held else [upward, *told]
        told += vacant_level_plans(way)
    if by == "leader_above":
        told[0]["leader"] = True
    return told + _to_supervisor(matter, kind, params)


# What the owner can't do alone: ending a pause it asked for is watched.
_ALSO_ABOVE = frozenset({"pause_review"})


def _told_of_strike_off(matter: Matter) -> Told:
    """A confirmed matter is still on the list: the owner, whoever can strike it off, and the level above that."""
    params = {"owner": matter.owner.called}
    way = way_to_strike_off(matter)
    keys, missed = [matter.owner_id], vacant_level_plans(way)
    if way.reached is not None:
        above = way_up(matter, way.reached)
        keys += [way.reached.pk, *([above.reached.pk] if above.reached is not None else [])]
        missed += vacant_level_plans(above)
    told = [_to(key, "strike_off_late", params) for key in dict.fromkeys(keys)]
    return [*told, *missed, *_to_supervisor(matter, "strike_off_late", params)]


def _to(organization_id: int, kind: str, params: dict[str, str]) -> Plan:
    return {"to": "organization", "id": organization_id, "kind": kind, "params": params}


def _to_supervisor(matter: Matter, kind: str, params: dict[str, str]) -> Told:
    if matter.supervisor_id is None:
        return []
    return [{"to": "post", "id": matter.supervisor_id, "kind": kind, "params": params}]


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
            told = _told_of_call(matter, party, step)
            of = party.organization_id
            _record(matter, f"{step}_late", f"call:{party.pk}", due_at, told, now, called=of)
            matter.save(update_fields=["version", "journal_hash"])
    party.save(update_fields=["next_alarm_at"])


def _told_of_call(matter: Matter, party: Party, step: str) -> Told:
    way = way_up(matter, party.organization)
    keys = [party.organization_id, matter.owner_id]
    if way.reached is not None:
        keys.append(way.reached.pk)
    params = {"by": party.organization.called}
    return [*(_to(key, f"{step}_late", params) for key in dict.fromkeys(keys)), *vacant_level_plans(way)]
