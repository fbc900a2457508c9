"""The clock of one matter in March 2026, step by step, in office hours 09:00-12:00 and 13:30-17:30."""

from datetime import date, datetime, timedelta

import pytest

from yuanba.kernel.clock import (
    ZONE,
    ClockError,
    Colour,
    Commented,
    Event,
    Extended,
    Limit,
    Opened,
    Paused,
    Policy,
    Reading,
    Reopened,
    Resumed,
    Span,
    StageStarted,
    State,
    Stopped,
    TakenBack,
    WorkingCalendar,
    advance,
    read,
)

CALENDAR = WorkingCalendar()
POLICY = Policy.from_data(
    {"stages": {"claim": "4wh", "handling": "5wd"}, "total": "15wd", "reopen_total": "3wd", "warn_at": "80%"}
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


OPENED = Opened(at("03-02 10:00"))  # a Monday
CLAIM = StageStarted(at("03-02 10:00"), "claim")
HANDLING = StageStarted(at("03-03 10:00"), "handling")


def see(*events: Event) -> Reading:
    return read(POLICY, CALENDAR, [OPENED, *events])


def test_opening_starts_the_total_alone() -> None:
    reading = see()
    assert (reading.stage, reading.stage_started_at, reading.stage_due_at) == (None, None, None)
    assert reading.total_started_at == OPENED.at
    assert reading.total_due_at == reading.due_at == at("03-23 17:30")


@pytest.mark.parametrize(
    ("minutes", "due_at"),
    [
        (600, "03-03 10:59:59"),  # to 09:59:59, and an hour from there
        (661, "03-03 13:30:59"),  # to 11:00:59: noon cuts off the last 59 seconds, they follow at 13:30
        (480, "03-03 10:00:00"),  # to 07:59:59, before the office opens
    ],
)
def test_an_extension_in_working_hours_goes_on_from_within_a_minute(minutes: int, due_at: str) -> None:
    """A day's end is 23:59:59; minutes carry its seconds into office hours."""
    policy = Policy.from_data({"stages": {}, "total": "1d", "warn_at": "80%"})
    longer = [Extended(OPENED.at, Limit.parse(text), Span.TOTAL) for text in (f"{minutes}min", "1wh")]
    opened = Opened(at("03-01 10:00"))
    assert read(policy, CALENDAR, [opened, *longer]).total_due_at == at(due_at)


def test_each_stage_has_its_own_deadline_and_the_total_runs_on() -> None:
    assert see(CLAIM).stage_due_at == at("03-02 15:30")
    reading = see(CLAIM, HANDLING)
    assert (reading.stage, reading.stage_started_at) == ("handling", HANDLING.at)
    assert reading.stage_due_at == reading.due_at == at("03-10 17:30")
    assert reading.total_due_at == at("03-23 17:30")


def test_a_pause_moves_stage_and_total_when_it_ends() -> None:
    paused = see(HANDLING, Paused(at("03-04 15:00")))
    assert paused.state is State.PAUSED
    assert paused.stage_due_at == at("03-10 17:30")
    reading = see(HANDLING, Paused(at("03-04 15:00")), Resumed(at("03-06 09:00")))
    assert reading.stage_due_at == at("03-12 17:30")
    assert reading.total_due_at == at("03-25 17:30")


def test_a_stage_started_in_a_pause_is_not_moved_by_what_came_before_it() -> None:
    claim = StageStarted(at("03-05 10:00"), "claim")
    paused = see(Paused(at("03-04 15:00")), claim)
    assert paused.remaining(at("03-05 16:00"), CALENDAR) == timedelta(hours=4)
    reading = see(Paused(at("03-04 15:00")), claim, Resumed(at("03-05 11:00")))
    assert reading.stage_due_at == at("03-05 16:30")


def test_extensions_count_from_the_present_end() -> None:
    longer = Limit.parse("5wd")
    late = at("03-12 10:00")  # after the stage's end, which is where the extension counts from
    assert see(HANDLING, Extended(late, longer, Span.STAGE)).stage_due_at == at("03-17 17:30")
    reading = see(HANDLING, Extended(late, longer, Span.TOTAL))
    assert reading.stage_due_at == at("03-10 17:30")
    assert reading.total_due_at == at("03-30 17:30")


def test_an_extension_may_come_in_another_unit() -> None:
    reading = see(HANDLING, Extended(at("03-05 10:00"), Limit.parse("24h"), Span.STAGE))
    assert reading.stage_due_at == at("03-11 17:30")


def test_stopping_ends_a_pause_and_the_time_left_stands_still() -> None:
    reading = see(HANDLING, Paused(at("03-04 15:00")), Stopped(at("03-05 09:00")))
    assert (reading.state, reading.paused_at, reading.stopped_at) == (State.STOPPED, None, at("03-05 09:00"))
    assert reading.stage_due_at == at("03-11 17:30")
    assert reading.remaining(at("06-01 10:00"), CALENDAR) == 5 * CALENDAR.day_length


def test_reopening_starts_the_total_anew_by_its_own_limit() -> None:
    reading = see(HANDLING, Stopped(at("03-09 10:00")), Reopened(at("03-16 11:00")))
    assert (reading.state, reading.stage, reading.stage_due_at) == (State.RUNNING, None, None)
    assert reading.total_started_at == at("03-16 11:00")
    assert reading.total_due_at == at("03-19 17:30")


def test_time_left_is_working_time_and_negative_when_overdue() -> None:
    reading = see(CLAIM)  # due 15:30
    assert reading.remaining(at("03-02 11:00"), CALENDAR) == timedelta(hours=3)
    assert reading.remaining(at("03-03 10:00"), CALENDAR) == -timedelta(hours=3)


def test_the_colour_is_the_worse_of_stage_and_total() -> None:
    reading = see(CLAIM)  # four hours from 10:00; 48 minutes before 15:30 is 14:42
    moments = ["03-02 10:00", "03-02 14:41", "03-02 14:42", "03-02 15:30", "03-02 15:31"]
    colours = [reading.colour(at(moment), POLICY, CALENDAR) for moment in moments]
    assert colours == [Colour.GREEN, Colour.GREEN, Colour.AMBER, Colour.AMBER, Colour.RED]
    late_stage = see(StageStarted(at("03-23 15:00"), "claim"))
    assert late_stage.due_at == at("03-23 17:30")
    assert late_stage.colour(at("03-23 15:01"), POLICY, CALENDAR) is Colour.AMBER
    assert late_stage.colour(at("03-23 17:31"), POLICY, CALENDAR) is Colour.RED


def test_paused_and_stopped_are_grey_even_when_overdue() -> None:
    late = at("05-01 10:00")
    assert see(CLAIM, Paused(at("03-02 11:00"))).colour(late, POLICY, CALENDAR) is Colour.GREY
    assert see(CLAIM, Stopped(at("03-02 11:00"))).colour(late, POLICY, CALENDAR) is Colour.GREY


def test_a_re_announced_year_moves_deadlines_when_events_are_read_again() -> None:
    events: list[Event] = [OPENED, HANDLING, Paused(at("03-04 15:00")), Resumed(at("03-06 09:00"))]
    flood = WorkingCalendar(overrides={date(2026, 3, 11): False, date(2026, 3, 14): True})
    before, after = read(POLICY, CALENDAR, events), read(POLICY, flood, events)
    assert (before.stage_due_at, after.stage_due_at) == (at("03-12 17:30"), at("03-13 17:30"))
    assert (before.total_due_at, after.total_due_at) == (at("03-25 17:30"), at("03-25 17:30"))


def test_a_change_of_tier_is_the_same_events_under_another_policy() -> None:
    hard = Policy.from_data({"stages": {"claim": "4wh", "handling": "20wd"}, "total": "60d"})
    reading = read(hard, CALENDAR, [OPENED, CLAIM, HANDLING])
    assert reading.total_due_at == at("05-01 23:59:59")


@pytest.mark.parametrize(
    ("events", "says"),
    [
        ([], "before it is opened"),
        ([CLAIM], "must open the clock"),
        ([Commented(at("03-02 10:00"))], "must open the clock"),
        ([OPENED, OPENED], "opened already"),
        ([OPENED, TakenBack(at("03-02 10:00"), 1)], "takes back 1 of 1 events"),
        ([OPENED, CLAIM, TakenBack(at("03-02 10:00"), 0)], "takes back 0 of 2 events"),
        ([OPENED, HANDLING, TakenBack(at("03-02 10:00"), 1)], "taken_back .* is out of order"),
        ([OPENED, Resumed(at("03-03 10:00"))], "resumed .* while the clock is running"),
        ([OPENED, Paused(at("03-03 10:00")), Paused(at("03-03 11:00"))], "while the clock is paused"),
        ([OPENED, Stopped(at("03-03 10:00")), HANDLING], "while the clock is stopped"),
        ([OPENED, Reopened(at("03-03 10:00"))], "while the clock is running"),
        ([OPENED, HANDLING, Paused(at("03-02 11:00"))], "out of order"),
        ([OPENED, StageStarted(at("03-02 10:00"), "clam")], "'clam'; it has: claim, handling"),
        ([OPENED, Extended(at("03-02 10:00"), Limit.parse("1d"), Span.STAGE)], "No stage runs"),
    ],
)
def test_what_cannot_happen_is_refused_with_the_reason(events: list[Event], says: str) -> None:
    with pytest.raises(ClockError, match=says):
        read(POLICY, CALENDAR, events)


def test_a_comment_changes_nothing_whenever_it_was_made() -> None:
    reading = see(HANDLING)
    for moment in ("03-02 09:00", "03-03 10:00", "06-01 10:00"):
        assert advance(reading, Commented(at(moment)), POLICY, CALENDAR) is reading


@pytest.mark.parametrize("data", [{}, {"stage": None}, see(CLAIM).to_data() | {"last_at": "soon"}])
def test_a_stored_reading_that_is_none_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ClockError, match="not a stored reading"):
        Reading.from_data(data)
