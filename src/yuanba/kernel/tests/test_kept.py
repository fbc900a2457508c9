"""Kept statements give and write what the ORM's own would."""

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.transaction import TransactionManagementError
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext

from yuanba.demo.cast import Cast
from yuanba.kernel.kept import KeptRow, KeptSelect, KeptValues
from yuanba.kernel.outbox.models import Message
from yuanba.matters.models import Matter, Suggestion
from yuanba.matters.tests.walking import Walk
from yuanba.people.models import Organization

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def columns(row: Matter | Message | Organization) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_whole_objects_come_as_from_the_orm_with_what_they_refer_to(cast: Cast) -> None:
    first, second = (Walk(cast).receive("路灯不亮").matter for _row in range(2))
    kept = KeptSelect(lambda key: Matter.objects.select_related("owner", "supervisor").filter(pk=key))
    for wanted in (first, second):
        with CaptureQueriesContext(connection) as ran:
            (found,) = kept.rows(wanted.pk)
            owner, supervisor = found.owner, found.supervisor
        assert len(ran) == 1, "what was joined is there"
        assert columns(found) == columns(Matter.objects.get(pk=wanted.pk))
        assert columns(owner) == columns(Organization.objects.get(pk=wanted.owner_id))
        assert supervisor is None
        assert not found._state.adding
    assert kept.rows(0) == []


def test_a_reverse_one_to_one_that_is_missing_costs_no_query(cast: Cast) -> None:
    matter = Walk(cast).receive("路灯不亮").matter
    kept = KeptSelect(lambda key: Matter.objects.select_related("suggestion").filter(pk=key))
    (found,) = kept.rows(matter.pk)
    with CaptureQueriesContext(connection) as ran, pytest.raises(Suggestion.DoesNotExist):
        _ = found.suggestion
    assert len(ran) == 0


def test_deferred_columns_stay_deferred(cast: Cast) -> None:
    matter = Walk(cast).receive("路灯不亮").matter
    (found,) = KeptSelect(lambda key: Matter.objects.defer("text").filter(pk=key)).rows(matter.pk)
    assert found.get_deferred_fields() == {"text"}
    assert found.text == matter.text


def test_values_of_numbers_and_texts_go_where_they_belong(cast: Cast) -> None:
    matters = [Walk(cast).receive("路灯不亮").matter for _row in range(3)]

    def shape(digest: str, key: int) -> QuerySet[Matter, tuple[int, bool]]:
        same = Matter.objects.filter(pk=OuterRef("pk"), track_digest=digest)
        rows = Matter.objects.filter(pk__gte=key, state="received").order_by("pk")
        return rows.values_list("pk", Exists(same))

    kept = KeptValues(shape, 2)
    for asked in matters:
        expected = [(row.pk, row.pk == asked.pk) for row in matters if row.pk >= matters[1].pk]
        assert kept.rows(asked.track_digest, matters[1].pk) == expected


def test_a_locking_query_needs_a_transaction_each_time(committed: Cast) -> None:
    if not connection.features.has_select_for_update:
        pytest.skip("SQLite locks the whole file and has no locking query")
    office = committed.offices["yucheng"].pk
    kept = KeptSelect(lambda key: Organization.objects.select_for_update().filter(pk=key))
    with transaction.atomic():
        assert [row.pk for row in kept.rows(office)] == [office]
    with pytest.raises(TransactionManagementError):
        kept.rows(office)


@pytest.mark.django_db
def test_a_row_is_inserted_and_written_whole() -> None:
    rows = KeptRow(Message)
    message = Message(topic="t", subject_id=7, data={"字": ["𠮷", 1]}, created_at=AT, due_at=AT)
    rows.insert(message)
    assert message.pk
    assert columns(Message.objects.get(pk=message.pk)) == columns(message)
    message.data, message.dead_at, message.last_error = {}, AT, "为什么"
    rows.update(message)
    assert columns(Message.objects.get(pk=message.pk)) == columns(message)


def test_a_key_that_was_reserved_is_kept(cast: Cast) -> None:
    office = cast.offices["yucheng"]
    copy = Organization(**{name: value for name, value in columns(office).items() if name != "id"})
    copy.pk, copy.code, copy.path, copy.place_id = office.pk + 1000, "copy", office.path + "zzz0", None
    KeptRow(Organization).insert(copy)
    assert model_to_dict(Organization.objects.get(pk=copy.pk)) == model_to_dict(copy)


@pytest.mark.django_db
def test_many_rows_are_written_together() -> None:
    rows = KeptRow(Message)
    messages = [Message(topic="t", subject_id=key, created_at=AT, due_at=AT) for key in range(3)]
    for message in messages:
        rows.insert(message)
        message.attempts = message.subject_id + 5
    rows.update_all(messages)
    assert list(Message.objects.order_by("pk").values_list("attempts", flat=True)) == [5, 6, 7]
    rows.update_all([])


@pytest.mark.django_db
def test_a_row_that_is_gone_is_not_written_in_silence() -> None:
    rows = KeptRow(Message)
    kept, gone = (Message(topic="t", subject_id=key, created_at=AT, due_at=AT) for key in range(2))
    rows.insert(kept)
    rows.insert(gone)
    Message.objects.filter(pk=gone.pk).delete()
    with pytest.raises(Message.DoesNotExist):
        rows.update(gone)
    with pytest.raises(Message.DoesNotExist):
        rows.update_all([kept, gone])
