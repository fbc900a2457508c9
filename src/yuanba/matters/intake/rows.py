"""One row of a file as a request, or the reasons why it can't be one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.utils.translation import gettext as _

from yuanba.kernel.errors import Invalid
from yuanba.kernel.sheets import CellProblem, Rejection, Row, as_datetime, as_text
from yuanba.matters.intake.headings import column_name
from yuanba.matters.reporting import IMPORTED_LENGTH, Contact, checked_text

NUMBER_LENGTH = 80
NAME_LENGTH = 60
# What exports write where nothing is known, and numbers that were masked before they came to us.
_NOTHING = re.compile(
    r"[\s\-—/\\.、]*|无|没有|未知|不详|匿名|保密|n/?a|none|null|.*[*＊xX×]{3}.*", re.IGNORECASE
)
_MONTH_OR_DAY_FIRST = re.compile(r"\s*(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(.*)", re.DOTALL)
DATE_ORDERS = ("ymd", "mdy", "dmy")


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


class RowReader:
    """Reads the rows of one file: which column holds what, and in which order its dates are written."""

    def __init__(
        self, columns: Mapping[str, int], headings: Sequence[str], now: datetime, date_order: str = "ymd"
    ) -> None:
        self.columns, self.now, self.date_order = columns, now, date_order
        self.names = [column_name(heading, index) for index, heading in enumerate(headings)]

    def named(self, field: str) -> str:
        """The column of a field as a person knows it; empty when the file has none."""
        column = self.columns.get(field)
        return "" if column is None else self.names[column]

    def read(self, row: Row) -> Incoming | list[Rejection]:
        """Check one row. Every fault of it is told, not just the first."""
        problems = [
            Rejection(row.number, self._name_of(fault.column), str(fault.reason)) for fault in row.faults
        ]
        values = self._texts(row, problems)
        received_at = self._moment(row, problems)
        text = values.get("text") or values.get("title", "")
        try:
            text = checked_text(text, limit=IMPORTED_LENGTH)
        except Invalid as error:
            problems.append(Rejection(row.number, self.named("text") or self.named("title"), error.message))
        if len(values.get("number", "")) > NUMBER_LENGTH:
            problems.append(Rejection(row.number, self.named("number"), _("The number is too long.")))
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
            category=values.get("category", ""),
        )

    def _name_of(self, column: int) -> str:
        return self.names[column] if column < len(self.names) else column_name("", column)

    def _texts(self, row: Row, problems: list[Rejection]) -> dict[str, str]:
        values: dict[str, str] = {}
        for field, column in self.columns.items():
            if field == "at":
                continue
            try:
                values[field] = as_text(row.cells[column]).strip()
            except CellProblem as error:
                problems.append(Rejection(row.number, self.names[column], error.message))
        return values

    def _moment(self, row: Row, problems: list[Rejection]) -> datetime | None:
        column = self.columns.get("at")
        if column is None or row.cells[column] in (None, ""):
            return None
        value = row.cells[column]
        if self.date_order != "ymd" and isinstance(value, str):
            value = _year_first(value, self.date_order)
        try:
            moment = as_datetime(value)
        except CellProblem as error:
            problems.append(Rejection(row.number, self.names[column], error.message))
            return None
        if moment > self.now:
            problems.append(Rejection(row.number, self.names[column], _("The time lies in the future.")))
        return moment


def _year_first(text: str, order: str) -> str:
    found = _MONTH_OR_DAY_FIRST.fullmatch(text)
    if found is None:
        return text
    first, second, year, rest = found.groups()
    month, day = (first, second) if order == "mdy" else (second, first)
    return f"{year}/{month}/{day}{rest}"


def _contact(values: Mapping[str, str]) -> Contact:
    given = {
        field: "" if _NOTHING.fullmatch(values.get(field, "")) else values[field]
        for field in ("name", "phone", "email")
    }
    return Contact(name=given["name"][:NAME_LENGTH], phone=given["phone"], email=given["email"])


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
