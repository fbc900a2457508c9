from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanba.kernel.clock import ZONE, ClockError, Counting, Limit, Unit, WorkingCalendar
from yuanba.kernel.clock.limits import LARGEST
from yuanba.kernel.tests.clock.histories import calendars, limits, near_moments, unhurried

FRIDAY = datetime(2026, 3, 6, 16, 0, tzinfo=ZONE)
any_limit = st.builds(Limit, amount=st.integers(1, LARGEST), unit=st.sampled_from(Unit))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@unhurried
@given(any_limit)
def test_a_limit_is_read_as_it_is_printed(limit: Limit) -> None:
    assert Limit.parse(str(limit)) == limit


@pytest.mark.parametrize(
    "text",
    ["", "5", "wd", "0wd", "05wd", "-1d", "1.5h", "5 wd", "5WD", "5wd\n", "５wd", "5w", "1000000d", None, 5],
)
def test_a_limit_that_cannot_be_read_shows_how_to_write_one(text: str) -> None:
    with pytest.raises(ClockError, match="such as 30min, 2h"):
        Limit.parse(text)


@pytest.mark.parametrize("amount", [0, -1, LARGEST + 1])
def test_a_limit_has_an_amount_that_can_be_kept(amount: int) -> None:
    with pytest.raises(ClockError, match="from 1 to"):
        Limit(amount, Unit.DAYS)


@pytest.mark.parametrize(
    ("limit", "end"),
    [
        ("30min", "2026-03-06 16:30"),
        ("2h", "2026-03-06 18:00"),
        ("24h", "2026-03-07 16:00"),
        ("1wh", "2026-03-06 17:00"),
        ("4wh", "2026-03-09 11:30"),
        ("1wd", "2026-03-09 17:30"),
        ("5wd", "2026-03-13 17:30"),
        ("1d", "2026-03-07 23:59:59"),
        ("7d", "2026-03-13 23:59:59"),
    ],
)
def test_limits_from_a_friday_at_four(limit: str, end: str) -> None:
    assert Limit.parse(limit).due_from(FRIDAY, WorkingCalendar()) == at(end)


@pytest.mark.parametrize(
    ("limit", "end"), [("5wd", "2026-03-13 16:00"), ("1d", "2026-03-07 16:00"), ("4wh", "2026-03-09 11:30")]
)
def test_limits_counted_from_the_moment(limit: str, end: str) -> None:
    assert Limit.parse(limit).due_from(FRIDAY, WorkingCalendar(counting=Counting.MOMENT)) == at(end)


@pytest.mark.parametrize(
    ("limit", "paused", "resumed", "moved_to"),
    [
        # Four working hours from Friday 16:00 end on Monday 11:30.
        ("4wh", "2026-03-06 16:30", "2026-03-06 17:30", "2026-03-09 14:00"),
        ("4wh", "2026-03-06 17:30", "2026-03-09 09:00", "2026-03-09 11:30"),
        # A day limit moves by the closes in the pause, by nothing within one day.
        ("5wd", "2026-03-09 09:00", "2026-03-09 17:00", "2026-03-13 17:30"),
        ("5wd", "2026-03-09 17:00", "2026-03-09 18:00", "2026-03-16 17:30"),
        ("5wd", "2026-03-09 18:00", "2026-03-11 10:00", "2026-03-16 17:30"),
        ("5wd", "2026-03-07 10:00", "2026-03-08 10:00", "2026-03-13 17:30"),
        ("7d", "2026-03-07 10:00", "2026-03-08 10:00", "2026-03-14 23:59:59"),
        ("2h", "2026-03-06 16:10", "2026-03-06 16:20", "2026-03-06 18:10"),
    ],
)
def test_a_pause_moves_the_end_by_what_passed_of_the_unit(
    limit: str, paused: str, resumed: str, moved_to: str
) -> None:
    calendar = WorkingCalendar()
    due_at = Limit.parse(limit).due_from(FRIDAY, calendar)
    assert Limit.parse(limit).moved_by_pause(due_at, at(paused), at(resumed), calendar) == at(moved_to)


@unhurried
@given(limits, near_moments, st.timedeltas(timedelta(0), timedelta(days=30)), calendars)
def test_a_later_start_or_a_larger_limit_never_ends_earlier(
    limit: Limit, start: datetime, later: timedelta, calendar: WorkingCalendar
) -> None:
    end = limit.due_from(start, calendar)
    assert start < end <= limit.due_from(start + later, calendar)
    assert end <= Limit(limit.amount + 1, limit.unit).due_from(start, calendar)


@unhurried
@given(limits, near_moments, st.tuples(*[st.timedeltas(timedelta(0), timedelta(days=20))] * 2), calendars)
def test_a_pause_neither_shortens_nor_undoes_a_delay(
    limit: Limit, start: datetime, gaps: tuple[timedelta, timedelta], calendar: WorkingCalendar
) -> None:
    due_at = limit.due_from(start, calendar)
    paused_at = start + gaps[0]
    resumed_at = paused_at + gaps[1]
    moved = limit.moved_by_pause(due_at, paused_at, resumed_at, calendar)
    assert moved >= due_at
    if due_at <= paused_at and calendar.counting is not Counting.NEXT_DAY_ROLLED:
        assert moved <= resumed_at


def test_a_limit_beyond_the_known_years_is_refused() -> None:
    for text in ("999999wd", "999999d", "999999h", "999999wh"):
        with pytest.raises(ClockError, match="2100"):
            Limit.parse(text).due_from(FRIDAY, WorkingCalendar())
