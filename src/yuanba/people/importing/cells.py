"""The cells of one row, by field."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from yuanba.kernel.errors import Invalid
from yuanba.kernel.sheets import CellProblem, Row, as_datetime, as_text

EXAMPLE = "（示例）"
"""Begins what the template's invented rows say; whoever forgets to delete them is told."""
_ERROR = re.compile(r"#(?:REF|N/A|VALUE|NAME|DIV/0|NUM|NULL|SPILL|CALC)[!?]?")


class Cells:
    """Reads cells of one table by its `columns`. Every refusal is an `Invalid` naming the heading at fault."""

    def __init__(self, header: Sequence[str], columns: Mapping[str, int]) -> None:
        self._header, self._columns = header, columns

    def heading(self, field: str) -> str:
        """The heading of a field as the file has it; empty when the file has no such column."""
        column = self._columns.get(field)
        return "" if column is None else self._header[column]

    def check(self, row: Row) -> None:
        """Raises `Invalid` for a row that was read with a fault in a column that counts."""
        for fault in (*row.faults, *row.unsaved):
            if fault.column >= len(self._header) or fault.column in self._columns.values():
                heading = self._header[fault.column] if fault.column < len(self._header) else ""
                raise Invalid(fault.reason, field=heading)

    def text(self, row: Row, field: str) -> str:
        column = self._columns.get(field)
        if column is None:
            return ""
        try:
            text = as_text(row.cells[column])
        except CellProblem as problem:
            raise Invalid(problem.message, field=self._header[column]) from None
        if text.startswith(("=", "＝")) or _ERROR.fullmatch(text):
            raise Invalid(
                _("The cell holds a formula or its error. Paste what it comes to as a value."),
                field=self._header[column],
            )
        if text.startswith(EXAMPLE):
            raise Invalid(_("This is an example row of the template. Delete it."), field=self._header[column])
        return text

    def day(self, row: Row, field: str) -> date | None:
        """The day a cell names; None for an empty one. Raises `Invalid`."""
        if not self.text(row, field):
            return None
        column = self._columns[field]
        try:
            return as_datetime(row.cells[column]).date()
        except CellProblem:
            message = _("This is not a day. Write it like 2026-03-02.")
            raise Invalid(message, field=self._header[column]) from None
