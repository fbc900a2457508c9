"""Writing tables that people open in a spreadsheet: streamed, and with no cell that could act there."""

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import BinaryIO, Literal

from yuanba.kernel.sheets.cells import CHINA
from yuanba.kernel.sheets.delimited_writing import write_delimited
from yuanba.kernel.sheets.workbook_writing import Look, write_tables, write_workbook

Kind = Literal["xlsx", "csv", "csv.gz"]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a workbook; `widths` in characters, fitted where there are none."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[object]]
    widths: tuple[float, ...] = ()


def write_table(
    path_or_file: str | os.PathLike[str] | BinaryIO,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    kind: Kind | None = None,
    sheet: str = "1",
    widths: Sequence[float] = (),
    zone: tzinfo = CHINA,
    on_row: Callable[[int], None] | None = None,
) -> int:
    """Write `rows` under `columns` and return how many there were. Memory doesn't grow with them.

    `kind` defaults to the ending of the path, or to xlsx. A path is written beside and moved into place, so
    half a file is never seen there; a binary file is written from where it stands. `widths` are in characters
    of the standard font. Past 1,048,576 rows a workbook gets further sheets, each with the header, frozen.
    Texts are never formulas or links: a workbook stores them as texts, CSV gets an apostrophe before what
    could start a formula (`open_table` takes it off again). Characters that can't be kept become U+FFFD,
    texts over 32,767 characters are cut, times are shown in `zone`. `on_row` gets the count after each row.
    Raises ValueError for an ending that names no kind.
    """
    counted = _Counted(rows, on_row)

    def write(file: BinaryIO, kind: Kind) -> None:
        if kind == "xlsx":
            write_workbook(file, columns, counted, Look(sheet, tuple(widths), zone))
        else:
            write_delimited(file, columns, counted, zone, packed=kind == "csv.gz")

    if isinstance(path_or_file, str | os.PathLike):
        path = Path(path_or_file)
        kind = kind or _kind_of(path)
        with _moved_into_place(path) as file:
            write(file, kind)
    else:
        write(path_or_file, kind or "xlsx")
    return counted.count


def write_sheets(path: Path, sheets: Iterable[Sheet]) -> None:
    """Write a workbook of several tables as `write_table` writes one."""
    tables = ((sheet.columns, sheet.rows, Look(sheet.name, sheet.widths, CHINA)) for sheet in sheets)
    with _moved_into_place(path) as file:
        write_tables(file, tables)


def _kind_of(path: Path) -> Kind:
    kinds: tuple[Kind, ...] = ("xlsx", "csv", "csv.gz")
    for kind in kinds:
        if path.name.lower().endswith(f".{kind}"):
            return kind
    raise ValueError(f"{path.name} ends in none of .xlsx, .csv, .csv.gz")


@contextmanager
def _moved_into_place(path: Path) -> Iterator[BinaryIO]:
    descriptor, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


class _Counted:
    """The rows as they go by, and how many have."""

    def __init__(self, rows: Iterable[Sequence[object]], on_row: Callable[[int], None] | None) -> None:
        self.count = 0
        self._rows, self._on_row = rows, on_row

    def __iter__(self) -> Iterator[Sequence[object]]:
        for row in self._rows:
            yield row
            self.count += 1
            if self._on_row:
                self._on_row(self.count)
