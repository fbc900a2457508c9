"""What a playbook read aloud is made of."""

from collections.abc import Iterable
from dataclasses import dataclass


class Code(str):
    """A name that files and programs use, a word of no language."""

    __slots__ = ()
    is_code = True


Cell = str | tuple[str, ...]
"""A text, or a list of texts in which single ones come and go."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table. ``key`` stays the same from one edition to the next; the first cell is what it is called."""

    key: str
    cells: tuple[Cell, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(as_text(cell) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Table:
    """``ordered``: the order of its lines decides something."""

    title: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Chapter:
    """``parts`` are the top keys of the playbook that it tells of."""

    code: str
    title: str
    parts: tuple[str, ...]
    tables: tuple[Table, ...]


def as_text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else "、".join(cell)


def pairs(title: str, rows: Iterable[tuple[str, str, Cell]], columns: tuple[str, str]) -> Table:
    """A table of single values: each row is its key, what it is called, and the value."""
    return Table(title, columns, tuple(Line(key, (name, value)) for key, name, value in rows))
