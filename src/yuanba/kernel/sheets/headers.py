"""Which row holds the headings: exports often begin with a title, a date, an empty row."""

from collections.abc import Collection, Iterator
from typing import Final

from yuanba.kernel.sheets.columns import shaped
from yuanba.kernel.sheets.rows import Row
from yuanba.kernel.sheets.texts import legal

_LOOKED_AT: Final = 20
_KNOWN: Final = 2


def split_header(
    rows: Iterator[Row], header_row: int | None, expected: Collection[str] = ()
) -> tuple[Row | None, list[Row]]:
    """The header and the rows after it that were read while looking; None for a table without a header.

    The header is row `header_row`, or else the first of twenty with two of the headings that are `expected`,
    or else the first that reaches at least three quarters as far to the right as the furthest and fills more
    than half as many cells as the fullest: a title does not.
    """
    seen: list[Row] = []
    for row in rows:
        if header_row is not None:
            if row.number >= header_row:
                return (row, []) if row.number == header_row else (None, [])
            continue
        seen.append(row)
        if len(seen) == _LOOKED_AT:
            break
    known = frozenset(map(shaped, expected))
    for position, row in enumerate(seen):
        if sum(isinstance(cell, str) and shaped(cell) in known for cell in row.cells) >= _KNOWN:
            return row, seen[position + 1 :]
    furthest = max((len(row.cells) for row in seen), default=0)
    fullest = max((_filled(row) for row in seen), default=0)
    for position, row in enumerate(seen):
        if len(row.cells) * 4 >= furthest * 3 and _filled(row) * 2 > fullest:
            return row, seen[position + 1 :]
    return None, []


def titles(header: Row) -> tuple[str, ...]:
    """The headings as a person reads them, one per column, empty where there is none."""
    return tuple("" if cell is None else " ".join(legal(str(cell)).split()) for cell in header.cells)


def _filled(row: Row) -> int:
    return sum(cell is not None for cell in row.cells)
