"""What changes from one playbook to another, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from yuanba.playbooks.reading_aloud.chapters import chapters
from yuanba.playbooks.reading_aloud.shapes import Cell, Chapter, Line, Table, as_text
from yuanba.playbooks.schema import Playbook


@dataclass(frozen=True, slots=True)
class CellChange:
    """One value before and after; of a list also what came and what went."""

    column: str
    before: str
    after: str
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one line, called ``name``: its changed cells, or all cells of one that came or went.

    ``reordered`` has the names in their new order as its only cell.
    """

    table: str
    kind: Literal["added", "removed", "changed", "reordered"]
    name: str
    cells: tuple[CellChange, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A chapter with all that changes in it; ``unsaid`` are keys whose values differ where no table tells how."""

    code: str
    title: str
    changes: tuple[Change, ...]
    unsaid: tuple[str, ...] = ()


def differences(old: Playbook, new: Playbook) -> tuple[Difference, ...]:
    """Every chapter in which something changes from `old` to `new`; the order is that of the chapters."""
    found = (_chapter(*pair, old, new) for pair in zip(chapters(old), chapters(new), strict=True))
    return tuple(each for each in found if each.changes or each.unsaid)


def _chapter(before: Chapter, after: Chapter, old: Playbook, new: Playbook) -> Difference:
    changes = tuple(
        change
        for first, second in zip(before.tables, after.tables, strict=True)
        for change in _table(first, second)
    )
    differ = tuple(part for part in after.parts if getattr(old, part) != getattr(new, part))
    # Such as the source that a number cites: said by name rather than passed over.
    return Difference(after.code, after.title, changes, differ if not changes else ())


def _table(before: Table, after: Table) -> Iterator[Change]:
    old = {line.key: line for line in before.lines}
    new = {line.key: line for line in after.lines}
    for key, line in new.items():
        if key not in old:
            yield Change(after.title, "added", _name(line), _whole(after.columns, line, came=True))
        elif cells := tuple(_cells(after.columns, old[key], line)):
            yield Change(after.title, "changed", _name(old[key]), cells)
    for key, line in old.items():
        if key not in new:
            yield Change(after.title, "removed", _name(line), _whole(after.columns, line, came=False))
    stayed = [key for key in old if key in new]
    order = [key for key in new if key in old]
    if after.ordered and stayed != order:
        before_now = " → ".join(_name(old[key]) for key in stayed)
        yield Change(
            after.title,
            "reordered",
            "",
            (CellChange("", before_now, " → ".join(_name(new[key]) for key in order)),),
        )


def _name(line: Line) -> str:
    return as_text(line.cells[0])


def _whole(columns: tuple[str, ...], line: Line, *, came: bool) -> tuple[CellChange, ...]:
    told = zip(columns[1:], line.texts[1:], strict=True)
    return tuple(
        CellChange(column, "" if came else text, text if came else "")
        for column, text in told
        if text not in {"", "–"}
    )


def _cells(columns: tuple[str, ...], old: Line, new: Line) -> Iterator[CellChange]:
    for column, before, after in zip(columns, old.cells, new.cells, strict=True):
        if before != after:
            yield _cell(column, before, after)


def _cell(column: str, before: Cell, after: Cell) -> CellChange:
    if isinstance(before, str) or isinstance(after, str):
        return CellChange(column, as_text(before), as_text(after))
    came = tuple(text for text in after if text not in before)
    went = tuple(text for text in before if text not in after)
    return CellChange(column, as_text(before), as_text(after), came, went)
