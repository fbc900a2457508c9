from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from yuanba.web.due import due_reading

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "words", "tone"),
    [
        (timedelta(days=5), "5 days left", "calm"),
        (timedelta(hours=47, minutes=59), "47 hours left", "calm"),
        (timedelta(hours=7), "7 hours left", "soon"),
        (timedelta(hours=1), "1 hour left", "soon"),
        (timedelta(minutes=59), "59 minutes left", "soon"),
        (timedelta(seconds=20), "Due now", "soon"),
        (timedelta(0), "Due now", "soon"),
        (-timedelta(seconds=1), "Overdue by 1 minute", "late"),
        (-timedelta(hours=3), "Overdue by 3 hours", "late"),
        (-timedelta(days=2), "Overdue by 2 days", "late"),
    ],
)
def test_a_deadline_is_said_in_the_unit_that_matters(left: timedelta, words: str, tone: str) -> None:
    with translation.override("en"):
        reading = due_reading(NOW + left, NOW)
    assert (reading.words, reading.tone) == (words, tone)


@given(st.timedeltas(min_value=timedelta(days=-4000), max_value=timedelta(days=4000)))
def test_only_what_is_past_is_late(left: timedelta) -> None:
    assert (due_reading(NOW + left, NOW).tone == "late") == (left < timedelta(0))
