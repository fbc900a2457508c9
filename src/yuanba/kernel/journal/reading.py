"""Entries straight from the database as tuples, for the passes that read millions of them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction

from yuanba.kernel.journal.canonical import document, timestamp

COLUMNS = "subject_kind, subject_id, seq, at, kind, actor, data, prev, hash"
CHUNK = 5000


class Row(NamedTuple):
    subject_kind: str
    subject_id: int
    seq: int
    at: datetime | str
    kind: str
    actor: str
    data: str
    prev: str
    hash: str


def at_text(at: datetime | str) -> str:
    """The entry's time as the journal writes it, from what the driver gives: an aware datetime or SQLite's
    text.
    """
    if isinstance(at, str):
        day, _, clock = at.partition(" ")
        whole, _, fraction = clock.partition(".")
        return f"{day}T{whole}.{fraction or '0':0<6}Z"
    return timestamp(at) if at.utcoffset() else at.isoformat("T", "microseconds")[:26] + "Z"


def row_document(row: Sequence[Any]) -> bytes:
    """The bytes whose SHA-256 is the entry's hash, from a row of `COLUMNS`."""
    kind, key, seq, at, entry_kind, actor, data, prev = row[:8]
    return document(f"{kind}:{key}", seq, at_text(at), entry_kind, actor, data, prev)


def stream(sql: str, params: Sequence[str | int] = ()) -> Iterator[tuple[Any, ...]]:
    """Rows of a raw query with flat memory: a server-side cursor on PostgreSQL, SQLite's own stepping there."""
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        with transaction.atomic(), connection.connection.cursor(name="journal_stream", binary=True) as cursor:
            cursor.itersize = CHUNK
            cursor.execute(sql, params)
            yield from cursor
        return
    with connection.cursor() as wrapped:
        wrapped.execute(sql, params)
        while rows := wrapped.fetchmany(CHUNK):
            yield from rows
