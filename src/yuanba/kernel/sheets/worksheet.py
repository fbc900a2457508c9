"""One worksheet's XML into rows (ECMA-376 part 1, 18.3.1), streamed."""

from datetime import date, datetime
from typing import Final

from django.utils.translation import gettext as _

from yuanba.kernel.sheets.limits import XLSX_ROWS, Limits, Meter
from yuanba.kernel.sheets.number_formats import Shows, moment
from yuanba.kernel.sheets.problems import Fault, UnreadableFile, damaged
from yuanba.kernel.sheets.rows import Cell, Row
from yuanba.kernel.sheets.shared_texts import SharedTexts, unescape
from yuanba.kernel.sheets.texts import fault_in
from yuanba.kernel.sheets.workbook import Workbook
from yuanba.kernel.sheets.xml import Reader

_DIGITS: Final = "0123456789"
_CELL_ATTRIBUTES: Final = 6
_COLUMNS: Final = 16_384


def column_number(letters: str) -> int:
    """``A`` → 0, ``XFD`` → 16383. Raises ValueError for what is no column of Excel."""
    number = 0
    for letter in letters:
        if not "A" <= letter <= "Z":
            raise ValueError(letters)
        number = number * 26 + ord(letter) - 64
    if not 0 < number <= _COLUMNS:
        raise ValueError(letters)
    return number - 1


def _unsaved() -> str:
    """What is said of a formula without its result. One whose result is the empty text has the type of texts."""
    return _(
        "The cell holds a formula whose result the file does not hold. "
        "Open the file in a spreadsheet program, save it and try again."
    )


class WorksheetReader(Reader):
    """Feed it the part; take finished rows from ``rows`` and clear it; stop once ``finished``."""

    def __init__(self, workbook: Workbook, texts: SharedTexts | None, limits: Limits, meter: Meter) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self.finished = False
        self.number = 0
        self._shown, self._since_1904 = workbook.shown, workbook.since_1904
        self._texts, self._limits, self._meter = texts, limits, meter
        self._columns: dict[str, int] = {}
        self._pieces: list[str] = []
        self._cells: list[Cell] = []
        self._faults: list[Fault] = []
        self._formulas: list[int] = []
        self._unsaved: list[Fault] = []
        self._row_chars = 0
        self._in_row = self._in_cell = self._collect = self._in_phonetic = self._is_formula = False
        self._column = self._next_column = 0
        self._type = self._style = ""
        self._name_elements("")

    def begin(self, prefix: str) -> None:
        self._name_elements(f"{prefix}:" if prefix else "")

    def _name_elements(self, prefix: str) -> None:
        self._row, self._c, self._v, self._t, self._f, self._phonetic, self._data = (
            prefix + name for name in ("row", "c", "v", "t", "f", "rPh", "sheetData")
        )

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == self._c:
            self.depth += 1
            self._start_cell(attributes)
            return
        super().start(name, attributes)
        if name == self._v or name == self._t:  # noqa: PLR1714 - five million times; no tuple
            self._collect = self._in_cell and not self._in_phonetic
        elif name == self._row:
            self._start_row(attributes)
        elif name == self._f:
            self._is_formula = True
        elif name == self._phonetic:
            self._in_phonetic = True

    def text(self, data: str) -> None:
        if self._collect:
            self._pieces.append(data)
            self._count(len(data))

    def end(self, name: str) -> None:
        self.depth -= 1
        if name == self._v or name == self._t:  # noqa: PLR1714
            self._collect = False
        elif name == self._c:
            self._end_cell()
        elif name == self._row:
            self._end_row()
        elif name == self._phonetic:
            self._in_phonetic = False
        elif name == self._data:
            self.finished = True

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = int(attributes.get("r", self.number + 1))
        if self._in_row or not self.number < number <= XLSX_ROWS:
            raise damaged(self.number)
        self.number, self._in_row = number, True
        self._row_chars = self._next_column = 0

    def _start_cell(self, attributes: dict[str, str]) -> None:
        if self._in_cell or not self._in_row:
            raise damaged(self.number)
        if len(attributes) > _CELL_ATTRIBUTES or "r" not in attributes:
            self.remember(attributes)
        reference = attributes.get("r")
        column = self._next_column if reference is None else self._column_of(reference)
        if column < self._next_column:
            raise damaged(self.number)
        self._column, self._next_column = column, column + 1
        self._type, self._style = attributes.get("t", "n"), attributes.get("s", "")
        self._in_cell, self._is_formula = True, False

    def _column_of(self, reference: str) -> int:
        letters = reference.rstrip(_DIGITS)
        if (column := self._columns.get(letters)) is None:
            column = self._columns[letters] = column_number(letters)
        return column

    def _end_cell(self) -> None:
        self._in_cell = False
        if self._is_formula:
            self._formulas.append(self._column)
        if not self._pieces:
            if self._is_formula and self._type != "str":
                self._unsaved.append(Fault(self._column, _unsaved()))
            return
        raw = "".join(self._pieces)
        self._pieces.clear()
        value = self._value(raw)
        if self._is_formula and not isinstance(value, str):
            value = value.isoformat(" ") if isinstance(value, datetime) else str(value)
        if isinstance(value, str):
            if not value or value.isspace():
                return
            if reason := fault_in(value, self._limits.cell_chars):
                value = value[: self._limits.cell_chars]
                self._faults.append(Fault(self._column, reason))
        self._place(value)

    def _place(self, value: Cell) -> None:
        if self._column >= self._limits.columns:
            raise UnreadableFile(
                _("Row %(row)s reaches past column %(limit)s; a table may have at most that many columns.")
                % {"row": self.number, "limit": self._limits.columns},
                code="file_too_many_columns",
                row=self.number,
            )
        self._cells.extend([None] * (self._column - len(self._cells)))
        self._cells.append(value)

    def _end_row(self) -> None:
        self._in_row = False
        if self._cells or self._formulas:
            faults, formulas, unsaved = tuple(self._faults), tuple(self._formulas), tuple(self._unsaved)
            self.rows.append(Row(self.number, tuple(self._cells), faults, formulas, unsaved))
            self._cells.clear()
            self._faults.clear()
            self._formulas.clear()
            self._unsaved.clear()

    def _count(self, characters: int) -> None:
        self._row_chars += characters
        if self._row_chars > self._limits.row_chars:
            raise UnreadableFile(
                _("Row %(row)s holds more text than any honest table would.") % {"row": self.number},
                code="file_row_too_long",
                row=self.number,
            )

    def _value(self, raw: str) -> Cell:
        """The value of a cell by its type (18.18.11 ST_CellType)."""
        kind = self._type
        if kind == "n":
            return self._number(raw)
        if kind == "s":
            return self._shared_text(raw)
        if kind == "b":
            return "TRUE" if raw.strip() == "1" else "FALSE"
        if kind == "d":
            return self._iso_moment(raw)
        if kind == "e":
            self._fault(_("The cell holds the spreadsheet error %(error)s.") % {"error": raw[:20]})
        return unescape(raw)

    def _shared_text(self, raw: str) -> str:
        if self._texts is None:
            raise damaged(self.number)
        try:
            text = self._texts[int(raw)]
        except IndexError:
            raise damaged(self.number) from None
        self._meter.add(len(text))
        self._count(len(text))
        return text

    def _number(self, raw: str) -> Cell:
        number = float(raw)
        if not abs(number) < 1e300:
            self._fault(_("The number is beyond all measure."))
            return raw.strip()
        shown = self._shown[int(self._style)] if self._style else Shows.NUMBER
        if shown is Shows.NUMBER:
            return int(raw) if raw.lstrip("-").isdecimal() and len(raw) < 300 else number
        at = moment(number, shown, since_1904=self._since_1904)
        if at is None:
            self._fault(_("The date lies outside the calendar of Excel (1900 to 9999)."))
            return number
        return at

    def _iso_moment(self, raw: str) -> date | datetime | str:
        text = raw.strip()
        try:
            return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
        except ValueError:
            return text

    def _fault(self, reason: str) -> None:
        self._faults.append(Fault(self._column, reason))
