"""Many rows written at once are the rows that one by one would be, on either engine."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from yuanba.kernel.bulk import insert_many
from yuanba.kernel.outbox.models import Message

AT = datetime(2026, 3, 10, 4, 0, 0, 123456, tzinfo=UTC)
pytestmark = pytest.mark.django_db
ODD = ["\\", "\\N", "\\.", "a\tb\nc\rd", '"quoted"', "𠮷𪚥", "\u2028", "", " "]


def message(**values: object) -> Message:
    given = {"topic": "test.bulk", "subject_id": 1, "data": {}, "created_at": AT, "due_at": AT} | values
    return Message(**given)


def test_what_is_written_is_what_is_read() -> None:
    rows = [
        message(subject_id=2**40 + number, data={"text": text, "none": None}, last_error=text)
        for number, text in enumerate(ODD)
    ]
    rows[0].leased_until = AT + timedelta(microseconds=1)
    insert_many(rows)
    found = list(Message.objects.order_by("subject_id"))
    assert [(row.data["text"], row.last_error) for row in found] == [(text, text) for text in ODD]
    assert (found[0].leased_until, found[1].leased_until) == (rows[0].leased_until, None)
    assert {row.created_at for row in found} == {AT}
    assert len({row.pk for row in found}) == len(ODD)


def test_keys_that_were_given_are_kept() -> None:
    insert_many([message(pk=900_001), message(pk=900_002)])
    assert set(Message.objects.values_list("pk", flat=True)) == {900_001, 900_002}


def test_a_key_taken_twice_is_refused_and_nothing_is_written() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_many([message(pk=900_001), message(pk=900_001)])
    assert not Message.objects.exists()


def test_nothing_is_nothing() -> None:
    insert_many([])
