import pytest

from yuanba.kernel.clock import ClockError, WorkingHours

MINUTE = 60_000_000


def test_hours_are_read_and_printed_in_the_same_form() -> None:
    assert str(WorkingHours.parse(["09:00-12:00", "13:30-17:30"])) == "09:00-12:00, 13:30-17:30"
    assert str(WorkingHours.parse(["00:00-06:00", "22:00-24:00"])) == "00:00-06:00, 22:00-24:00"


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        ([], "at least one spell"),
        (["9-12"], "09:00-12:00"),
        (["09:00-25:00"], "cannot be read"),
        (["09:00-12:60"], "cannot be read"),
        (["09:00-24:30"], "up to 24:00"),
        (["12:00-09:00"], "ending after it starts"),
        (["22:00-06:00"], "ending after it starts"),
        (["09:00-09:00"], "ending after it starts"),
        (["09:00-12:00", "11:00-17:00"], "overlap"),
        (["13:00-17:00", "09:00-12:00"], "order"),
        (["０９:00-12:00"], "cannot be read"),
        ([None], "cannot be read"),
        ("09:00-12:00", "a list"),
    ],
)
def test_hours_that_cannot_be_kept_say_why(texts: list[str], says: str) -> None:
    with pytest.raises(ClockError, match=says):
        WorkingHours.parse(texts)


def test_spells_that_touch_are_one_after_the_other() -> None:
    hours = WorkingHours.parse(["09:00-12:00", "12:00-13:00"])
    assert hours.length == 240 * MINUTE
    assert hours.worked(12 * 60 * MINUTE) == 180 * MINUTE


def test_lunch_is_not_worked() -> None:
    hours = WorkingHours.parse(["09:00-12:00", "13:30-17:30"])
    assert [hours.worked(minute * MINUTE) // MINUTE for minute in (0, 540, 720, 780, 810, 1050, 1439)] == [
        0,
        0,
        180,
        180,
        180,
        420,
        420,
    ]
    assert hours.earliest_with(180 * MINUTE) == 720 * MINUTE
    assert hours.latest_with(180 * MINUTE) == 810 * MINUTE
