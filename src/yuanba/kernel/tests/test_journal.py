import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from yuanba.kernel.journal.append import append
from yuanba.kernel.journal.canonical import canonical
from yuanba.kernel.journal.models import DailyRoot, Entry
from yuanba.kernel.journal.proof import prove
from yuanba.kernel.journal.sealing import seal_days
from yuanba.kernel.journal.verification import verify

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)


@pytest.fixture
def place(cast: Any) -> Any:
    return cast.places["unit_2"]


def write(subject: Any, count: int = 1, at: datetime = NOON) -> list[Entry]:
    with transaction.atomic():
        made = [
            append(subject, kind="noted", actor="system/test", at=at, data={"n": n}) for n in range(count)
        ]
        subject.save()
    return made


def without_guards(change: Callable[[Any], None]) -> None:
    """What an intruder with the database's own superuser rights could do."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE kernel_entry DISABLE TRIGGER ALL")
            cursor.execute("ALTER TABLE kernel_dailyroot DISABLE TRIGGER ALL")
            change(cursor)
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        guards = cursor.fetchall()
        for name, _sql in guards:
            cursor.execute(f'DROP TRIGGER "{name}"')
        change(cursor)
        for _name, sql in guards:
            cursor.execute(sql)


def test_an_untouched_journal_verifies(place: Any) -> None:
    write(place, 3)
    result = verify()
    assert result.broken == 0, result.breaks
    assert result.entries == Entry.objects.count() > 3


def test_an_entry_hashes_the_canonical_document_of_its_other_columns(place: Any) -> None:
    (entry,) = write(place)
    expected = {
        "actor": "system/test",
        "at": "2026-03-10T04:00:00.000000Z",
        "data": {"n": 0},
        "kind": "noted",
        "prev": entry.prev,
        "seq": entry.seq,
        "subject": f"place:{place.pk}",
    }
    document = json.dumps(expected, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert entry.hash == sha256(document.encode()).hexdigest()


@pytest.mark.parametrize("sql", ["UPDATE kernel_entry SET kind = 'forged'", "DELETE FROM kernel_entry"])
def test_the_database_refuses_to_change_or_remove_entries(place: Any, sql: str) -> None:
    write(place)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


EVERY_COLUMN = "subject_kind, subject_id, seq, at, kind, actor, data, prev, hash"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite knows REPLACE")
@pytest.mark.parametrize(
    "sql",
    [
        f"REPLACE INTO kernel_entry SELECT id, {EVERY_COLUMN.replace('actor', repr('forged'))} FROM kernel_entry",
        f"INSERT OR REPLACE INTO kernel_entry ({EVERY_COLUMN}) SELECT {EVERY_COLUMN} FROM kernel_entry",
        "REPLACE INTO kernel_dailyroot SELECT * FROM kernel_dailyroot",
        "INSERT OR REPLACE INTO kernel_dailyroot (day, entries, root, prev, chained, sealed_at) "
        "SELECT day, 0, root, prev, chained, sealed_at FROM kernel_dailyroot",
    ],
)
def test_the_database_refuses_to_replace_what_is_written(place: Any, sql: str) -> None:
    write(place)
    assert seal_days(NOON + timedelta(days=2))
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_an_entry_outside_a_transaction_is_refused(place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    outside = SimpleNamespace(in_atomic_block=False)
    with monkeypatch.context() as patch:
        patch.setattr("django.db.transaction.get_connection", lambda using=None: outside)
        with pytest.raises(RuntimeError, match="transaction"):
            append(place, kind="noted", actor="system/test", at=NOON)


def test_two_entries_can_not_take_the_same_number(place: Any) -> None:
    write(place)
    place.version -= 1
    with pytest.raises(DatabaseError), transaction.atomic():
        append(place, kind="noted", actor="system/test", at=NOON)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_canonical_json_is_one_form_for_one_value(value: Any) -> None:
    text = canonical({"value": value})
    assert canonical(json.loads(text)) == text


@pytest.mark.parametrize("value", [1.5, datetime(2026, 1, 1, tzinfo=UTC), b"bytes"])
def test_values_without_one_exact_form_are_refused(value: object) -> None:
    with pytest.raises(TypeError, match="journal takes"):
        canonical({"value": value})


COLUMNS = ("subject_id", "seq", "at", "kind", "actor", "data", "prev", "hash")


def _tamper(cursor: Any, rng: Random, entry: Entry) -> str:
    """One change that an intruder might make to one entry, or to the rows around it."""
    way: str = rng.choice([*COLUMNS, "delete", "insert", "cut"])
    key = entry.pk
    flipped = ("0" if entry.hash[0] != "0" else "1") + entry.hash[1:]
    values = {
        "subject_id": entry.subject_id + 100_000,
        "seq": entry.seq + 50,
        "at": connection.ops.adapt_datetimefield_value(entry.at + timedelta(seconds=rng.randint(1, 99))),
        "kind": "forged",
        "actor": "post:1/person:1",
        "data": '{"forged":true}',
        "prev": "f" * 64,
        "hash": flipped,
    }
    if way in values:
        cursor.execute(f"UPDATE kernel_entry SET {way} = %s WHERE id = %s", [values[way], key])
    elif way == "insert":
        names = "subject_kind, subject_id, seq, at, kind, actor, data, prev, hash"
        cursor.execute(
            f"INSERT INTO kernel_entry ({names}) SELECT {names.replace('seq', 'seq + 70')} "
            f"FROM kernel_entry WHERE id = %s",
            [key],
        )
    elif way == "cut":
        cursor.execute(
            "DELETE FROM kernel_entry WHERE subject_kind = %s AND subject_id = %s AND seq >= %s",
            [entry.subject_kind, entry.subject_id, entry.seq],
        )
    else:
        cursor.execute("DELETE FROM kernel_entry WHERE id = %s", [key])
    return way


@pytest.mark.parametrize("seed", range(40))
def test_every_random_tampering_is_found(place: Any, seed: int) -> None:
    rng = Random(seed)
    write(place, 6)
    target = rng.choice(list(Entry.objects.all()))
    ways: list[str] = []
    without_guards(lambda cursor: ways.append(_tamper(cursor, rng, target)))
    assert verify().broken > 0, f"{ways} on {target} was not found"


def test_a_sealed_day_can_not_lose_a_whole_subject(place: Any) -> None:
    write(place, 2)
    seal_days(NOON + timedelta(days=2))

    def vanish(cursor: Any) -> None:
        cursor.execute(
            "DELETE FROM kernel_entry WHERE subject_kind = 'place' AND subject_id = %s", [place.pk]
        )
        cursor.execute("DELETE FROM places_place WHERE id = %s", [place.pk])

    assert verify().broken == 0
    without_guards(vanish)
    assert any("published root" in found.why for found in verify().breaks)


def test_days_are_sealed_once_and_without_gaps(place: Any) -> None:
    write(place, 2)
    later = NOON + timedelta(days=3)
    first = seal_days(later)
    assert [row.day for row in first] == [first[0].day + timedelta(days=n) for n in range(len(first))]
    assert seal_days(later) == []
    assert DailyRoot.objects.count() == len(first)


def test_the_present_day_is_not_sealed_yet(place: Any) -> None:
    write(place, 1)
    assert NOON.date() not in {row.day for row in seal_days(NOON)}


def test_a_removed_seal_is_found(place: Any) -> None:
    write(place, 1)
    seal_days(NOON + timedelta(days=3))
    middle = DailyRoot.objects.order_by("day")[1]
    without_guards(lambda cursor: cursor.execute("DELETE FROM kernel_dailyroot WHERE id = %s", [middle.pk]))
    assert verify().broken > 0


def test_an_entry_is_proved_offline_against_its_days_root(place: Any) -> None:
    entries = write(place, 5)
    seal_days(NOON + timedelta(days=2))
    proof = prove(entries[2].pk)
    digest = sha256(proof.document.encode()).digest()
    assert digest.hex() == entries[2].hash
    from yuanba.kernel.journal.merkle import root_from_path

    siblings = [bytes.fromhex(sibling) for sibling in proof.siblings]
    assert root_from_path(digest, proof.index, proof.entries, siblings).hex() == proof.root
