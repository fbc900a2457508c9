"""What a table is made of once it has been read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from yuanba.kernel.sheets.problems import Fault

Cell = str | int | float | date | datetime | None
"""A value as the file holds it. A datetime has no zone: spreadsheets know none."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row that holds something. ``number`` is the one Excel shows beside it.

    ``faults`` are cells that hold what can't be kept; ``formulas`` are the columns (from 0) whose value is
    what the formula came to when the file was saved, as text. Formulas are never worked out here: where the
    program that wrote the file did not either, the cell is empty and ``unsaved`` says so.
    """

    number: int
    cells: tuple[Cell, ...]
    faults: tuple[Fault, ...] = ()
    formulas: tuple[int, ...] = ()
    unsaved: tuple[Fault, ...] = ()


class Source(Protocol):
    """Rows streaming out of one kind of file. ``done`` and ``total`` are bytes of work, for progress.

    ``encoding`` is empty for a workbook, ``sheets`` and ``sheet``, the one that is read, are for a text.
    """

    total: int
    encoding: str
    sheets: tuple[str, ...]
    sheet: str

    @property
    def done(self) -> int: ...

    def __iter__(self) -> Iterator[Row]: ...

    def close(self) -> None: ...
