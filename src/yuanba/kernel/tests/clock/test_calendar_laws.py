"""Laws of adding and measuring working time, on drawn calendars and moments to the microsecond."""

from datetime import datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from yuanba.kernel.clock import ZONE, WorkingCalendar
from yuanba.kernel.tests.clock.histories import (
    calendars,
    moments,
    near_moments,
    office_calendars,
    spans,
    unhurried,
)

NOTHING = timedelta(0)
DAY = timedelta(days=1)
any_moment = st.one_of(moments, near_moments)


@unhurried
@given(calendars, any_moment, spans, st.sampled_from([1, -1]))
@example(WorkingCalendar(), datetime(2026, 3, 6, 17, 30, tzinfo=ZONE), timedelta(hours=7), 1)
@example(WorkingCalendar(), datetime(2026, 3, 9, 9, 0, tzinfo=ZONE), timedelta(hours=7), -1)
def test_what_was_added_is_what_is_measured(
    calendar: WorkingCalendar, start: datetime, span: timedelta, sign: int
) -> None:
    end = calendar.add_working_time(start, sign * span)
    assert calendar.working_time_between(start, end) == sign * span
    assert calendar.working_time_between(end, start) == -sign * span


@unhurried
@given(calendars, near_moments, near_moments)
def test_adding_what_was_measured_comes_back_as_early_as_it_can(
    calendar: WorkingCalendar, one: datetime, other: datetime
) -> None:
    start, end = sorted((one, other))
    span = calendar.working_time_between(start, end)
    back = calendar.add_working_time(start, span)
    assert start <= back <= end
    if calendar.is_working_time(end - timedelta(microseconds=1)) and span > NOTHING:
        assert back == end


@unhurried
@given(calendars, any_moment, spans, spans)
def test_adding_twice_is_adding_the_sum(
    calendar: WorkingCalendar, start: datetime, first: timedelta, second: timedelta
) -> None:
    twice = calendar.add_working_time(calendar.add_working_time(start, first), second)
    assert twice == calendar.add_working_time(start, first + second)


@unhurried
@given(calendars, near_moments, near_moments, near_moments)
def test_measures_add_up(calendar: WorkingCalendar, one: datetime, two: datetime, three: datetime) -> None:
    measure = calendar.working_time_between
    assert measure(one, two) + measure(two, three) == measure(one, three)
    assert abs(measure(one, two)) <= abs(two - one)


@unhurried
@given(calendars, any_moment, spans, spans)
def test_more_time_or_a_later_start_never_ends_earlier(
    calendar: WorkingCalendar, start: datetime, span: timedelta, more: timedelta
) -> None:
    end = calendar.add_working_time(start, span)
    assert start + span <= end <= calendar.add_working_time(start, span + more)
    assert end <= calendar.add_working_time(start + more, span)


@unhurried
@given(office_calendars, any_moment, spans.filter(bool), st.sampled_from([1, -1]))
def test_the_end_lies_inside_working_hours(
    calendar: WorkingCalendar, start: datetime, span: timedelta, sign: int
) -> None:
    end = calendar.add_working_time(start, sign * span)
    just_inside = end - timedelta(microseconds=1) if sign > 0 else end
    assert calendar.is_working_time(just_inside)


@unhurried
@given(any_moment, spans)
def test_round_the_clock_working_time_is_time(start: datetime, span: timedelta) -> None:
    line = WorkingCalendar(round_the_clock=True)
    assert line.add_working_time(start, span) == start + span
    assert line.add_working_time(start, -span) == start - span


@unhurried
@given(office_calendars, any_moment, st.integers(1, 600))
def test_working_days_end_at_a_close_after_as_many_closes(
    calendar: WorkingCalendar, start: datetime, days: int
) -> None:
    end = calendar.add_working_days(start, days)
    midnight = datetime.combine(start.date() + DAY, datetime.min.time(), ZONE)
    assert calendar.is_workday(end.date())
    assert calendar.working_days_between(midnight, end) == days
    assert calendar.working_time_between(midnight, end) == days * calendar.day_length
    assert end <= calendar.add_working_days(start, days + 1) - timedelta(hours=12)


@unhurried
@given(office_calendars, near_moments, near_moments, near_moments)
def test_closes_add_up(calendar: WorkingCalendar, one: datetime, two: datetime, three: datetime) -> None:
    for count in (calendar.working_days_between, calendar.calendar_days_between):
        assert count(one, two) + count(two, three) == count(one, three)
