from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from yuanba.kernel.outbox import queue
from yuanba.kernel.outbox.models import Message
from yuanba.kernel.outbox.queue import BACK_OFF_S, Delivery, deliver_due, handles, put, revive

NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


class Recorder:
    """A handler of a test's own topic: keeps what it was given, fails for the subjects it is told to fail
    for.
    """

    def __init__(self) -> None:
        self.seen: list[int] = []
        self.failing: set[int] = set()
        self.before: Callable[[], object] = lambda: None

    def __call__(self, deliveries: Sequence[Delivery]) -> None:
        self.before()
        for delivery in deliveries:
            if delivery.subject_id in self.failing:
                raise ConnectionError("the far end is down")
        self.seen += [delivery.subject_id for delivery in deliveries]


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    recorder = Recorder()
    handles("test.topic", batch=10)(recorder)
    yield recorder
    del queue._topics["test.topic"]


def send(*subjects: int, due_at: datetime = NOW) -> None:
    with transaction.atomic():
        for subject in subjects:
            put("test.topic", subject, at=NOW, due_at=due_at)


def test_a_message_is_delivered_once_and_then_gone(recorder: Recorder) -> None:
    send(1, 2)
    assert deliver_due(NOW) == 2
    assert deliver_due(NOW) == 0
    assert recorder.seen == [1, 2]
    assert not Message.objects.exists()


def test_a_message_waits_until_it_is_due(recorder: Recorder) -> None:
    send(1, due_at=NOW + timedelta(hours=1))
    assert deliver_due(NOW) == 0
    assert deliver_due(NOW + timedelta(hours=1)) == 1


def test_a_message_of_a_rolled_back_change_is_never_delivered(recorder: Recorder) -> None:
    def change() -> None:
        with transaction.atomic():
            put("test.topic", 1, at=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change()
    assert deliver_due(NOW) == 0


def test_one_bad_message_does_not_hold_up_its_neighbours(recorder: Recorder) -> None:
    recorder.failing = {2}
    send(1, 2, 3)
    deliver_due(NOW)
    assert recorder.seen == [1, 3]
    left = Message.objects.get()
    assert (left.subject_id, left.attempts) == (2, 1)
    assert left.due_at == NOW + timedelta(seconds=BACK_OFF_S[0])
    assert "far end is down" in left.last_error


def test_a_message_that_never_succeeds_becomes_a_visible_dead_letter_and_can_be_revived(
    recorder: Recorder,
) -> None:
    recorder.failing = {7}
    send(7)
    now = NOW
    for _try in range(len(BACK_OFF_S) + 1):
        now += timedelta(days=1)
        deliver_due(now)
    dead = Message.objects.get()
    assert dead.dead_at is not None
    assert deliver_due(now + timedelta(days=9)) == 0
    recorder.failing.clear()
    assert revive(dead.pk, now)
    deliver_due(now)
    assert recorder.seen == [7]


def test_a_message_of_a_worker_that_died_goes_to_the_next_after_its_lease(recorder: Recorder) -> None:
    send(1)
    queue._lease(NOW, 10)
    assert deliver_due(NOW + queue.LEASE - timedelta(seconds=1)) == 0
    assert deliver_due(NOW + queue.LEASE) == 1
    assert recorder.seen == [1]


def test_a_topic_without_a_handler_is_kept_for_a_later_release() -> None:
    with transaction.atomic():
        put("test.unknown", 1, at=NOW)
    deliver_due(NOW)
    assert "no handler" in Message.objects.get().last_error
