import json
from datetime import UTC, datetime

import pytest
from hypothesis import given

from yuanba.kernel.clock import (
    ZONE,
    ClockError,
    Event,
    Extended,
    Limit,
    Opened,
    Span,
    StageStarted,
    event_from_data,
)
from yuanba.kernel.tests.clock.histories import histories, unhurried

AT = "2026-03-06T16:00:00+08:00"


@unhurried
@given(histories())
def test_events_come_back_from_json_as_they_were(events: list[Event]) -> None:
    stored = json.dumps([event.to_data() for event in events])
    assert [event_from_data(data) for data in json.loads(stored)] == events


def test_an_event_is_told_in_chinese_time_whatever_zone_it_came_in() -> None:
    assert Opened(datetime(2026, 3, 6, 8, tzinfo=UTC)).to_data() == {"kind": "opened", "at": AT}


def test_an_extension_is_plain_text_in_json() -> None:
    event = Extended(datetime(2026, 3, 6, 16, tzinfo=ZONE), Limit.parse("5wd"), Span.TOTAL)
    assert event.to_data() == {"kind": "extended", "at": AT, "limit": "5wd", "of": "total"}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({}, "kind None"),
        ({"kind": "exploded", "at": AT}, "there are: opened"),
        ({"kind": "opened"}, "opened needs at"),
        ({"kind": "opened", "at": AT, "stage": "claim"}, "opened has no stage"),
        ({"kind": "opened", "at": "yesterday"}, "at of the event opened"),
        ({"kind": "opened", "at": "2026-03-06T16:00:00"}, "time zone"),
        ({"kind": "opened", "at": "0001-01-01T00:00:00+08:00"}, "1992 to 2100"),
        ({"kind": "opened", "at": 5}, "must be text"),
        ({"kind": "stage_started", "at": AT, "stage": ""}, "stage of the event"),
        ({"kind": "extended", "at": AT, "limit": "5", "of": "total"}, "limit of the event extended"),
        ({"kind": "extended", "at": AT, "limit": "5wd", "of": "both"}, "of of the event extended"),
        ({"kind": ["opened"], "at": AT}, "there are"),
    ],
)
def test_data_that_is_no_event_says_what_is_wrong(data: dict[str, str], says: str) -> None:
    with pytest.raises(ClockError, match=says):
        event_from_data(data)


def test_an_event_without_a_zone_cannot_be_made() -> None:
    with pytest.raises(ClockError, match="time zone"):
        StageStarted(datetime.fromisoformat("2026-03-06T16:00:00"), "claim")
