"""Messages for somebody else's machine: it may be slow, and none of our locks wait for it."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection

from yuanba.kernel.outbox import queue
from yuanba.kernel.outbox.models import Message
from yuanba.kernel.outbox.queue import BACK_OFF_S, deliver_due, handles
from yuanba.kernel.tests.test_outbox import NOW, Recorder, send


@pytest.fixture
def far_end() -> Iterator[Recorder]:
    """A remote topic of a test's own."""
    recorder = Recorder()
    handles("test.topic", remote=True)(recorder)
    yield recorder
    del queue._topics["test.topic"]


def test_remote_work_holds_no_transaction_and_its_message_goes_when_it_is_done(
    committed: object, far_end: Recorder
) -> None:
    held: list[bool] = []
    far_end.before = lambda: held.append(connection.in_atomic_block)
    far_end.failing = {2}
    Message.objects.all().delete()
    send(1, 2, 3)
    assert deliver_due(NOW) == 3
    assert held == [False, False, False]
    assert far_end.seen == [1, 3]
    left = Message.objects.get()
    assert (left.subject_id, left.attempts, left.due_at) == (2, 1, NOW + timedelta(seconds=BACK_OFF_S[0]))


def test_a_slow_far_end_leaves_the_rest_for_the_next_turn(
    db: None, far_end: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "REMOTE_S", 0.02)
    far_end.before = lambda: time.sleep(0.03)
    send(1, 2, 3)
    assert deliver_due(NOW) == 1
    assert {(row.attempts, row.leased_until) for row in Message.objects.all()} == {(0, None)}
    assert [deliver_due(NOW) for _turn in range(3)] == [1, 1, 0]
    assert far_end.seen == [1, 2, 3]


def test_what_another_worker_has_leased_meanwhile_is_left_to_it(db: None, far_end: Recorder) -> None:
    send(1)
    (mine,) = queue._lease(NOW, 10)
    (theirs,) = queue._lease(NOW + queue.LEASE, 10)
    topic = queue._topics["test.topic"]
    queue._deliver_remote([(topic, mine)], NOW)
    assert far_end.seen == []
    queue._deliver_remote([(topic, theirs)], NOW)
    assert far_end.seen == [1]
    assert not Message.objects.exists()
