"""Which row holds the headings: exports often begin with a title, a date, an empty row."""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from yuanba.kernel.sheets.columns import shaped
from yuanba.kernel.sheets.rows import Cell, Row
from yuanba.kernel.sheets.texts import legal

LOOKED_AT: Final = 20
_KNOWN: Final = 2


def split_header(
    rows: Iterator[Row], header_row: int | None, expected: Collection[str] = ()
) -> tuple[Row | None, list[Row]]:
    """The header and the rows after it that were read while looking; None for a table without a header.

    The header is row `header_row`, or else the first of twenty with two of the headings that are `expected`,
    joined with the row above or below where headings stand in two, or else the first that reaches at least three
    quarters as far to the right as the furthest and fills more than half as many cells as the fullest: a
    title does not.
    """
    seen: list[Row] = []
    for row in rows:
        if header_row is not None:
            if row.number >= header_row:
                return (row, []) if row.number == header_row else (None, [])
            continue
        seen.append(row)
        if len(seen) == LOOKED_AT:
            break
    known = frozenset(map(shaped, expected))
    for position, row in enumerate(seen):
        if _is_header(row, known):
            above = seen[position - 1] if position else None
            below = seen[position + 1] if position + 1 < len(seen) else None
            if below is not None and below.number == row.number + 1 and _is_header(below, known):
                return _joined(row, below), seen[position + 2 :]
            in_two = above is not None and above.number == row.number - 1 and _filled(above) >= _KNOWN
            return _joined(above, row) if above and in_two else row, seen[position + 1 :]
    furthest = max((len(row.cells) for row in seen), default=0)
    fullest = max((_filled(row) for row in seen), default=0)
    for position, row in enumerate(seen):
        if len(row.cells) * 4 >= furthest * 3 and _filled(row) * 2 > fullest:
            return row, seen[position + 1 :]
    return None, []


def holds_header(rows: Iterable[Row], expected: Collection[str]) -> bool:
    """Whether one of the rows has two of the headings that are expected."""
    known = frozenset(map(shaped, expected))
    return any(_is_header(row, known) for row in rows)


def _is_header(row: Row, known: Collection[str]) -> bool:
    return sum(isinstance(cell, str) and shaped(cell) in known for cell in row.cells) >= _KNOWN


def _joined(groups: Row, headings: Row) -> Row:
    """Headings in two rows as one: the lower, where it is empty the upper; a heading that stands under several
    groups (姓名 of 诉求人 and of 被反映人) has its group's name before it.
    """
    lower = [None if cell is None else str(cell) for cell in headings.cells]
    width = max(len(lower), len(groups.cells))
    lower += [None] * (width - len(lower))
    group, cells = "", list[Cell]()
    for column, own in enumerate(lower):
        above = groups.cells[column] if column < len(groups.cells) else None
        group = str(above) if above is not None else group
        if own is None:
            cells.append(above)
        else:
            cells.append(f"{group} {own}" if lower.count(own) > 1 and group != own else own)
    return Row(headings.number, tuple(cells))


def titles(header: Row) -> tuple[str, ...]:
    """The headings as a person reads them, one per column, empty where there is none."""
    return tuple("" if cell is None else " ".join(legal(str(cell)).split()) for cell in header.cells)


def _filled(row: Row) -> int:
    return sum(cell is not None for cell in row.cells)
