"""Making an archive: every table and stored file as they were at one moment, while everybody goes on
working.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import SpooledTemporaryFile, TemporaryFile
from typing import IO, Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yuanba.kernel.crypto import key_id
from yuanba.kernel.errors import Invalid, NotAllowed
from yuanba.kernel.files.models import StoredFile
from yuanba.kernel.files.store import file_store
from yuanba.kernel.keeping.archive import BLOCK, MANIFEST, PART_BYTES, ArchiveWriter
from yuanba.kernel.keeping.checking import FilesSum, Progress, TableSum, check, digest_of, quiet
from yuanba.kernel.keeping.manifest import Manifest, TableRecord
from yuanba.kernel.keeping.tables import Table, tables
from yuanba.kernel.keeping.values import writer

FETCH = 1000


@dataclass(frozen=True, slots=True)
class Kept:
    """What an archive holds; ``missing`` are stored files that the storage had lost already."""

    tables: int
    rows: int
    files: int
    bytes: int
    missing: tuple[str, ...]


def backup(path: Path, progress: Progress = quiet) -> Kept:
    """Write the archive and read it back; only a whole one ever stands at `path`. ``progress`` takes (rows,
    of all).

    Memory stays flat. Writers are not held up. Raises `Invalid` where `path` can't be written.
    """
    beside = path.with_name(f".{path.name}.part")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise Invalid(
            _("The archive can't be written there: %(why)s.") % {"why": error.strerror}, field="FILE"
        ) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            with closing(ArchiveWriter(file)) as archive:
                manifest, missing = _write(archive, progress)
            file.flush()
            os.fsync(file.fileno())
        check(beside)
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
    return Kept(
        len(manifest.tables), manifest.rows, manifest.files.count, path.stat().st_size, tuple(missing)
    )


def _write(archive: ArchiveWriter, progress: Progress) -> tuple[Manifest, list[str]]:
    files, missing = FilesSum(), list[str]()
    with TemporaryFile() as paths:
        records = _write_tables(archive, paths, progress)
        paths.seek(0)
        for line in paths:
            path = line.decode("ascii").strip()
            if not _add_file(archive, path, files):
                missing.append(path)
    manifest = Manifest(
        format="yuanba backup 1",
        version=version("yuanba"),
        engine=connection.vendor,
        made_at=timezone.now(),
        personal_data_key=key_id(),
        tables=tuple(records),
        files=files.record(),
    )
    archive.add_bytes(MANIFEST, manifest.model_dump_json(indent=1).encode())
    return manifest, missing


def _write_tables(archive: ArchiveWriter, paths: IO[bytes], progress: Progress) -> list[TableRecord]:
    """Add every table, and note in `paths` which files belong to them: those are fetched after the snapshot,
    which must not stay open for as long as a store elsewhere takes.
    """
    records = list[TableRecord]()
    with _snapshot():
        kept = tables()
        total, done = sum(map(_count, kept)), 0
        for table in kept:
            table_sum = TableSum()
            for number, part in enumerate(_parts(table)):
                archive.add_bytes(f"tables/{table.label}/{number:06}.jsonl", part)
                table_sum.add(part)
                progress(done + table_sum.rows, total)
            done += table_sum.rows
            records.append(
                TableRecord(
                    label=table.label,
                    columns=table.columns,
                    rows=table_sum.rows,
                    sha256=table_sum.digest.hexdigest(),
                )
            )
        for stored in StoredFile.objects.order_by("pk").iterator(chunk_size=FETCH):
            small = [stored.thumbnail_path] * (stored.kind == StoredFile.Kind.PHOTO)
            paths.writelines(f"{path}\n".encode() for path in (stored.path, *small))
    return records


@contextmanager
def _snapshot() -> Iterator[None]:
    """Reads inside see one moment of the database; nobody's writing waits for it."""
    if connection.in_atomic_block:
        raise NotAllowed("a backup starts outside any transaction")
    if connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    # Not `atomic`: settings make its transactions immediate, which would take the writers' lock.
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def _count(table: Table) -> int:
    return table.model._base_manager.count()


def _parts(table: Table) -> Iterator[bytes]:
    """The table's rows as JSON lines, in pieces of a few megabytes."""
    lines, size = list[bytes](), 0
    for row in _rows(table):
        line = json.dumps(row, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n"
        lines.append(line)
        size += len(line)
        if size >= PART_BYTES:
            yield b"".join(lines)
            lines, size = [], 0
    if lines:
        yield b"".join(lines)


def _rows(table: Table) -> Iterator[list[Any]]:
    writers = [writer(field) for field in table.fields]
    sql = f"SELECT {table.quoted_columns} FROM {table.quoted_name} ORDER BY {table.quoted_key}"  # noqa: S608 - own names
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(FETCH):
            for row in rows:
                yield [convert(value) for convert, value in zip(writers, row, strict=True)]


def _add_file(archive: ArchiveWriter, path: str, files: FilesSum) -> bool:
    """Add a stored file; False when the store no longer has it. Raises `Away` when the store can't be reached."""
    with SpooledTemporaryFile(max_size=PART_BYTES) as whole:
        try:
            with file_store().open(path, "rb") as content:
                shutil.copyfileobj(content, whole, BLOCK)
        except FileNotFoundError:
            return False
        size = whole.tell()
        whole.seek(0)
        digest = digest_of(whole)
        whole.seek(0)
        archive.add(f"files/{path}", size, whole)
    files.add(path, size, digest)
    return True
