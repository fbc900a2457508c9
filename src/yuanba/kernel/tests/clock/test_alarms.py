from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from yuanba.kernel.clock import (
    OVERDUE,
    WARNING,
    ZONE,
    Colour,
    Event,
    Extended,
    Limit,
    Opened,
    Paused,
    Policy,
    Resumed,
    Span,
    StageStarted,
    State,
    Stopped,
    WorkingCalendar,
    alarms,
    read,
)
from yuanba.kernel.tests.clock.histories import calendars, histories, policies, unhurried

CALENDAR = WorkingCalendar()
POLICY = Policy.from_data({"stages": {"claim": "5wh", "handling": "5wd"}, "total": "15wd", "warn_at": "80%"})
STEPS = {"supervision": Limit.parse("1wd"), "leader": Limit.parse("3wd")}
OPENED = Opened(datetime(2026, 3, 2, 10, 0, tzinfo=ZONE))  # a Monday
HANDLING = StageStarted(OPENED.at, "handling")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


def falls(*events: Event) -> list[tuple[str, str, datetime]]:
    reading = read(POLICY, CALENDAR, [OPENED, *events])
    return [(alarm.of, alarm.step, alarm.at) for alarm in alarms(reading, POLICY, CALENDAR, STEPS)]


def test_every_step_falls_for_the_stage_and_then_for_the_total() -> None:
    # From Monday 10:00 to the next Monday's close are 41 working hours, of which 8 h 12 min are a fifth.
    assert falls(HANDLING)[:4] == [
        ("stage", WARNING, at("03-06 16:18")),
        ("stage", OVERDUE, at("03-09 17:30")),
        ("stage", "supervision", at("03-10 17:30")),
        ("stage", "leader", at("03-12 17:30")),
    ]
    assert [(of, step) for of, step, _ in falls(HANDLING)[4:]] == [
        ("total", WARNING),
        ("total", OVERDUE),
        ("total", "supervision"),
        ("total", "leader"),
    ]


def test_a_stage_that_ends_with_the_total_or_after_has_no_alarms_of_its_own() -> None:
    for day in ("03-16", "03-20"):  # five working days from the 16th end on the 23rd, as the total does
        late = StageStarted(at(f"{day} 10:00"), "handling")
        assert {of for of, _, _ in falls(late)} == {"total"}


def test_while_paused_or_stopped_there_is_no_alarm() -> None:
    assert falls(HANDLING, Paused(at("03-03 10:00"))) == []
    assert falls(HANDLING, Stopped(at("03-03 10:00"))) == []


def test_a_pause_moves_the_warning_and_does_not_stretch_it() -> None:
    moved = falls(HANDLING, Paused(at("03-03 10:00")), Resumed(at("03-05 10:00")))
    assert moved[0] == ("stage", WARNING, at("03-10 16:18"))


def test_an_extension_gives_a_warning_in_proportion() -> None:
    # Five working hours from 10:00 end at 16:30. With seven more a fifth of all is 2 h 24 min.
    claim = StageStarted(OPENED.at, "claim")
    assert falls(claim)[0] == ("stage", WARNING, at("03-02 15:30"))
    longer = Extended(OPENED.at, Limit.parse("7wh"), Span.STAGE)
    assert falls(claim, longer)[:2] == [
        ("stage", WARNING, at("03-03 14:06")),
        ("stage", OVERDUE, at("03-03 16:30")),
    ]


@unhurried
@given(policies, calendars, histories(), st.integers(0, 60))
def test_alarms_and_colour_tell_the_same(
    policy: Policy, calendar: WorkingCalendar, events: list[Event], days: int
) -> None:
    reading = read(policy, calendar, events)
    now = reading.last_at + timedelta(days=days)
    found = alarms(reading, policy, calendar, STEPS)
    if reading.state is not State.RUNNING:
        assert found == ()
        return
    assert list(found) == sorted(found, key=lambda alarm: alarm.at)
    fallen = {alarm.step for alarm in found if alarm.at <= now}
    colour = reading.colour(now, policy, calendar)
    assert (colour is Colour.GREEN) == (not fallen)
    if colour is Colour.RED:
        assert {WARNING, OVERDUE} <= fallen
    assert min(alarm.at for alarm in found if alarm.step == OVERDUE) == reading.due_at
