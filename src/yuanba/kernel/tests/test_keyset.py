import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanba.kernel.errors import Invalid
from yuanba.kernel.keyset import page
from yuanba.kernel.outbox.models import Message

NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)


def cursor_of(values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.fixture
def messages(db: None) -> list[int]:
    rows = [
        Message(topic="t", subject_id=number, created_at=NOW, due_at=NOW + timedelta(hours=number // 3))
        for number in range(11)
    ]
    return [row.subject_id for row in Message.objects.bulk_create(rows)]


@pytest.mark.parametrize("order", [("pk",), ("-pk",), ("due_at", "pk"), ("-due_at", "-pk"), ("topic", "pk")])
def test_pages_together_are_the_whole_list_once(messages: list[int], order: tuple[str, ...]) -> None:
    seen: list[int] = []
    after = ""
    while True:
        found = page(Message.objects.all(), order, after, 4)
        seen += [row.subject_id for row in found.rows]
        after = found.next
        if not after:
            break
    assert seen == list(Message.objects.order_by(*order).values_list("subject_id", flat=True))


def test_rows_added_before_the_cursor_move_nothing(messages: list[int]) -> None:
    first = page(Message.objects.all(), ("-pk",), "", 4)
    Message.objects.create(topic="t", subject_id=99, created_at=NOW, due_at=NOW)
    second = page(Message.objects.all(), ("-pk",), first.next, 4)
    assert [row.subject_id for row in second.rows] == [6, 5, 4, 3]


DAMAGED = [
    "x",
    "é",
    "=" * 9,
    cursor_of({}),
    cursor_of([1]),
    cursor_of([1, 2]),
    cursor_of(["2026-03-10T04:00:00+00:00", True]),
    cursor_of(["2026-03-10T04:00:00", 5]),
    cursor_of(["2026-13-45T99:00:00+00:00", 5]),
    cursor_of(["9999-12-31T23:00:00-12:00", 5]),
    cursor_of(["2026-03-10T04:00:00+00:00", 10**30]),
    cursor_of(["2026-03-10T04:00:00+00:00", "5"]),
    cursor_of([None, None]),
    base64.urlsafe_b64encode(b"[" * 20_000).decode(),
]


@pytest.mark.django_db
@pytest.mark.parametrize("cursor", DAMAGED)
def test_a_damaged_cursor_is_refused_kindly(cursor: str) -> None:
    with pytest.raises(Invalid) as caught:
        page(Message.objects.all(), ("due_at", "id"), cursor)
    assert caught.value.field == "after"


@pytest.mark.django_db
@given(st.text(max_size=80) | st.binary(max_size=80).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_no_cursor_breaks_the_list(cursor: str) -> None:
    if not cursor:
        return
    with pytest.raises(Invalid):
        page(Message.objects.all(), ("due_at", "id"), cursor)


def test_a_list_runs_in_one_direction() -> None:
    with pytest.raises(ValueError, match="direction"):
        page(Message.objects.all(), ("due_at", "-id"))
