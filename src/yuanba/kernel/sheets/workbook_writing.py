"""Workbooks written row by row; texts are stored as texts, whatever they begin with."""

import math
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from itertools import chain, islice, zip_longest
from typing import Any, BinaryIO, Final

import xlsxwriter

from yuanba.kernel.sheets.limits import XLSX_ROWS
from yuanba.kernel.sheets.texts import kept

_EXACT: Final = 10**15
_NOT_IN_NAMES: Final = re.compile(r"[\[\]:*?/\\']")
_NAME_CHARS: Final = 31
_LOOKED_AT: Final = 50
_NARROW: Final = 8
_WIDE: Final = 60
_FIRST_DAY: Final = date(1900, 3, 1)  # before it Excel's calendar is wrong
_NOTHING_LIVE: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


@dataclass(frozen=True, slots=True)
class Look:
    """How a workbook shows: its sheet's name, column widths (empty: fitted) and the zone of its times."""

    sheet: str
    widths: tuple[float, ...]
    zone: tzinfo


def write_workbook(
    file: BinaryIO,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    look: Look,
    *,
    rows_per_sheet: int = XLSX_ROWS,
) -> None:
    """Write sheets of `rows_per_sheet` rows, the header included, until the rows end; at least one."""
    write_tables(file, [(columns, rows, look)], rows_per_sheet=rows_per_sheet)


def write_tables(
    file: BinaryIO,
    tables: Iterable[tuple[Sequence[str], Iterable[Sequence[object]], Look]],
    *,
    rows_per_sheet: int = XLSX_ROWS,
) -> None:
    """Write several tables into one workbook, each on sheets of its own as `write_workbook` does."""
    with tempfile.TemporaryDirectory(prefix="yuanba-workbook-") as room:
        book = xlsxwriter.Workbook(file, {**_NOTHING_LIVE, "tmpdir": room})
        book.use_zip64()
        for columns, rows, look in tables:
            _write_table(book, columns, rows, look, rows_per_sheet)
        book.close()


def _write_table(
    book: Any, columns: Sequence[str], rows: Iterable[Sequence[object]], look: Look, rows_per_sheet: int
) -> None:
    stream = iter(rows)
    first = list(islice(stream, _LOOKED_AT))
    writer = _SheetWriter(book, columns, look.widths or _fitting(columns, first), look.zone)
    stream = chain(first, stream)
    pending, number = next(stream, None), 0
    while pending is not None or not number:
        number += 1
        head = () if pending is None else (pending,)
        writer.write(_sheet_name(look.sheet, number), chain(head, islice(stream, rows_per_sheet - 2)))
        pending = next(stream, None)


class _SheetWriter:
    def __init__(self, book: Any, columns: Sequence[str], widths: Sequence[float], zone: tzinfo) -> None:
        self._book, self._columns, self._widths, self._zone = book, columns, widths, zone
        self._bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})

    def write(self, name: str, rows: Iterable[Sequence[object]]) -> None:
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for column, width in enumerate(self._widths):
            sheet.set_column(column, column, width)
        for column, title in enumerate(self._columns):
            sheet.write_string(0, column, kept(str(title)), self._bold)
        for line, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                if value is not None:
                    self._cell(sheet, line, column, value)

    def _cell(self, sheet: Any, line: int, column: int, value: object) -> None:
        if isinstance(value, str):
            sheet.write_string(line, column, kept(value))
        elif isinstance(value, bool):
            sheet.write_boolean(line, column, value)
        elif isinstance(value, int | float | Decimal) and _is_exact(value):
            sheet.write_number(line, column, value)
        elif isinstance(value, date) and (shown := _shown(value, self._zone)):
            sheet.write_datetime(
                line, column, shown, self._moment if isinstance(value, datetime) else self._day
            )
        else:
            sheet.write_string(line, column, kept(str(value)))


def _is_exact(value: float | Decimal) -> bool:
    """Whether Excel keeps all digits before the point; it has 15."""
    return (isinstance(value, int) or math.isfinite(value)) and -_EXACT < value < _EXACT


def _shown(value: date, zone: tzinfo) -> datetime | None:
    """The moment as a clock in `zone` shows it; None where Excel's calendar is wrong."""
    if not isinstance(value, datetime):
        moment = datetime.combine(value, time())
    elif value.tzinfo:
        moment = value.astimezone(zone).replace(tzinfo=None)
    else:
        moment = value
    return moment if moment.date() >= _FIRST_DAY else None


def _sheet_name(name: str, number: int) -> str:
    """A name that Excel takes: 31 characters, none of ``[]:*?/\\'``; sheets after the first are numbered."""
    plain = _NOT_IN_NAMES.sub(" ", kept(name)).strip() or "1"
    tail = f" {number}" if number > 1 else ""
    return plain[: _NAME_CHARS - len(tail)] + tail


def _fitting(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Sequence[float]:
    """Widths that show the first rows, within reason."""
    shown = [[str(value) for value in row] for row in (columns, *rows)]
    fullest = [max(map(_screen_width, cells)) for cells in zip_longest(*shown, fillvalue="")][: len(columns)]
    return [min(_WIDE, max(_NARROW, width + 2)) for width in fullest]


def _screen_width(text: str) -> int:
    line = text[: _WIDE * 2].split("\n", 1)[0]
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)
