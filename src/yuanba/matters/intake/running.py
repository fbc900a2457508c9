"""Running an intake over a file, from its first row to the report."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yuanba.kernel.authority import Viewer
from yuanba.kernel.errors import Invalid
from yuanba.kernel.sheets import Rejection, Row, Table, UnreadableFile, guess_columns, no_table, open_table
from yuanba.matters.intake.batches import Taker
from yuanba.matters.intake.dates import ORDERS, is_two_ways, order_told
from yuanba.matters.intake.headings import HEADINGS, NOT_THE_REQUEST, datum_said
from yuanba.matters.intake.rejecting import RejectedRows
from yuanba.matters.intake.rows import Incoming, RowReader
from yuanba.matters.reporting import FILES
from yuanba.places.datum import Datum
from yuanba.places.models import Place

BATCH = 500
_ORDER_WORDS = {"mdy": gettext_lazy("month/day/year"), "dmy": gettext_lazy("day/month/year")}
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
    date_order: str = "",
    sheet: str | None = None,
    datum: Datum | None = None,
    progress: Progress | None = None,
) -> IntakeReport:
    """Take in every row of an .xlsx, .csv or .csv.gz file; rows already taken (by source and number) are left
    alone.

    Rejected rows go to ``<path>.rejected.xlsx`` (to the data directory where that can't be written): row
    number, column and reason, and on a second sheet the rows themselves, to be corrected and taken in. Memory
    stays flat. `date_order` says how dates of a text file begin that do not begin with the year: mdy or dmy;
    else the first date tells that can be read in one way only. `sheet` names one of a workbook's; without it
    the first with known headings is read. `datum` says in which system coordinates are, where their headings
    don't. Raises `UnreadableFile` for a file that is no table, `Invalid` when no column holds the text.
    """
    if not 0 < len(source.strip()) <= SOURCE_LENGTH:
        raise Invalid(_("Name the source in 1 to 40 characters."), field="source")
    if date_order not in {"", *ORDERS}:
        raise Invalid(_("Choose one of: %(orders)s.") % {"orders": ", ".join(ORDERS)}, field="date_order")
    expected = (*chain.from_iterable(HEADINGS.values()), *(mapping or {}).values())
    with open_table(path, sheet=sheet, expected=expected, on_progress=progress) as table:
        columns = _columns(table, mapping)
        datum = datum or datum_said(*(table.columns[columns[at]] for at in ("lon", "lat") if at in columns))
        reader = RowReader(columns, list(table.columns), timezone.now(), date_order or "ymd", datum)
        taker = Taker(within, actor, source.strip(), reader)
        rows, known, settled = 0, 0, bool(date_order)
        with RejectedRows(path, table.columns) as rejected:
            for batch in _batches(table, taker):
                if not settled and (told := _date_order(batch, reader, path, sheet, expected)):
                    reader.date_order, settled = told, True
                known += _take(batch, reader, taker, rejected)
                rows += len(batch)
            file = rejected.write()
        notes = (*_notes(table, reader), *taker.left.told())
    return IntakeReport(rows, taker.created, known, rejected.rows, file, notes)


def _take(batch: Sequence[Row], reader: RowReader, taker: Taker, rejected: RejectedRows) -> int:
    """Take one batch in; how many of its rows were known."""
    incoming: list[Incoming] = []
    problems: dict[int, list[Rejection]] = {}
    for row in batch:
        read = reader.read(row)
        if isinstance(read, list):
            problems[row.number] = read
        else:
            incoming.append(read)
    outcome = taker.take(incoming)
    for rejection in outcome.rejected:
        problems.setdefault(rejection.row, []).append(rejection)
    for row in batch:
        if row.number in problems:
            rejected.add_row(problems[row.number], row)
    return outcome.known


def _date_order(
    batch: Sequence[Row], reader: RowReader, path: Path, sheet: str | None, expected: Collection[str]
) -> str:
    """How the file's dates begin, empty until one comes that begins with month or day. When its rows leave open with
    which (01/02/2026 on all), the whole file is looked through once.
    """
    column = reader.columns.get("at")
    if column is None or not any(is_two_ways(row.cells[column]) for row in batch):
        return ""
    told = order_told(row.cells[column] for row in batch)
    if not told:
        with open_table(path, sheet=sheet, expected=expected) as table:
            told = order_told(row.cells[column] for row in table)
    return told or "ymd"


def _columns(table: Table, mapping: Mapping[str, str] | None) -> dict[str, int]:
    """Which column holds what. A file without a column of texts is read by its titles."""
    columns = guess_columns(table.columns, HEADINGS, mapping, NOT_THE_REQUEST)
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
    told = [*table.not_read(), *doubled]
    if {"lon", "lat"} <= reader.columns.keys() and reader.datum is None:
        told.append(
            _("The coordinates were passed over, since nobody says in which system they are: use --crs.")
        )
    if reader.date_order != "ymd":
        words = _("Dates were read as %(order)s. Another order is told with --dates.")
        told.append(words % {"order": _ORDER_WORDS[reader.date_order]})
    unread = [heading for heading in headings if heading not in used]
    if unread:
        told.append(_("Columns not read: %(headings)s") % {"headings": "、".join(unread[:40])})
    return tuple(told)


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
