"""One row of a file as a request, or the reasons why it can't be one."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yuanba.kernel.errors import Invalid
from yuanba.kernel.sheets import CellProblem, Rejection, Row, as_datetime, as_text
from yuanba.matters.intake.cleaning import accused_name, is_nothing, is_shortened, plain_words, telephone
from yuanba.matters.intake.dates import is_two_ways, year_first
from yuanba.matters.intake.headings import column_name
from yuanba.matters.intake.left_open import Left
from yuanba.matters.reporting import IMPORTED_LENGTH, Contact, checked_text
from yuanba.places.datum import Datum, Point, outside_china, to_wgs84

NUMBER_LENGTH = 80
NAME_LENGTH = 60
_FOOT = re.compile(
    r"\s*(?:[合总小共累]\s*计|(?:制\s*[表单]|填\s*[表报]|审\s*核|复\s*核|导出|打印|统计)\S{0,4}\s*[:：]|以下空白|(?:说明|备?注)[:：]"
    r"|(?:grand |sub)?total\b)",
    re.IGNORECASE,
)
"""How lines under a table begin that are no rows of it."""

_TWO_WAYS = gettext_lazy(
    "This date can be read two ways. Say with --dates mdy or --dates dmy what stands first, month or day."
)
_NEEDED = ("text", "number")
"""What no request is taken in without, where the file has it: another run would take it for another one."""
_NOT_TEXT = frozenset({"at", "lon", "lat"})


def _number(text: str) -> str:
    """A number without the mark that keeps a spreadsheet from changing it."""
    return text.strip().removeprefix("'")


_CLEANED: Mapping[str, Callable[[str], str]] = {
    "text": plain_words,
    "title": plain_words,
    "address": plain_words,
    "number": _number,
    "accused": accused_name,
}


@dataclass(frozen=True, slots=True)
class Incoming:
    """A row that can become a matter. ``number`` is the source's own, or a digest where the file has none."""

    row: int
    number: str
    title: str
    text: str
    received_at: datetime | None
    contact: Contact
    address: str
    category: str
    point: Point | None = None
    accused: str = ""
    left: tuple[tuple[Left, str], ...] = ()


class RowReader:
    """Reads the rows of one file: which column holds what, in which order its dates are written and in which
    system its coordinates; without that they are passed over.
    """

    def __init__(
        self,
        columns: Mapping[str, int],
        headings: Sequence[str],
        now: datetime,
        date_order: str = "ymd",
        datum: Datum | None = None,
    ) -> None:
        self.columns, self.now, self.date_order, self.datum = columns, now, date_order, datum
        self._used = frozenset(columns.values())
        self._needed = frozenset(columns[field] for field in _NEEDED if field in columns)
        self.names = [column_name(heading, index) for index, heading in enumerate(headings)]

    def named(self, field: str) -> str:
        """The column of a field as a person knows it; empty when the file has none."""
        column = self.columns.get(field)
        return "" if column is None else self.names[column]

    def read(self, row: Row) -> Incoming | list[Rejection]:
        """Check one row. Every fault of it is told, not just the first."""
        unsaved = [fault for fault in row.unsaved if fault.column in self._needed]
        problems = [
            Rejection(row.number, self._name_of(fault.column), str(fault.reason))
            for fault in (*row.faults, *unsaved)
        ]
        if (reason := self._no_request(row)) is not None:
            return [Rejection(row.number, self.names[0], reason)]
        values = self._texts(row, problems)
        received_at = self._moment(row, problems)
        text = values.get("text") or values.get("title", "")
        try:
            text = checked_text(text, limit=IMPORTED_LENGTH)
        except Invalid as error:
            problems.append(Rejection(row.number, self.named("text") or self.named("title"), error.message))
        if len(values.get("number", "")) > NUMBER_LENGTH:
            problems.append(Rejection(row.number, self.named("number"), _("The number is too long.")))
        if is_shortened(values.get("number", "")):
            reason = _(
                "The number was shortened by a spreadsheet, its digits are lost. Export the column as text."
            )
            problems.append(Rejection(row.number, self.named("number"), reason))
        if problems:
            return _once_per_column(problems)
        return Incoming(
            row=row.number,
            number=values.get("number") or _digest(values, received_at),
            title=values.get("title", ""),
            text=text,
            received_at=received_at,
            contact=_contact(values),
            address=values.get("address", ""),
            category="" if is_nothing(category := values.get("category", "")) else category,
            point=self._point(row),
            accused=values.get("accused", ""),
            left=self._left(row, values),
        )

    def _left(self, row: Row, values: Mapping[str, str]) -> tuple[tuple[Left, str], ...]:
        """What the row leaves open by itself, each with what to show of it; of people nothing is shown."""
        formulas = (self.names[fault.column] for fault in row.unsaved if fault.column in self._used)
        left = [(Left.FORMULA, name) for name in formulas]
        phone = values.get("phone", "")
        if not is_nothing(phone) and not telephone(phone):
            left.append((Left.PHONE, self.named("phone")))
        return tuple(left)

    def _name_of(self, column: int) -> str:
        return self.names[column] if column < len(self.names) else column_name("", column)

    def _texts(self, row: Row, problems: list[Rejection]) -> dict[str, str]:
        values: dict[str, str] = {}
        for field, column in self.columns.items():
            if field in _NOT_TEXT:
                continue
            try:
                values[field] = _CLEANED.get(field, str.strip)(as_text(row.cells[column]))
            except CellProblem as error:
                problems.append(Rejection(row.number, self.names[column], error.message))
        return values

    def _no_request(self, row: Row) -> str | None:
        """Why a line is no row of the table: it repeats the headings, or it is a total or a signature, which
        begins like one and has nearly nothing in it.
        """
        filled = [
            (column, cell) for column, cell in enumerate(row.cells[: len(self.names)]) if cell is not None
        ]
        if len(filled) > 1 and all(cell == self.names[column] for column, cell in filled):
            return _("This line repeats the headings.")
        if not filled or filled[0][0] == self.columns.get("text") or len(filled) * 2 > len(self.names) + 1:
            return None
        first = filled[0][1]
        if isinstance(first, str) and _FOOT.match(first):
            return _("This line stands under the table; it is no request.")
        return None

    def _point(self, row: Row) -> Point | None:
        """Where the row's coordinates are, in WGS-84; None where they are none, or nobody knows their system."""
        lon, lat = self.columns.get("lon"), self.columns.get("lat")
        if self.datum is None or lon is None or lat is None:
            return None
        try:
            point = Point(float(as_text(row.cells[lon])), float(as_text(row.cells[lat])))
        except (ValueError, CellProblem):
            return None
        return None if outside_china(*point) else to_wgs84(*point, self.datum)

    def _moment(self, row: Row, problems: list[Rejection]) -> datetime | None:
        column = self.columns.get("at")
        if column is None or row.cells[column] in (None, ""):
            return None
        value = row.cells[column]
        if isinstance(value, str):
            if is_nothing(value):
                return None
            value = year_first(value, self.date_order)
        try:
            moment = as_datetime(value)
        except CellProblem as error:
            reason = _TWO_WAYS if is_two_ways(value) and self.date_order == "ymd" else error.message
            problems.append(Rejection(row.number, self.names[column], str(reason)))
            return None
        if moment > self.now:
            problems.append(Rejection(row.number, self.names[column], _("The time lies in the future.")))
        return moment


def _contact(values: Mapping[str, str]) -> Contact:
    name, email = ("" if is_nothing(told := values.get(field, "")) else told for field in ("name", "email"))
    return Contact(name=name[:NAME_LENGTH], phone=telephone(values.get("phone", "")), email=email)


def _once_per_column(problems: list[Rejection]) -> list[Rejection]:
    """A faulty cell is refused by whoever reads it first and next; the first reason is the nearest."""
    kept: dict[str, Rejection] = {}
    for problem in problems:
        kept.setdefault(problem.column, problem)
    return list(kept.values())


def _digest(values: Mapping[str, str], at: datetime | None) -> str:
    """A number for a row without one: the same row gives the same, wherever it stands in whatever file."""
    told = [values.get(name, "") for name in ("title", "text", "name", "phone", "address")]
    return sha256("\n".join([at.isoformat() if at else "", *told]).encode()).hexdigest()[:32]
