"""Lines about a file's rows (rejected, differing), kept until all are read and then written as a table."""

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from django.conf import settings
from django.utils.translation import gettext as _

from yuanba.kernel.sheets.writing import write_table

ENDING = ".rejected.xlsx"
WIDTHS = (8, 20, 80)


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a row was not taken: the row as Excel numbers it, its column, the reason in plain words."""

    row: int
    column: str
    reason: str


class Noted:
    """Lines kept in a temporary file, for there may be a million. Use it as a context manager.

    They are written beside the file they are about, or to the data directory where that can't be written to.
    """

    def __init__(self, path: Path, ending: str, sheet: str, widths: Sequence[float]) -> None:
        folder = path.parent if os.access(path.parent, os.W_OK) else Path(settings.VAR)
        self.path = folder / (path.name + ending)
        self.rows = 0
        self._sheet, self._widths = sheet, widths
        self._spool: IO[str] = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed on leaving

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._spool.close()

    def note(self, lines: Iterable[Sequence[object]]) -> None:
        """Keep all there is to say of one row."""
        self.rows += 1
        for line in lines:
            self._spool.write(json.dumps(list(line)) + "\n")

    def write_under(self, headings: Sequence[str]) -> Path | None:
        """Write the table in the order of rows; without any, remove one that an earlier run left."""
        if not self.rows:
            self.path.unlink(missing_ok=True)
            return None
        write_table(self.path, headings, self.lines(), sheet=self._sheet, widths=self._widths)
        return self.path

    def lines(self) -> Iterator[list[object]]:
        """All lines noted so far, in their order."""
        return read_spool(self._spool)


def read_spool(spool: IO[str]) -> Iterator[list[object]]:
    """The lines of a spool of JSON rows, from its beginning."""
    spool.seek(0)
    return (json.loads(line) for line in spool)


class Rejected(Noted):
    """The rows that could not be taken."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, ENDING, _("Rejected rows"), WIDTHS)

    def add(self, problems: Iterable[Rejection]) -> None:
        """Keep all that is wrong with one row."""
        self.note((problem.row, problem.column, problem.reason) for problem in problems)

    def write(self) -> Path | None:
        """Write the table of rejections."""
        return self.write_under(self.headings())

    @staticmethod
    def headings() -> tuple[str, str, str]:
        return _("Row"), _("Column"), _("Reason")
