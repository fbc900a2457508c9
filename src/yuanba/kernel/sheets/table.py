"""Opening a table from a stranger, and what is then known of it."""

import os
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final, Self

from django.utils.translation import gettext as _

from yuanba.kernel.sheets.delimited import DelimitedRows
from yuanba.kernel.sheets.headers import split_header, titles
from yuanba.kernel.sheets.kinds import identify
from yuanba.kernel.sheets.limits import OPERATOR, Limits, check_file_size
from yuanba.kernel.sheets.problems import Fault, UnreadableFile, too_many_rows
from yuanba.kernel.sheets.rows import Row, Source
from yuanba.kernel.sheets.xlsx import XlsxRows

Progress = Callable[[int, int], None]
"""Called with bytes of work done and in all, every few hundred rows and once at the end."""
_EVERY_ROWS: Final = 256


class Table:
    """A table whose rows stream by once: ``for row in table``. Use it as a context manager.

    ``columns`` are the headings (empty where a column has none), ``header_number`` is the row they stand in,
    ``encoding`` is empty and ``sheets`` holds all names for a workbook, the other way round for a text.
    """

    def __init__(
        self,
        source: Source,
        *,
        name: str,
        limits: Limits,
        header_row: int | None,
        expected: Collection[str],
        on_progress: Progress | None,
    ) -> None:
        self.name = name
        self.encoding, self.sheets = source.encoding, source.sheets
        self.rows_read = 0
        self._source, self._limits, self._on_progress = source, limits, on_progress
        self._opened = ExitStack()
        rows = iter(source)
        header, read_ahead = split_header(rows, header_row, expected)
        if header is None:
            raise _no_header(header_row)
        self.header_number, self.columns = header.number, titles(header)
        self._rows = chain(read_ahead, rows)

    @property
    def is_plain_text(self) -> bool:
        """True for a text with one column, which may be a letter as well as a table."""
        return bool(self.encoding) and len(self.columns) == 1

    @property
    def sheet(self) -> str:
        """The sheet that is read; empty for a text."""
        return self._source.sheet

    @property
    def done(self) -> int:
        """Bytes of work behind us, out of `total`."""
        return self._source.done

    @property
    def total(self) -> int:
        return self._source.total

    def __iter__(self) -> Iterator[Row]:
        """The rows below the header that hold anything, each padded to the header's width.

        Raises `UnreadableFile` when the file turns out damaged or too large on the way.
        """
        for row in self._rows:
            self.rows_read += 1
            if self.rows_read > self._limits.rows:
                raise too_many_rows(self._limits.rows)
            if self.rows_read % _EVERY_ROWS == 0:
                self._report(self.done)
            yield row if len(row.cells) == len(self.columns) else self._fitted(row)
        self._report(self.total)

    def _report(self, done: int) -> None:
        if self._on_progress:
            self._on_progress(done, self.total)

    def _fitted(self, row: Row) -> Row:
        missing = len(self.columns) - len(row.cells)
        if missing > 0:
            return replace(row, cells=row.cells + (None,) * missing)
        if not self.encoding:
            return row
        reason = _("The row has %(cells)s cells under %(columns)s headings: a text holds the delimiter.")
        counts = {"cells": len(row.cells), "columns": len(self.columns)}
        return replace(row, faults=(*row.faults, Fault(len(self.columns), reason % counts)))

    def close(self) -> None:
        self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()


def open_table(
    path_or_file: str | os.PathLike[str] | BinaryIO,
    *,
    name: str | None = None,
    sheet: str | None = None,
    header_row: int | None = None,
    expected: Collection[str] = (),
    limits: Limits = OPERATOR,
    on_progress: Progress | None = None,
) -> Table:
    """Open an .xlsx, .csv or .csv.gz file, told apart by content; its type by name is not looked at.

    `path_or_file`: a path, or a seekable binary file which stays the caller's to close. `sheet` and
    `header_row` override what is found: the first visible sheet with two of the headings `expected`, or with
    anything on it, and the likeliest header, which is the first row that holds two of those.
    Raises `UnreadableFile` (a field error on ``file``) in plain words.
    """
    with ExitStack() as opened:
        if isinstance(path_or_file, str | os.PathLike):
            path = Path(path_or_file)
            file: BinaryIO = opened.enter_context(path.open("rb"))
            name = name or path.name
        else:
            file = path_or_file
        source = opened.enter_context(closing(_source(file, sheet, limits, expected)))
        table = Table(
            source,
            name=name or "",
            limits=limits,
            header_row=header_row,
            expected=expected,
            on_progress=on_progress,
        )
        table._opened = opened.pop_all()
        return table


def _source(file: BinaryIO, sheet: str | None, limits: Limits, expected: Collection[str]) -> Source:
    size = file.seek(0, os.SEEK_END)
    check_file_size(size, limits)
    kind = identify(file, size, limits)
    if kind == "xlsx":
        return XlsxRows(file, size, limits, sheet, expected)
    return DelimitedRows(file, size, limits, packed=kind == "gzip")


def _no_header(header_row: int | None) -> UnreadableFile:
    if header_row is None:
        return UnreadableFile(_("The table holds nothing."), code="file_empty", looks_like="empty")
    return UnreadableFile(
        _("Row %(row)s is empty, so it can't hold the headings.") % {"row": header_row}, code="header_missing"
    )
