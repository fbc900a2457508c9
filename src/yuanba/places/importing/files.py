"""Reading a file of places from beginning to end."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Viewer
from yuanba.kernel.sheets import Rejection, no_table, open_table, write_table
from yuanba.kernel.sheets.limits import OPERATOR, Limits, check_file_size
from yuanba.places.datum import Datum
from yuanba.places.importing.branches import Branch, RowProblem
from yuanba.places.importing.fields import HEADINGS, find_columns
from yuanba.places.importing.geojson import EXTRA, FeatureReader, is_json
from yuanba.places.importing.planting import Planter
from yuanba.places.importing.report import ImportReport
from yuanba.places.importing.rows import RowReader
from yuanba.places.importing.served import Served
from yuanba.places.models import Place

BATCH_ROWS = 2_000
Progress = Callable[[int, int], None]
Line = Branch | Rejection


def import_places(
    path: str | os.PathLike[str],
    *,
    actor: Viewer,
    dry_run: bool = False,
    mapping: Mapping[str, str] | None = None,
    datum: Datum | None = None,
    within: Place | None = None,
    served: Sequence[str] = (),
    own_only: bool = False,
    progress: Progress | None = None,
    at: datetime | None = None,
    limits: Limits = OPERATOR,
    batch_rows: int = BATCH_ROWS,
) -> ImportReport:
    """Take the places of an .xlsx, .csv, .csv.gz or GeoJSON file into the tree, in batches of `batch_rows`.

    Columns are found by their headings (`fields.HEADINGS`) or told by `mapping` from field to heading, an
    empty heading meaning none. Coordinates are in `datum`, or in what a column or heading says, or else
    WGS-84. Rows that don't say what they lie in go under `within`. Where `served` has six-digit codes
    (`served_codes` are the district's), rows whose code lies in none of them are told of, or with `own_only` rejected.
    `progress` gets (done, total).

    Every batch is one transaction and a place that stands is found again, so a run that broke off is simply
    started anew. Places of the administration are known by their 12-digit code and renamed where the file has
    another name; the old one stays as an alias. Raises `kernel.sheets.UnreadableFile` and `Invalid`.
    """
    planter = Planter(actor=actor, at=at or timezone.now(), dry_run=dry_run, within=within)
    report = ImportReport(dry_run)
    here = Served(served, own_only=own_only)
    read = _lines(_File(Path(path), mapping, datum, progress, limits), report)
    lines = (here.look(line) if isinstance(line, Branch) else line for line in read)
    while batch := list(islice(lines, batch_rows)):
        rejected = [line for line in batch if isinstance(line, Rejection)]
        report.add(ImportReport(dry_run, rows=len(rejected), rejected=rejected))
        report.add(planter.plant([line for line in batch if isinstance(line, Branch)]))
    report.rejected.sort(key=lambda rejection: rejection.row)
    report.hints += filter(None, (planter.suspicion.hint(report.datum), here.hint()))
    return report


def fields_of_files() -> dict[str, tuple[str, ...]]:
    """Every field and the headings it is found by, best first; for GeoJSON also what only features have."""
    return {**HEADINGS, **EXTRA}


def save_rejections(report: ImportReport, path: str | os.PathLike[str]) -> int:
    """Write the rows not taken as a table beside the file; without any, remove one that an earlier run left.
    Returns how many there are.
    """
    if not report.rejected:
        Path(path).unlink(missing_ok=True)
        return 0
    columns = (_("Row"), _("Column"), _("Reason"))
    rows = ((line.row, line.column, line.reason) for line in report.rejected)
    return write_table(path, columns, rows, sheet=_("Rejected rows"), widths=(8, 20, 80))


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    mapping: Mapping[str, str] | None
    datum: Datum | None
    progress: Progress | None
    limits: Limits


def _lines(file: _File, report: ImportReport) -> Iterator[Line]:
    check_file_size(file.path.stat().st_size, file.limits)
    with file.path.open("rb") as opened:
        json = is_json(opened.read(64))
    return _features(file, report) if json else _table_rows(file, report)


def _table_rows(file: _File, report: ImportReport) -> Iterator[Line]:
    with open_table(file.path, limits=file.limits, on_progress=file.progress) as table:
        columns = find_columns(table.columns, file.mapping)
        if not columns and table.is_plain_text:
            raise no_table()
        reader = RowReader(table.columns, columns, file.datum)
        report.datum = reader.datum
        for row in table:
            try:
                yield reader.read(row)
            except RowProblem as problem:
                yield Rejection(row.number, problem.field or reader.where, problem.message)


def _features(file: _File, report: ImportReport) -> Iterator[Line]:
    reader = FeatureReader(file.path, file.mapping, file.datum)
    report.datum = reader.datum
    for number, feature in reader:
        try:
            yield reader.read(number, feature)
        except RowProblem as problem:
            yield Rejection(number, problem.field or "properties", problem.message)
        if file.progress and (number % BATCH_ROWS == 0 or number == reader.total):
            file.progress(number, reader.total)
