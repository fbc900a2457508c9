"""Running an intake over a file, from its first row to the report."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Viewer
from yuanba.kernel.errors import Invalid
from yuanba.kernel.sheets import Rejected, Row, Table, UnreadableFile, guess_columns, no_table, open_table
from yuanba.matters.intake.batches import Taker
from yuanba.matters.intake.headings import HEADINGS
from yuanba.matters.intake.rows import DATE_ORDERS, Incoming, RowReader
from yuanba.matters.reporting import FILES
from yuanba.places.models import Place

BATCH = 500
SOURCE_LENGTH = 40
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class IntakeReport:
    """What became of a file's rows: rows = created + known + rejected. ``rejected_file`` is set when some
    were rejected; ``notes`` say in plain words what of the file was not looked at.
    """

    rows: int
    created: int
    known: int
    rejected: int
    rejected_file: Path | None
    notes: tuple[str, ...] = ()


def take_in(
    path: Path,
    *,
    within: Place,
    actor: Viewer,
    source: str = FILES,
    mapping: Mapping[str, str] | None = None,
    date_order: str = "ymd",
    sheet: str | None = None,
    progress: Progress | None = None,
) -> IntakeReport:
    """Take in every row of an .xlsx, .csv or .csv.gz file; rows already taken (by source and number) are left
    alone.

    Rejected rows go to ``<path>.rejected.xlsx`` (to the data directory where that can't be written) with row
    number, column and reason. Memory stays flat. `date_order` says how dates of a text file begin that do not
    begin with the year: mdy or dmy. `sheet` names one of a workbook's; without it the first that holds
    anything is read. Raises `UnreadableFile` for a file that is no table, `Invalid` when no column holds the
    text.
    """
    if not 0 < len(source.strip()) <= SOURCE_LENGTH:
        raise Invalid(_("Name the source in 1 to 40 characters."), field="source")
    if date_order not in DATE_ORDERS:
        raise Invalid(
            _("Choose one of: %(orders)s.") % {"orders": ", ".join(DATE_ORDERS)}, field="date_order"
        )
    expected = (*chain.from_iterable(HEADINGS.values()), *(mapping or {}).values())
    with (
        open_table(path, sheet=sheet, expected=expected, on_progress=progress) as table,
        Rejected(path) as rejected,
    ):
        reader = RowReader(_columns(table, mapping), list(table.columns), timezone.now(), date_order)
        taker = Taker(within, actor, source.strip(), reader)
        rows = known = 0
        for batch in _batches(table, taker):
            incoming: list[Incoming] = []
            for row in batch:
                read = reader.read(row)
                if isinstance(read, list):
                    rejected.add(read)
                else:
                    incoming.append(read)
            outcome = taker.take(incoming)
            for rejection in outcome.rejected:
                rejected.add([rejection])
            rows += len(batch)
            known += outcome.known
        file = rejected.write()
        notes = _notes(table, reader)
    return IntakeReport(rows, taker.created, known, rejected.rows, file, notes)


def _columns(table: Table, mapping: Mapping[str, str] | None) -> dict[str, int]:
    """Which column holds what. A file without a column of texts is read by its titles."""
    columns = guess_columns(table.columns, HEADINGS, mapping)
    if "text" not in columns and "title" in columns:
        columns["text"] = columns.pop("title")
    if "text" not in columns:
        if table.is_plain_text:
            raise no_table()
        message = _(
            "No column holds the text of the requests. Name it, as in --map text=HEADING. "
            "Headings: %(headings)s"
        )
        told = message % {"headings": "、".join(filter(None, table.columns))}
        raise Invalid(" ".join([told, *table.not_read()]), field="text")
    return columns


def _notes(table: Table, reader: RowReader) -> tuple[str, ...]:
    """What of the file was not looked at, so that nobody believes it was."""
    headings = Counter(filter(None, table.columns))
    used = dict.fromkeys(table.columns[column] for column in reader.columns.values())
    words = _("Several columns are called “%(heading)s”; the first was read.")
    doubled = [words % {"heading": heading} for heading in used if headings[heading] > 1]
    return (*table.not_read(), *doubled)


def _batches(table: Table, taker: Taker) -> Iterator[list[Row]]:
    """Rows by the batch. A file that turns out damaged on the way is refused, saying what was taken."""
    rows = iter(table)
    while True:
        try:
            batch = list(islice(rows, BATCH))
        except UnreadableFile as error:
            raise _with_count(error, taker.created) from error
        if not batch:
            return
        yield batch


def _with_count(error: UnreadableFile, created: int) -> UnreadableFile:
    if not created:
        return error
    taken = _("%(count)d matters were made of the rows before it; another run leaves them alone.")
    message = f"{error.message} {taken % {'count': created}}"
    return UnreadableFile(message, code=error.code, looks_like=error.looks_like, row=error.row)
