"""Re-checking the whole journal: every hash, every link, every head, every sealed day."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from django.apps import apps
from django.db import connection

from yuanba.kernel.journal.models import Entry, Journaled
from yuanba.kernel.journal.reading import COLUMNS, row_document, stream
from yuanba.kernel.journal.sealing import check_days

Progress = Callable[[int], None]
REPORT_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Break:
    """One place where the journal does not hold: what, and why."""

    where: str
    why: str


@dataclass(slots=True)
class Verification:
    """The result: `entries` looked at, `broken` findings in all, of which `breaks` keeps the first thousand."""

    entries: int = 0
    broken: int = 0
    days: int = 0
    breaks: list[Break] = field(default_factory=list)

    def report(self, where: str, why: str) -> None:
        self.broken += 1
        if len(self.breaks) < REPORT_LIMIT:
            self.breaks.append(Break(where, why))


def journaled_models() -> list[type[Journaled]]:
    return [model for model in apps.get_models() if issubclass(model, Journaled)]


def verify(progress: Progress | None = None) -> Verification:
    """Read every entry once and re-compute what it claims; flat memory, no lock taken.

    Finds changed, removed, inserted, reordered and forked entries, subjects whose history was cut short or
    that vanished, and days whose entries no longer give their published root.
    """
    result = Verification()
    _check_chains(result, progress)
    for model in journaled_models():
        _check_heads(model, result)
    _check_known_subjects(result)
    for day, why in _days(result):
        result.report(f"day {day}", why)
    return result


def _check_chains(result: Verification, progress: Progress | None) -> None:
    table = connection.ops.quote_name(Entry._meta.db_table)
    sql = f"SELECT {COLUMNS} FROM {table} ORDER BY subject_kind, subject_id, seq"  # noqa: S608 - constant names
    subject: tuple[Any, Any] = ("", 0)
    seq, head = 0, ""
    for row in stream(sql):
        if row[:2] != subject:
            subject, seq, head = row[:2], 0, ""
        if (why := _fault(row, seq + 1, head)) is not None:
            result.report(f"{row[0]}:{row[1]}#{row[2]}", why)
        seq, head = row[2], row[8]
        result.entries += 1
        if progress is not None and not result.entries % 10_000:
            progress(result.entries)


def _fault(row: tuple[Any, ...], seq: int, head: str) -> str | None:
    if row[2] != seq:
        return f"entry {seq} is missing before it"
    if row[7] != head:
        return "it does not follow from the entry before it"
    if sha256(row_document(row)).hexdigest() != row[8]:
        return "its content does not match its hash"
    return None


def _check_heads(model: type[Journaled], result: Verification) -> None:
    """Each subject's row names its last entry: compare, so that a chain cut at its end shows."""
    subjects = connection.ops.quote_name(model._meta.db_table)
    entries = connection.ops.quote_name(Entry._meta.db_table)
    sql = (
        f"SELECT s.id, s.version FROM {subjects} s "  # noqa: S608 - our own table names
        f"LEFT JOIN {entries} e ON e.subject_kind = %s AND e.subject_id = s.id AND e.seq = s.version "
        f"WHERE e.hash IS NULL OR e.hash <> s.journal_hash "
        f"OR EXISTS (SELECT 1 FROM {entries} n WHERE n.subject_kind = %s AND n.subject_id = s.id "
        f"AND n.seq = s.version + 1)"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [model.journal_kind, model.journal_kind])
        for key, version in cursor.fetchall():
            result.report(
                f"{model.journal_kind}:{key}",
                f"its record says entry {version} is its last; the journal differs",
            )


def _check_known_subjects(result: Verification) -> None:
    """Entries of a kind no model has, or of a subject whose row is gone."""
    entries = connection.ops.quote_name(Entry._meta.db_table)
    known = {model.journal_kind: model for model in journaled_models()}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT subject_kind FROM {entries}")  # noqa: S608
        kinds = [row[0] for row in cursor.fetchall()]
        for kind in kinds:
            if kind not in known:
                result.report(kind, "no record of this kind exists")
                continue
            subjects = connection.ops.quote_name(known[kind]._meta.db_table)
            cursor.execute(
                f"SELECT e.subject_id FROM {entries} e LEFT JOIN {subjects} s ON s.id = e.subject_id "  # noqa: S608
                f"WHERE e.subject_kind = %s AND e.seq = 1 AND s.id IS NULL",
                [kind],
            )
            for (key,) in cursor.fetchall():
                result.report(f"{kind}:{key}", "it has a history but its record is gone")


def _days(result: Verification) -> Iterable[tuple[date, str]]:
    for day, why in check_days():
        result.days += 1
        if why:
            yield day, why
