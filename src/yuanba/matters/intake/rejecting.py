"""The rows that could not be taken, kept until all are read and then written as a workbook: why, and the rows
as they were, which can be corrected there and taken in as a file of their own.
"""

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import IO, Self

from django.conf import settings
from django.utils.translation import gettext as _

from yuanba.kernel.sheets import Cell, Row, Sheet, write_sheets
from yuanba.matters.intake.rows import Rejection

ENDING = ".rejected.xlsx"


class Rejected:
    """Rejections, kept in temporary files: there may be a million. Use it as a context manager."""

    def __init__(self, path: Path, headings: Sequence[str]) -> None:
        folder = path.parent if os.access(path.parent, os.W_OK) else Path(settings.VAR)
        self.path = folder / (path.name + ENDING)
        self.rows = 0
        self._headings = tuple(headings)
        self._opened = ExitStack()
        self._told, self._whole = self._spool(), self._spool()

    def _spool(self) -> IO[str]:
        return self._opened.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._opened.close()

    def add(self, problems: Iterable[Rejection], row: Row) -> None:
        """Keep all that is wrong with one row, and the row."""
        self.rows += 1
        for problem in problems:
            self._told.write(json.dumps([problem.row, problem.column, problem.reason]) + "\n")
        self._whole.write(json.dumps([row.number, *self._as_it_was(row)], default=_written) + "\n")

    def _as_it_was(self, row: Row) -> Sequence[Cell]:
        """The row's cells. Where they have shifted nobody knows which is which: they stand behind the last column,
        all in one, lest the row be taken as it is.
        """
        width = len(self._headings)
        if any(fault.column >= width for fault in row.faults):
            return [None] * width + [" | ".join("" if cell is None else str(cell) for cell in row.cells)]
        return row.cells[:width]

    def write(self) -> Path | None:
        """Write the rejections and the rows they are of, under the file's own headings; without any, remove
        what an earlier run left.
        """
        if not self.rows:
            self.path.unlink(missing_ok=True)
            return None
        told = (_("Row"), _("Column"), _("Reason"))
        own = (told[0], *self._headings, _("The row as it was"))
        sheets = (
            Sheet(_("Rejected rows"), told, _read(self._told), (8, 20, 80)),
            Sheet(_("To correct"), own, _read(self._whole)),
        )
        write_sheets(self.path, sheets)
        return self.path


def _written(value: object) -> str:
    """Dates and times as they can be read again."""
    return value.isoformat(" ") if isinstance(value, datetime) else str(value)


def _read(spool: IO[str]) -> Iterator[list[object]]:
    spool.seek(0)
    return (json.loads(line) for line in spool)
