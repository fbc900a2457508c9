"""When quiet hours are over."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from yuanba.kernel.quiet import QuietHours, read_quiet_hours

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = QuietHours(time(22), time(7))


def shanghai(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("at", "over"),
    [
        (shanghai(2, 21, 59), None),
        (shanghai(2, 22), shanghai(3, 7)),
        (shanghai(2, 23, 59), shanghai(3, 7)),
        (shanghai(3, 0), shanghai(3, 7)),
        (shanghai(3, 6, 59), shanghai(3, 7)),
        (shanghai(3, 7), None),
        (shanghai(3, 12), None),
    ],
)
def test_a_night_reaches_over_midnight(at: datetime, over: datetime | None) -> None:
    assert NIGHT.over_at(at, SHANGHAI) == over


def test_a_rest_at_noon_ends_the_same_day() -> None:
    rest = QuietHours(time(12), time(14))
    assert rest.over_at(shanghai(2, 13), SHANGHAI) == shanghai(2, 14)
    assert rest.over_at(shanghai(2, 14), SHANGHAI) is None
    assert rest.over_at(shanghai(2, 11, 59), SHANGHAI) is None


@given(at=some.datetimes(timezones=some.just(UTC)), both=some.times())
def test_the_same_time_twice_means_no_quiet(at: datetime, both: time) -> None:
    assert QuietHours(both, both).over_at(at, SHANGHAI) is None


def test_quiet_hours_are_those_of_the_wall_clock_in_the_zone() -> None:
    at = datetime(2026, 3, 2, 15, tzinfo=UTC)  # 23:00 in Shanghai, 16:00 in Berlin
    assert NIGHT.over_at(at, SHANGHAI) == datetime(2026, 3, 2, 23, tzinfo=UTC)
    assert NIGHT.over_at(at, BERLIN) is None


def test_an_end_that_the_clocks_skip_comes_later_and_one_passed_twice_is_still_ahead() -> None:
    skipped = QuietHours(time(22), time(2, 30))
    before = datetime(2026, 3, 28, 23, tzinfo=BERLIN)  # in the night of the 29th 02:00 becomes 03:00
    assert skipped.over_at(before, BERLIN) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    second = datetime(2026, 10, 25, 2, 10, fold=1, tzinfo=BERLIN)  # 01:10 UTC, the second 02:10 of that night
    assert skipped.over_at(second, BERLIN) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@given(
    at=some.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=some.just(UTC)),  # noqa: DTZ001
    starts=some.times(),
    ends=some.times(),
    zone=some.sampled_from([SHANGHAI, BERLIN, ZoneInfo("Asia/Kathmandu"), ZoneInfo("America/New_York")]),
)
def test_quiet_always_ends_ahead_within_a_day_and_an_hour(
    at: datetime, starts: time, ends: time, zone: ZoneInfo
) -> None:
    over = QuietHours(starts, ends).over_at(at, zone)
    assert over is None or timedelta() < over - at <= timedelta(hours=25)


def test_quiet_hours_are_read_from_one_line() -> None:
    assert read_quiet_hours(" 22:00-07:00 ") == NIGHT
    assert read_quiet_hours("") is None


@pytest.mark.parametrize("text", ["22:00", "22-7-1", "25:00-07:00", "night", "22:00–07:00"])
def test_anything_else_is_refused_at_start(text: str) -> None:
    with pytest.raises(ValueError, match="QUIET_HOURS"):
        read_quiet_hours(text)
