"""The rows that could not be taken, kept until all are read and then written as a workbook: why, and the rows
as they were, which can be corrected there and taken in as a file of their own.
"""

import json
import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from yuanba.kernel.sheets import Cell, Rejected, Rejection, Row, Sheet, write_sheets
from yuanba.kernel.sheets.rejecting import WIDTHS, read_spool


class RejectedRows(Rejected):
    """Rejections with the rows they are of. Use it as a context manager."""

    def __init__(self, path: Path, headings: Sequence[str]) -> None:
        super().__init__(path)
        self._headings = tuple(headings)
        self._whole: IO[str] = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed on leaving

    def __exit__(self, *exception: object) -> None:
        self._whole.close()
        super().__exit__(*exception)

    def add_row(self, problems: Iterable[Rejection], row: Row) -> None:
        """Keep all that is wrong with one row, and the row."""
        self.add(problems)
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
        told = self.headings()
        own = (told[0], *self._headings, _("The row as it was"))
        sheets = (
            Sheet(_("Rejected rows"), told, self.lines(), WIDTHS),
            Sheet(_("To correct"), own, read_spool(self._whole)),
        )
        write_sheets(self.path, sheets)
        return self.path


def _written(value: object) -> str:
    """Dates and times as they can be read again."""
    return value.isoformat(" ") if isinstance(value, datetime) else str(value)
