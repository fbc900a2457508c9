"""Strategies of hypothesis for moments, calendars, limits, policies and histories of events."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from fractions import Fraction

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from yuanba.kernel.clock import (
    ZONE,
    Commented,
    Counting,
    Event,
    Extended,
    Limit,
    Opened,
    Paused,
    Policy,
    Reopened,
    Resumed,
    Span,
    StageStarted,
    Stopped,
    Unit,
    WorkingCalendar,
    WorkingHours,
)
from yuanba.kernel.clock.moments import EPOCH

# One example may load the library that predicts years, or meet a busy machine.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

STAGES = ["claim", "handling", "answering"]
_FIRST_MINUTE = datetime(2026, 1, 5, tzinfo=ZONE)
_LARGEST = {Unit.MINUTES: 3000, Unit.HOURS: 72, Unit.WORKING_HOURS: 40, Unit.DAYS: 12, Unit.WORKING_DAYS: 8}

moments = st.timedeltas(timedelta(days=4 * 366), timedelta(days=92 * 365)).map(lambda since: EPOCH + since)
near_moments = st.timedeltas(timedelta(0), timedelta(days=900)).map(
    lambda since: datetime(2025, 1, 1, tzinfo=ZONE) + since
)
spans = st.timedeltas(timedelta(0), timedelta(days=200))
pauses_and_gaps = st.one_of(st.integers(0, 90), st.integers(0, 5000))

office_hours = st.sampled_from(
    [
        ["09:00-12:00", "13:30-17:30"],
        ["09:00-12:00", "13:00-17:00"],
        ["08:30-18:00"],
        ["00:00-02:15", "07:00-11:30", "14:00-18:00", "22:00-23:50"],
    ]
).map(WorkingHours.parse)
overrides = st.dictionaries(st.dates(date(2026, 1, 5), date(2026, 4, 30)), st.booleans(), max_size=8)
office_calendars = st.builds(
    WorkingCalendar, hours=office_hours, overrides=overrides, counting=st.sampled_from(Counting)
)
calendars = st.one_of(office_calendars, st.just(WorkingCalendar(round_the_clock=True)))

limits = st.sampled_from(Unit).flatmap(
    lambda unit: st.builds(Limit, amount=st.integers(1, _LARGEST[unit]), unit=st.just(unit))
)
policies = st.builds(
    Policy,
    stages=st.fixed_dictionaries(dict.fromkeys(STAGES, limits)),
    total=limits,
    warn_at=st.fractions(Fraction(1, 10), Fraction(9, 10), max_denominator=20),
    reopen_total=st.none() | limits,
)

_CHOICES = {
    "running": ["stage", "extend_total", "comment", "pause", "stop"],
    "paused": ["stage", "extend_total", "comment", "resume", "stop"],
    "stopped": ["comment", "reopen"],
}
_LEADS_TO = {"pause": "paused", "resume": "running", "stop": "stopped", "reopen": "running"}


@st.composite
def histories(draw: st.DrawFn, longest: int = 9) -> list[Event]:
    """Draw a valid history on whole minutes of early 2026, with the Spring Festival and its make-up days."""
    at = _FIRST_MINUTE + timedelta(minutes=draw(st.integers(0, 70 * 1440)))
    events: list[Event] = [Opened(at)]
    state, has_stage = "running", False
    for _ in range(draw(st.integers(0, longest))):
        at += timedelta(minutes=draw(pauses_and_gaps))
        choices = _CHOICES[state] + (["extend_stage"] if has_stage and state != "stopped" else [])
        chosen = draw(st.sampled_from(choices))
        events.append(_event(draw, chosen, at))
        state = _LEADS_TO.get(chosen, state)
        has_stage = (has_stage or chosen == "stage") and chosen != "reopen"
    return events


def _event(draw: st.DrawFn, chosen: str, at: datetime) -> Event:
    if chosen == "stage":
        return StageStarted(at, draw(st.sampled_from(STAGES)))
    if chosen.startswith("extend"):
        return Extended(at, draw(limits), Span(chosen.removeprefix("extend_")))
    simple: dict[str, Callable[[datetime], Event]] = {
        "comment": Commented,
        "pause": Paused,
        "resume": Resumed,
        "stop": Stopped,
        "reopen": Reopened,
    }
    return simple[chosen](at)
