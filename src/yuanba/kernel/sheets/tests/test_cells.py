from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanba.kernel.sheets import CellProblem, as_datetime, as_int, as_text
from yuanba.kernel.sheets.cells import CHINA

MOMENT = datetime(2019, 2, 3, 18, 28, 11, tzinfo=CHINA)


@pytest.mark.parametrize(
    "text",
    [
        "2019/2/3 18:28:11",
        "2019-02-03 18:28:11",
        "2019-02-03 18:28:11.0",
        "2019-02-03T18:28:11+08:00",
        "2019-02-03T18:28:11+0800",
        "2019-02-03T10:28:11Z",
        "2019.2.3 18:28:11",
        "2019年2月3日 18时28分11秒",
        "2019年2月3日18时28分11秒",
        "2019年02月03日 星期日 18:28:11",
        "2019/2/3 下午6:28:11",
        "2019/2/3 下午 06:28:11",
        "2019/2/3 6:28:11 PM",
        "２０１９／２／３　１８：２８：１１",
        "20190203182811",
        " 2019/2/3\t18:28:11 ",
        "43499.769571759259",
    ],
)
def test_the_usual_ways_to_write_a_time_are_read(text: str) -> None:
    assert as_datetime(text) == MOMENT


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [
        ("2019年2月3日 18时28分", 18, 28),
        ("2019年2月3日 下午6时28分", 18, 28),
        ("2019年2月3日8点", 8, 0),
        ("2019-2-3 12:30 am", 0, 30),
        ("2019-2-3 中午12:30", 12, 30),
        ("2019-2-3 凌晨12:30", 0, 30),
        ("2019年2月3日", 0, 0),
        ("20190203", 0, 0),
    ],
)
def test_times_without_seconds_and_dates_alone_are_read(text: str, hour: int, minute: int) -> None:
    assert as_datetime(text) == datetime(2019, 2, 3, hour, minute, tzinfo=CHINA)


def test_the_end_of_a_day_is_the_start_of_the_next() -> None:
    assert as_datetime("2019-12-31 24:00") == datetime(2020, 1, 1, tzinfo=CHINA)


def test_excels_own_dates_and_serials_are_read() -> None:
    assert as_datetime(datetime(2019, 2, 3, 18, 28, 11)) == MOMENT  # noqa: DTZ001
    assert as_datetime(date(2019, 2, 3)) == datetime(2019, 2, 3, tzinfo=CHINA)
    assert as_datetime(43499.769571759259) == MOMENT
    assert as_datetime(43499) == datetime(2019, 2, 3, tzinfo=CHINA)


def test_a_time_without_zone_is_in_the_zone_given_and_by_rule_in_chinas() -> None:
    assert as_datetime("2019-02-03 18:28:11").utcoffset() == timedelta(hours=8)
    urumqi = ZoneInfo("Asia/Urumqi")
    assert as_datetime("2019-02-03 18:28:11", urumqi).utcoffset() == timedelta(hours=6)
    assert as_datetime("2019-02-03T10:28:11Z", urumqi) == MOMENT


@pytest.mark.parametrize(
    "value",
    [
        "",
        None,
        "昨天",
        "19/2/3",
        "12/02/2016 05:45:03 PM",
        "2019-2-31",
        "2019-13-01",
        "2019-2-318:28",
        "2019-02-03 18",
        "2019-02-03 25:00",
        "2019-02-03 24:01",
        "2019-02-03 18:61",
        "2019-02-03 13:00 pm pm",
        "2019-02-03 13:00 pm",
        "2019-02-03T18:28:11+99:99",
        "99999999999999",
        "0019-02-03",
        "9999-12-31 24:00",
        5,
        1e300,
        float("nan"),
        float("inf"),
        datetime(9999, 12, 31),  # noqa: DTZ001
        "2019-02-03\x00",
    ],
)
def test_what_is_no_time_or_can_be_read_two_ways_is_refused(value: str | float | None) -> None:
    with pytest.raises(CellProblem) as problem:
        as_datetime(value)
    assert problem.value.message


@given(st.datetimes(datetime(1900, 3, 1), datetime(2199, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001
def test_what_is_written_in_iso_form_is_read_back(at: datetime) -> None:
    assert as_datetime(at.isoformat()) == at
    local = at.astimezone(CHINA)
    written = f"{local:%Y}年{local.month}月{local.day}日 {local:%H时%M分%S秒}"
    assert as_datetime(written).replace(tzinfo=None) == local.replace(tzinfo=None, microsecond=0)


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_a_problem(text: str) -> None:
    try:
        as_datetime(text)
    except CellProblem as problem:
        assert problem.message


def test_text_is_trimmed_and_numbers_lose_no_digit() -> None:
    assert as_text(" 路灯\n") == "路灯"
    assert as_text(None) == ""
    assert as_text(12) == "12"
    assert as_text(12.0) == "12"
    assert as_text(12.5) == "12.5"
    assert as_text(date(2019, 2, 3)) == "2019-02-03"
    assert as_text(datetime(2019, 2, 3, 18, 28, 11)) == "2019-02-03 18:28:11"  # noqa: DTZ001
    assert as_text(500101199001011234) == "500101199001011234"


@pytest.mark.parametrize("value", [5.00101199001011e17, float("nan"), "a\ud800", "a\x00b", "\x1b[31m"])
def test_a_text_that_has_lost_something_is_refused(value: str | float) -> None:
    with pytest.raises(CellProblem):
        as_text(value)


@pytest.mark.parametrize(
    ("value", "number"), [(12, 12), (12.0, 12), ("１２", 12), ("1,234", 1234), (" -5 ", -5), ("12.00", 12)]
)
def test_whole_numbers_are_read(value: str | float, number: int) -> None:
    assert as_int(value) == number


@pytest.mark.parametrize(
    "value", ["", None, "十二", "12.5", 12.5, "1,23", "1_000", "1e3", "9" * 5000, date(2019, 1, 1)]
)
def test_what_is_no_whole_number_is_refused(value: str | float | date | None) -> None:
    with pytest.raises(CellProblem):
        as_int(value)
