"""One failing job or message is nobody else's trouble."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest
from django.db import OperationalError, transaction

from yuanba.kernel import worker
from yuanba.kernel.outbox import queue
from yuanba.kernel.outbox.models import Message
from yuanba.kernel.outbox.queue import Delivery, deliver_due, handles, put
from yuanba.kernel.worker import Rhythm, every, run_once

NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def rhythms() -> Iterator[list[Rhythm]]:
    """The worker's list of jobs, empty for a test and as it was afterwards."""
    kept = worker._rhythms[:]
    worker._rhythms.clear()
    yield worker._rhythms
    worker._rhythms[:] = kept


def test_a_job_that_fails_does_not_keep_the_next_from_its_turn(
    rhythms: list[Rhythm], caplog: pytest.LogCaptureFixture
) -> None:
    ran: list[str] = []

    @every(10)
    def sweep() -> None:
        ran.append("sweep")
        raise PermissionError("the folder has no rights")

    @every(5)
    def clocks() -> None:
        ran.append("clocks")

    run_once(100)
    run_once(106)
    assert ran == ["sweep", "clocks", "clocks"]
    assert ["sweep failed" in record.getMessage() for record in caplog.records] == [True]


def test_a_job_that_the_database_went_away_from_is_due_again_at_once(rhythms: list[Rhythm]) -> None:
    @every(3600)
    def seal() -> None:
        raise OperationalError("server closed the connection")

    with pytest.raises(OperationalError):
        run_once(100)
    assert rhythms[0].next_at <= 100


def test_a_message_that_is_gone_when_its_failure_is_written_down_stops_no_other_topic() -> None:
    heard: list[int] = []

    def vanish(_deliveries: Sequence[Delivery]) -> None:
        raise ConnectionError("down")

    def listen(deliveries: Sequence[Delivery]) -> None:
        heard.extend(delivery.subject_id for delivery in deliveries)

    handles("test.vanishing")(vanish)
    handles("test.other")(listen)
    try:
        with transaction.atomic():
            put("test.vanishing", 1, at=NOW)
            put("test.other", 2, at=NOW)
        row = Message.objects.get(topic="test.vanishing")
        Message.objects.filter(pk=row.pk).delete()
        queue._fail([row], ConnectionError("down"), NOW)
        deliver_due(NOW)
    finally:
        del queue._topics["test.vanishing"], queue._topics["test.other"]
    assert heard == [2]
