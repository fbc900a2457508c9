"""Real years: what the State Council announced for 2026, and the turn to a year it may not have announced."""

from datetime import UTC, date, datetime, timedelta, timezone

import chinese_calendar
import holidays
import pytest

from yuanba.kernel.clock import ZONE, ClockError, Counting, WorkingCalendar, WorkingHours
from yuanba.kernel.clock.years import days_of, is_announced, standard_workdays

CALENDAR = WorkingCalendar()
FAR = 2060


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("first", "last", "working"),
    [
        ("2026-01-01", "2026-01-03", False),
        ("2026-01-04", "2026-01-04", True),  # Sunday made up for New Year
        ("2026-02-14", "2026-02-14", True),  # Saturday made up for the Spring Festival
        ("2026-02-15", "2026-02-23", False),
        ("2026-02-28", "2026-02-28", True),
        ("2026-09-20", "2026-09-20", True),  # Sunday made up for National Day
        ("2026-09-25", "2026-09-27", False),
        ("2026-10-01", "2026-10-07", False),
        ("2026-10-10", "2026-10-10", True),
        ("2026-11-21", "2026-11-22", False),
    ],
)
def test_announced_holidays_and_make_up_days_are_known(first: str, last: str, working: bool) -> None:
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        assert CALENDAR.is_workday(day) is working
        assert not CALENDAR.is_provisional(day)
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-03-06 16:00", 5, "2026-03-13 17:30"),  # Friday to Friday
        ("2026-03-07 10:00", 5, "2026-03-13 17:30"),  # Saturday does not count either
        ("2026-02-11 10:00", 5, "2026-02-25 17:30"),  # 12, 13, Saturday 14, then 24 and 25
        ("2026-02-13 17:00", 1, "2026-02-14 17:30"),  # to the make-up Saturday
        ("2026-09-18 16:00", 1, "2026-09-20 17:30"),  # to the make-up Sunday
        ("2026-09-30 10:00", 3, "2026-10-10 17:30"),  # 8, 9 and the make-up Saturday after National Day
        ("2026-10-03 03:00", 1, "2026-10-08 17:30"),
        ("2026-12-29 10:00", 5, "2027-01-06 17:30"),  # 30, 31, then 4, 5 and 6
    ],
)
def test_working_days_count_from_the_next_day_to_the_close_of_the_last(
    start: str, days: int, end: str
) -> None:
    assert CALENDAR.add_working_days(at(start), days) == at(end)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-03-06 16:00", 4, "2026-03-09 11:30"),
        ("2026-03-06 11:00", 1, "2026-03-06 12:00"),  # ends before lunch, not after it
        ("2026-03-06 11:00", 1.5, "2026-03-06 14:00"),
        ("2026-03-06 16:30", 1, "2026-03-06 17:30"),  # ends at the close, not at the next opening
        ("2026-03-07 16:30", 1, "2026-03-09 10:00"),
        ("2026-02-14 16:00", 4, "2026-02-24 11:30"),  # make-up Saturday, nine days off
        ("2026-03-09 11:30", -4, "2026-03-06 16:00"),
        ("2026-03-09 09:00", -7, "2026-03-06 09:00"),
        ("2026-03-09 13:30", -3, "2026-03-09 09:00"),
        ("2026-03-07 09:00", 0, "2026-03-07 09:00"),
    ],
)
def test_working_time_is_added_over_lunch_nights_and_holidays(start: str, hours: float, end: str) -> None:
    span = timedelta(hours=hours)
    assert CALENDAR.add_working_time(at(start), span) == at(end)
    assert CALENDAR.working_time_between(at(start), at(end)) == span


def test_calendar_days_end_with_the_last_day_even_on_a_holiday() -> None:
    assert CALENDAR.add_calendar_days(at("2026-02-10 10:00"), 7) == at("2026-02-17 23:59:59")


def test_calendar_days_roll_to_a_workday_when_so_counted() -> None:
    rolled = WorkingCalendar(counting=Counting.NEXT_DAY_ROLLED)
    assert rolled.add_calendar_days(at("2026-02-10 10:00"), 7) == at("2026-02-24 23:59:59")
    assert rolled.add_calendar_days(at("2026-02-04 10:00"), 7) == at("2026-02-11 23:59:59")


def test_a_year_not_announced_is_predicted_and_marked_provisional() -> None:
    assert CALENDAR.is_provisional(date(FAR, 6, 1))
    assert not CALENDAR.is_workday(date(FAR, 10, 1))
    assert not CALENDAR.is_workday(date(FAR, 2, 2))  # the Spring Festival of 2060
    assert CALENDAR.is_workday(date(FAR, 3, 1))


def test_the_turn_of_the_year_is_provisional_until_announced() -> None:
    end = CALENDAR.add_working_days(at("2026-12-29 10:00"), 5)
    assert CALENDAR.is_provisional(end.date()) is (max(chinese_calendar.holidays).year < 2027)


def test_an_override_is_known_and_wins() -> None:
    typhoon = WorkingCalendar(overrides={date(2026, 3, 9): False, date(FAR, 6, 5): True})
    assert typhoon.add_working_days(at("2026-03-06 16:00"), 5) == at("2026-03-16 17:30")
    assert not typhoon.is_provisional(date(FAR, 6, 5))
    assert typhoon.is_provisional(date(FAR, 6, 4))


def test_an_announced_year_replaces_the_prediction_whole() -> None:
    notice = {date(FAR, 1, 1): False, date(FAR, 1, 2): False, date(FAR, 1, 10): True}
    announced = WorkingCalendar(overrides=notice, announced_years=frozenset({FAR}))
    assert not announced.is_workday(date(FAR, 1, 2))
    assert announced.is_workday(date(FAR, 1, 10))  # a Saturday
    assert announced.is_workday(date(FAR, 10, 1))  # predicted off, but not in the notice
    assert not announced.is_workday(date(FAR, 1, 11))
    assert not announced.is_provisional(date(FAR, 10, 1))
    assert announced.is_provisional(date(FAR + 1, 10, 1))


def test_a_line_that_never_closes_works_round_the_clock() -> None:
    line = WorkingCalendar(round_the_clock=True, overrides={date(2026, 2, 17): False})
    start = at("2026-02-16 23:30")
    assert line.is_workday(date(2026, 2, 17))
    assert line.is_working_time(start)
    assert line.day_length == timedelta(days=1)
    assert line.add_working_time(start, timedelta(hours=24)) == start + timedelta(hours=24)
    assert line.add_working_days(start, 1) == at("2026-02-17 23:59:59")
    assert not line.is_provisional(date(FAR, 6, 1))


def test_a_district_sets_its_own_hours() -> None:
    hours = WorkingHours.parse(["09:00-12:00", "13:00-17:00"])
    assert WorkingCalendar(hours).add_working_days(at("2026-03-06 16:00"), 1) == at("2026-03-09 17:00")


def test_the_closing_moment_is_no_working_time() -> None:
    moments = ["08:59", "09:00", "11:59", "12:00", "13:30", "17:30"]
    worked = [CALENDAR.is_working_time(at(f"2026-03-06 {moment}")) for moment in moments]
    assert worked == [False, True, True, False, True, False]
    assert not CALENDAR.is_working_time(at("2026-03-07 10:00"))


def test_any_zone_is_understood_and_answers_are_in_chinese_time() -> None:
    end = CALENDAR.add_working_days(datetime(2026, 3, 5, 17, 0, tzinfo=UTC), 1)  # Friday 01:00 in China
    assert end.isoformat() == "2026-03-09T17:30:00+08:00"
    tokyo = timezone(timedelta(hours=9))
    assert CALENDAR.add_working_time(datetime(2026, 3, 6, 10, 30, tzinfo=tokyo), timedelta(0)).tzinfo is ZONE


def test_working_days_are_counted_by_their_closes() -> None:
    count = CALENDAR.working_days_between
    assert count(at("2026-03-06 10:00"), at("2026-03-06 17:29")) == 0
    assert count(at("2026-03-06 10:00"), at("2026-03-06 17:30")) == 1
    assert count(at("2026-03-06 17:30"), at("2026-03-09 17:29")) == 0
    assert count(at("2026-02-13 10:00"), at("2026-02-24 18:00")) == 3  # 13, Saturday 14, 24
    assert count(at("2026-02-24 18:00"), at("2026-02-13 10:00")) == -3
    assert count(at("2025-12-31 10:00"), at("2027-01-01 10:00")) == sum(standard_workdays(2026)) + 1


@pytest.mark.parametrize(
    "moment",
    [
        at("2026-03-06 10:00").replace(tzinfo=None),
        datetime(1991, 12, 31, tzinfo=UTC),
        datetime(2101, 1, 1, tzinfo=ZONE),
        None,
    ],
)
def test_moments_without_zone_or_out_of_range_are_refused(moment: datetime) -> None:
    with pytest.raises(ClockError):
        CALENDAR.add_working_days(moment, 1)
    with pytest.raises(ClockError):
        CALENDAR.working_time_between(at("2026-03-06 10:00"), moment)


@pytest.mark.parametrize(
    "day", [datetime(2026, 3, 6, tzinfo=ZONE), date(1991, 12, 31), date(2101, 1, 1), "2026-03-06"]
)
def test_days_that_are_none_or_out_of_range_are_refused(day: date) -> None:
    with pytest.raises(ClockError):
        CALENDAR.is_workday(day)
    with pytest.raises(ClockError):
        CALENDAR.is_provisional(day)


def test_counting_past_the_known_years_is_refused() -> None:
    with pytest.raises(ClockError, match="1992 to 2100"):
        CALENDAR.add_working_days(at("2100-12-30 10:00"), 5)
    with pytest.raises(ClockError, match="1992 to 2100"):
        CALENDAR.add_working_time(at("1992-01-02 10:00"), timedelta(days=-5))
    assert CALENDAR.working_days_between(at("2100-12-30 10:00"), at("2100-12-31 23:59:59")) == 2


def test_overrides_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ClockError, match="true"):
        WorkingCalendar(overrides={date(2026, 3, 9): "no"})  # type: ignore[dict-item]
    with pytest.raises(ClockError, match="without a time"):
        WorkingCalendar(overrides={datetime(2026, 3, 9, tzinfo=ZONE): True})
    with pytest.raises(ClockError, match="1899"):
        WorkingCalendar(announced_years=frozenset({1899}))
    with pytest.raises(ClockError, match="from 1"):
        CALENDAR.add_working_days(at("2026-03-06 10:00"), 0)


def test_two_libraries_agree_on_the_announced_years() -> None:
    for year in range(2020, max(chinese_calendar.holidays).year + 1):
        other = holidays.country_holidays("CN", years=year)
        assert is_announced(year)
        assert [other.is_working_day(day) for day in days_of(year)] == list(standard_workdays(year))
