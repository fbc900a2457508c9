"""What is part of an action shares its transaction, and its fate."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from yuanba.kernel.as_one import as_one
from yuanba.kernel.outbox.models import Message
from yuanba.kernel.tests.test_outbox import NOW

pytestmark = pytest.mark.django_db


def refused_after(number: int) -> None:
    with as_one():
        note(number)
        raise ValueError("no")


def note(number: int) -> None:
    Message.objects.create(topic="x", subject_id=number, created_at=NOW, due_at=NOW)


def kept() -> list[int]:
    return sorted(Message.objects.values_list("subject_id", flat=True))


def test_a_refusal_in_a_part_takes_the_whole_back() -> None:
    def work() -> None:
        with as_one():
            note(1)
            refused_after(2)

    with pytest.raises(ValueError, match="no"):
        work()
    assert kept() == []


def test_work_around_an_action_survives_its_refusal() -> None:
    """A loop over many matters goes on where one could not be done."""
    with transaction.atomic():
        note(1)
        with pytest.raises(ValueError, match="no"):
            refused_after(2)
        note(3)
    assert kept() == [1, 3]


def test_parts_cost_no_statements_of_their_own() -> None:
    with CaptureQueriesContext(connection) as whole, as_one():
        note(1)
    with CaptureQueriesContext(connection) as in_parts, as_one(), as_one(), as_one():
        note(2)
    assert len(in_parts) == len(whole)


def test_the_next_action_stands_for_itself_again() -> None:
    with pytest.raises(ValueError, match="no"):
        refused_after(1)
    with as_one():
        note(4)
    assert kept() == [4]
