"""Between a matter and its clock: policies and calendars from playbooks, events onto the row, alarms out of
it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils import timezone

from yuanba.kernel import clock
from yuanba.kernel.clock import Event, Limit, Policy, Reading, Span, WorkingCalendar
from yuanba.matters.flow import Stage, State
from yuanba.matters.models import Matter
from yuanba.playbooks.models import PlaybookVersion
from yuanba.playbooks.queries import version

# The office's total is over once it has answered: what runs then is the resident's time, then that of striking off.
ANSWER_GIVEN = frozenset({State.ANSWERED, State.CONFIRMED})
# No answer is owed: it was given, or the resident is asked for something first.
WITH_THE_RESIDENT = ANSWER_GIVEN | {State.AWAITING_INFORMATION}
# The deadline is the resident's own: no office is late by it.
RESIDENTS_TIME = frozenset({State.ANSWERED})
# Steps that come again and again for as long as nobody acts.
WITHOUT_END = frozenset({"pause_review", "strike_off"})


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """Something the clock does by itself: when, which, and the deadline it belongs to."""

    at: datetime
    name: str
    span: str
    due_at: datetime


# Editions of a playbook never change, so what is derived from one is kept for as long as the process lives.
_policies: dict[tuple[str, str], Policy] = {}
_calendars: dict[tuple[str, str], WorkingCalendar] = {}


def playbook_of(matter: Matter) -> PlaybookVersion:
    """The edition the matter was opened under, without asking the database each time."""
    return version(matter.playbook_id)


def ground_name(matter: Matter, code: str) -> str:
    """The ground of a pause in the playbook's words; empty for none."""
    rules = playbook_of(matter).playbook.pauses.reasons
    return next((rule.name for rule in rules if rule.code == code), code)


def policy_of(edition: PlaybookVersion, tier_code: str) -> Policy:
    """The clock's policy for a tier. Raises KeyError for a tier that the edition does not have."""
    key = (edition.digest, tier_code)
    if key not in _policies:
        playbook = edition.playbook
        tier = playbook.tier(tier_code)
        _policies[key] = Policy(
            stages={
                Stage.TRIAGE: tier.limits.triage,
                Stage.CLAIM: tier.limits.claim,
                Stage.HANDLING: tier.limits.handling,
                Stage.CONFIRM: playbook.closing.silent_after,
                Stage.STRIKE_OFF: playbook.closing.strike_off_limit,
                Stage.ARBITRATION: playbook.refusals.arbitration_limit,
            },
            total=tier.limits.total,
            warn_at=clock.share(tier.warn_at),
            reopen_total=tier.limits.reopen_total,
        )
    return _policies[key]


def calendar_of(edition: PlaybookVersion, tier_code: str) -> WorkingCalendar:
    """The calendar a tier's clock runs by: the district's, or round the clock."""
    key = (edition.digest, tier_code)
    if key not in _calendars:
        _calendars[key] = edition.playbook.working_calendar(tier_code)
    return _calendars[key]


def events_of(matter: Matter) -> list[Event]:
    return [clock.event_from_data(data) for data in matter.clock]


def moment(matter: Matter, at: datetime | None) -> datetime:
    """When a move happens: `at`, or now. Clocks of several machines differ, and a matter's own clock never
    runs back.
    """
    now = at or timezone.now()
    last = max((datetime.fromisoformat(data["at"]) for data in matter.clock), default=now)
    return max(now, last)


def read(matter: Matter) -> Reading:
    """What the matter's clock shows, replayed from its events under its own playbook and tier."""
    edition = playbook_of(matter)
    policy, calendar = policy_of(edition, matter.tier), calendar_of(edition, matter.tier)
    return clock.read(policy, calendar, events_of(matter))


def advance(matter: Matter, events: Iterable[Event]) -> None:
    """Add events to the matter's clock and set its clock columns by what it then shows."""
    matter.clock = [*matter.clock, *(event.to_data() for event in events)]
    show(matter, read(matter))


def show(matter: Matter, reading: Reading) -> None:
    """Set the clock columns from a reading, in the zone in which the database gives them back."""
    edition = playbook_of(matter)
    policy, calendar = policy_of(edition, matter.tier), calendar_of(edition, matter.tier)
    running = reading.stage_clock or reading.total_clock
    if matter.state not in ANSWER_GIVEN:
        running = next(iter(reading.clocks.values()))
    matter.stage = Stage(reading.stage) if reading.stage else matter.stage
    matter.stage_started_at = reading.stage_started_at or reading.total_started_at
    matter.due_at = running.due_at.astimezone(UTC)
    matter.warns_at = running.warns_at(policy.warn_at, calendar).astimezone(UTC)
    matter.total_due_at = reading.total_due_at.astimezone(UTC)
    matter.paused_at = reading.paused_at
    matter.stopped_at = reading.stopped_at


def promised_at(matter: Matter) -> datetime:
    """The day that whoever asked is told: that of the answer, whatever step the offices are at; once they are the
    ones who are waited for, that of their own word.
    """
    return matter.due_at if matter.state in WITH_THE_RESIDENT else matter.total_due_at


def total_due_under(matter: Matter, tier: str) -> datetime:
    """When the matter would be due in all if it had that tier; as it has now where its edition knows no such tier."""
    edition = playbook_of(matter)
    try:
        policy, calendar = policy_of(edition, tier), calendar_of(edition, tier)
    except KeyError:
        return matter.total_due_at
    return clock.read(policy, calendar, events_of(matter)).total_due_at


def steps_of(matter: Matter, until: datetime | None = None) -> list[Step]:
    """Everything the clock will do by itself to this matter if nobody acts, in order of time, past steps
    included. Reviews of a pause and striking off have no end: they are told up to the first one after `until`, or
    after now.
    """
    if matter.stopped_at is not None:
        return []
    edition = playbook_of(matter)
    playbook, calendar = edition.playbook, calendar_of(edition, matter.tier)
    if matter.state == State.AWAITING_INFORMATION:
        due_at = reply_due_at(matter)
        return [Step(due_at, "go_on", Span.STAGE, due_at)]
    if matter.paused_at is not None:
        every = playbook.pauses.review_every
        first = every.due_from(matter.paused_at, calendar)
        return _without_end("pause_review", first, every, calendar, until)
    if matter.state == State.ANSWERED and matter.answered_at is not None:
        return _closing_steps(matter, matter.answered_at)
    if matter.state == State.CONFIRMED:
        return _without_end("strike_off", matter.due_at, playbook.closing.strike_off_limit, calendar, until)
    return _escalation_steps(matter, edition, calendar)


def _without_end(
    name: str, first: datetime, every: Limit, calendar: WorkingCalendar, until: datetime | None
) -> list[Step]:
    """A step that comes again and again for as long as nobody acts, up to the first one after `until`, or now."""
    moment = until or timezone.now()
    found = [Step(first, name, Span.STAGE, first)]
    while found[-1].at <= moment:
        again = every.due_from(found[-1].at, calendar)
        found.append(Step(again, name, Span.STAGE, again))
    return found


def reply_due_at(matter: Matter) -> datetime:
    """Until when a resident who was asked may answer: the same published time as for an answer they were given.
    Raises ValueError while nobody is asked.
    """
    if matter.paused_at is None:
        raise ValueError("nobody is asked")
    edition = playbook_of(matter)
    return edition.playbook.closing.silent_after.due_from(matter.paused_at, calendar_of(edition, matter.tier))


def _closing_steps(matter: Matter, answered_at: datetime) -> list[Step]:
    edition = playbook_of(matter)
    calendar = calendar_of(edition, matter.tier)
    remind_at = edition.playbook.closing.remind_after.due_from(answered_at, calendar)
    silent = silent_at(matter)
    if matter.part_of_id is not None:
        # The owner of the whole speaks for it, and the whole's own deadline presses them: silence ends nothing.
        return sorted(Step(at, "part_reminder", Span.STAGE, at) for at in {remind_at, silent})
    return sorted(
        [Step(remind_at, "reminder", Span.STAGE, silent), Step(silent, "silent_close", Span.STAGE, silent)]
    )


def silent_at(matter: Matter) -> datetime:
    """When an answered matter without any word from the resident may be closed by rule. Raises ValueError
    unanswered.
    """
    if matter.answered_at is None:
        raise ValueError("only an answered matter waits for its resident")
    edition = playbook_of(matter)
    return edition.playbook.closing.silent_after.due_from(
        matter.answered_at, calendar_of(edition, matter.tier)
    )


def _escalation_steps(matter: Matter, edition: PlaybookVersion, calendar: WorkingCalendar) -> list[Step]:
    taken = edition.playbook.escalation.steps
    delays: dict[str, Limit] = {
        step.code: delay for step in taken if (delay := step.delay(matter.tier)) is not None
    }
    named = {step.code for step in taken}
    found = clock.alarms(read(matter), policy_of(edition, matter.tier), calendar, delays)
    return [Step(alarm.at, alarm.step, alarm.of, alarm.due_at) for alarm in found if alarm.step in named]


def set_alarm(matter: Matter) -> None:
    """Note when the worker has to look at this matter next."""
    steps = steps_of(matter)
    matter.next_alarm_at = steps[0].at if steps else None
