"""The rows that could not be taken, kept until all are read and then written as a table."""

import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from django.conf import settings
from django.utils.translation import gettext as _

from yuanba.kernel.sheets.writing import write_table

ENDING = ".rejected.xlsx"


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a row was not taken: the row as Excel numbers it, its column, the reason in plain words."""

    row: int
    column: str
    reason: str


class Rejected:
    """Rejections, kept in a temporary file: there may be a million. Use it as a context manager."""

    def __init__(self, path: Path) -> None:
        folder = path.parent if os.access(path.parent, os.W_OK) else Path(settings.VAR)
        self.path = folder / (path.name + ENDING)
        self.rows = 0
        self._spool: IO[str] = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed on leaving

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._spool.close()

    def add(self, problems: Iterable[Rejection]) -> None:
        """Keep all that is wrong with one row."""
        self.rows += 1
        for problem in problems:
            self._spool.write(json.dumps([problem.row, problem.column, problem.reason]) + "\n")

    def write(self) -> Path | None:
        """Write the table of rejections, in the order of rows; without any, remove one that an earlier run
        left.
        """
        if not self.rows:
            self.path.unlink(missing_ok=True)
            return None
        self._spool.seek(0)
        lines = (json.loads(line) for line in self._spool)
        headings = [_("Row"), _("Column"), _("Reason")]
        write_table(self.path, headings, lines, sheet=_("Rejected rows"), widths=[8, 20, 80])
        return self.path
