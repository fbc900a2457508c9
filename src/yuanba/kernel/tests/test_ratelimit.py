from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yuanba.kernel import ratelimit
from yuanba.kernel.errors import TooMany
from yuanba.kernel.ratelimit import Rate, RateCount, take

NOON = datetime(2026, 3, 3, 12, 0, 0, tzinfo=UTC)
TWO_A_MINUTE = Rate("reports", 2, 60)
pytestmark = pytest.mark.django_db


def test_the_count_runs_down_and_then_refuses() -> None:
    assert [take(TWO_A_MINUTE, "key:a", "slow down", now=NOON) for _try in range(2)] == [1, 0]
    with pytest.raises(TooMany) as refused:
        take(TWO_A_MINUTE, "key:a", "slow down", now=NOON + timedelta(seconds=45))
    assert refused.value.retry_after_s == 15
    assert refused.value.message == "slow down"


def test_the_next_window_starts_anew() -> None:
    assert [_taken(NOON) for _try in range(3)] == [1, 0, None]
    assert _taken(NOON + timedelta(minutes=1)) == 1


def _taken(now: datetime) -> int | None:
    try:
        return take(TWO_A_MINUTE, "key:a", "slow down", now=now)
    except TooMany:
        return None


def test_sources_and_limits_do_not_share_a_count() -> None:
    assert take(TWO_A_MINUTE, "key:a", "", now=NOON) == 1
    assert take(TWO_A_MINUTE, "key:b", "", now=NOON) == 1
    assert take(Rate("updates", 2, 60), "key:a", "", now=NOON) == 1
    assert take(Rate("reports", 5, 3600), "key:a", "", now=NOON) == 4


def test_the_source_itself_is_not_kept() -> None:
    take(TWO_A_MINUTE, "address:203.0.113.9", "", now=NOON)
    assert "203.0.113.9" not in RateCount.objects.get().bucket


def test_counting_takes_one_statement() -> None:
    with CaptureQueriesContext(connection) as queries:
        take(TWO_A_MINUTE, "key:a", "", now=NOON)
    assert len(queries) == 1


def test_old_windows_are_forgotten() -> None:
    take(TWO_A_MINUTE, "key:a", "", now=NOON)
    take(TWO_A_MINUTE, "key:a", "", now=NOON + timedelta(days=3))
    assert ratelimit.forget_old(NOON + timedelta(days=3)) == 1
    assert RateCount.objects.count() == 1
