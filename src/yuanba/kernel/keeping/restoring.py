"""Putting an archive into an empty database: all of it or nothing."""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import File
from django.core.management.color import no_style
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from yuanba.kernel.crypto import key_ids
from yuanba.kernel.errors import NotAllowed
from yuanba.kernel.files.store import file_store
from yuanba.kernel.health import not_migrated
from yuanba.kernel.keeping.archive import Damaged, Member, members
from yuanba.kernel.keeping.checking import Progress, check, digest_of, quiet
from yuanba.kernel.keeping.manifest import Manifest
from yuanba.kernel.keeping.tables import MADE_BY_MIGRATE, Table, tables
from yuanba.kernel.keeping.values import reader

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back. Without `same_key`, names and phones stay unreadable until the archive's key is
    given.
    """

    tables: int
    rows: int
    files: int
    same_key: bool


def restore(path: Path, progress: Progress = quiet) -> Restored:
    """Check the archive to its last byte, then load it in one transaction. ``progress`` takes (rows, of all).

    Raises `Damaged` for an archive that is not whole, `NotAllowed` for a database that is not migrated, not
    empty or of another version, `Away` without the store of files; in each case the database stays as it was.
    Files come first, outside the transaction, and lie under their hash: a crash leaves at worst files that the
    daily sweep removes.
    """
    manifest = check(path)
    _require_migrated()
    kept = _matching_tables(manifest)
    _require_empty(kept.values())
    _load_files(path)
    try:
        with transaction.atomic():
            _require_empty(kept.values())
            _clear(kept.values())
            _load(path, kept, manifest.rows, progress)
            _continue_keys(kept.values())
    except DatabaseError as error:
        raise Damaged(
            _("The database refused the archive: %(why)s Nothing was changed.") % {"why": error}
        ) from error
    finally:
        ContentType.objects.clear_cache()
    same_key = manifest.personal_data_key in key_ids()
    return Restored(len(kept), manifest.rows, manifest.files.count, same_key)


def _require_migrated() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise not_migrated()


def _matching_tables(manifest: Manifest) -> dict[str, Table]:
    """Our tables by label, when the archive has exactly these with exactly these columns."""
    ours = {table.label: table for table in tables()}
    theirs = {record.label: frozenset(record.columns) for record in manifest.tables}
    if theirs != {label: frozenset(table.columns) for label, table in ours.items()}:
        raise NotAllowed(
            _(
                "The archive was made by version %(version)s, whose tables differ from this version's. "
                "Install that version, restore there, then upgrade."
            )
            % {"version": manifest.version},
            code="other_version",
        )
    columns = {record.label: record.columns for record in manifest.tables}
    return {label: table.ordered(columns[label]) for label, table in ours.items()}


def _require_empty(kept: Iterable[Table]) -> None:
    for table in kept:
        if table.label not in MADE_BY_MIGRATE and table.model._base_manager.exists():
            raise NotAllowed(
                _("This database is not empty (%(table)s has rows). Restore into a new one.")
                % {"table": table.label},
                code="not_empty",
            )


def _clear(kept: Iterable[Table]) -> None:
    """Remove what `migrate` filled in, referring rows first."""
    with connection.cursor() as cursor:
        for table in reversed(list(kept)):
            if table.label in MADE_BY_MIGRATE:
                cursor.execute(f"DELETE FROM {table.quoted_name}")  # noqa: S608 - our own table names


def _load_files(path: Path) -> None:
    file_store().claim()
    for member in members(path):
        if member.path:
            _store(member)


def _load(path: Path, kept: dict[str, Table], total: int, progress: Progress) -> None:
    done = 0
    for member in members(path):
        if member.label:
            done += _insert(kept[member.label], member)
            progress(done, total)


def _insert(table: Table, member: Member) -> int:
    sql = (
        f"INSERT INTO {table.quoted_name} ({table.quoted_columns}) "  # noqa: S608 - our own table names
        f"VALUES ({', '.join(['%s'] * len(table.fields))})"
    )
    count = 0
    with connection.cursor() as cursor:
        for batch in _batches(_rows(table, member)):
            cursor.executemany(sql, batch)
            count += len(batch)
    return count


def _rows(table: Table, member: Member) -> Iterator[list[Any]]:
    readers = [reader(field) for field in table.fields]
    for line in member.content.read().splitlines():
        try:
            row = json.loads(line)
            yield [take(value) for take, value in zip(readers, row, strict=True)]
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise Damaged(
                _("A row of %(table)s in the archive can't be read. Nothing was changed.")
                % {"table": table.label}
            ) from error


def _batches(rows: Iterator[list[Any]]) -> Iterator[list[list[Any]]]:
    while batch := [row for _place, row in zip(range(BATCH), rows, strict=False)]:
        yield batch


def _store(member: Member) -> None:
    """Store a file under the path its hash gives it, unless the very same is there."""
    files = file_store()
    with suppress(FileNotFoundError), files.open(member.path, "rb") as there:
        if member.sha256 and digest_of(there) == member.sha256:
            return
    files.save(member.path, File(cast(IO[bytes], member.content), name=member.path))


def _continue_keys(kept: Iterable[Table]) -> None:
    """New rows get keys after the restored ones."""
    statements = connection.ops.sequence_reset_sql(no_style(), [table.model for table in kept])
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
