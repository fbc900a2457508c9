"""How every action here writes: a new row with its first entry, or a changed row with its next."""

from datetime import datetime
from typing import Any

from yuanba.kernel.authority import Viewer
from yuanba.kernel.journal.append import append
from yuanba.kernel.journal.models import Journaled
from yuanba.kernel.keys import reserve


def add(
    row: Journaled, kind: str, *, actor: Viewer, at: datetime, data: dict[str, Any] | None = None
) -> None:
    """Insert `row` under a reserved key together with its first journal entry; call inside a transaction."""
    (row.pk,) = reserve(type(row))
    append(row, kind=kind, actor=actor.actor, at=at, data=data)
    row.save(force_insert=True)


def change(
    row: Journaled,
    kind: str,
    *fields: str,
    actor: Viewer,
    at: datetime,
    data: dict[str, Any] | None = None,
) -> None:
    """Write `fields` of `row`, which the caller holds locked, together with its next journal entry."""
    append(row, kind=kind, actor=actor.actor, at=at, data=data)
    row.save(update_fields=[*fields, "version", "journal_hash"])


def correct(row: Journaled, given: dict[str, str], *, actor: Viewer, at: datetime) -> None:
    """Write those of `given` that differ, with one entry ``corrected`` that tells what stood there before."""
    before = {field: getattr(row, field) for field, value in given.items() if getattr(row, field) != value}
    if not before:
        return
    data = {field: {"from": old, "to": given[field]} for field, old in before.items()}
    for field in before:
        setattr(row, field, given[field])
    change(row, "corrected", *before, actor=actor, at=at, data=data)
