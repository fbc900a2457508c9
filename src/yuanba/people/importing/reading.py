"""Rows of a table as lines: every cell checked before anything is looked up."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta

from django.utils.translation import gettext as _

from yuanba.kernel.crypto import normalise_phone
from yuanba.kernel.errors import Invalid
from yuanba.kernel.sheets import Row
from yuanba.people.actions.accounts import check_username
from yuanba.people.importing.cells import Cells
from yuanba.people.importing.fields import OF_OFFICE, ORGANIZATIONS, PLACE_LEVELS
from yuanba.people.importing.lines import NAMELESS, Holder, OfficeLine, PostLine
from yuanba.people.importing.words import Words
from yuanba.people.texts import checked_name, checked_text
from yuanba.places.kinds import PlaceKind
from yuanba.places.names import numbered_name

FIRST_DAY = date(1950, 1, 1)
AHEAD = timedelta(days=731)
"""How far a day may lie ahead: appointments are known months before, terms of office are five years."""
TERM = timedelta(days=366 * 11)
_SEVERAL_PLACES = re.compile(r"[、,，;；\n]")
_SEVERAL = re.compile(r"[、,，;；/／\n|]")
_SAME = {field: field for field in ORGANIZATIONS}
_UNTIL_NOW = frozenset({"至今", "长期", "现在", "在任", "在岗", "-", "—"})
_PREMISES = frozenset({PlaceKind.ESTATE, PlaceKind.BUILDING, PlaceKind.UNIT, PlaceKind.HOUSEHOLD})


class OfficeReader:
    """Reads the rows of a file of organizations. Raises `Invalid` when no column names them."""

    def __init__(self, header: Sequence[str], columns: Mapping[str, int], words: Words) -> None:
        if "name" not in columns:
            raise _no_column(header, _("No column names the organizations. There are: %(columns)s."))
        self.cells, self._words = Cells(header, columns), words

    def read(self, row: Row) -> OfficeLine:
        """Raises `Invalid` naming the heading at fault."""
        self.cells.check(row)
        line = _office_line(self.cells, row, self._words, _SAME)
        if not line.name and not line.code:
            raise Invalid(_("The organization's name is missing."), field=self.cells.heading("name"))
        return line


class PostReader:
    """Reads the rows of a file of people. Raises `Invalid` when no column says what post a row is."""

    def __init__(self, header: Sequence[str], columns: Mapping[str, int], words: Words, today: date) -> None:
        if not {"kind", "title"} & columns.keys():
            raise _no_column(header, _("No column says which post a row is. There are: %(columns)s."))
        if not {"organization", "organization_code", "place", *PLACE_LEVELS} & columns.keys():
            raise _no_column(header, _("No column says where a post belongs. There are: %(columns)s."))
        self.cells, self._words, self._today = Cells(header, columns), words, today

    def read(self, row: Row) -> PostLine:
        """Raises `Invalid` naming the heading at fault."""
        self.cells.check(row)
        kind, title = self._kind_and_title(row)
        office = _office_line(self.cells, row, self._words, OF_OFFICE)
        place = self._place(row)
        if not (office.name or office.code or place):
            raise Invalid(_("Say which organization or place the post belongs to."), field=self._where())
        return PostLine(
            row=row.number,
            office=office if office.name or office.code else None,
            place=place,
            paired=tuple(filter(None, map(str.strip, _SEVERAL_PLACES.split(self.cells.text(row, "paired"))))),
            kind=kind,
            title=title,
            holder=self._holder(row),
        )

    def heading_of_place(self) -> str:
        """The column that places are named by: the last of them that the file has."""
        fields = ("place", *reversed(PLACE_LEVELS))
        return next((heading for field in fields if (heading := self.cells.heading(field))), "")

    def _where(self) -> str:
        return self.cells.heading("organization") or self.heading_of_place()

    def _kind_and_title(self, row: Row) -> tuple[str, str]:
        said, title = self.cells.text(row, "kind"), self.cells.text(row, "title")
        if not said and not title:
            heading = self.cells.heading("kind") or self.cells.heading("title")
            raise Invalid(_("Say which kind of post this is."), field=heading)
        column = "kind" if said else "title"
        with _blaming(self.cells.heading(column)):
            if not said and not self._words.may_be_post_kind(title):
                raise Invalid(
                    _("The title names no kind of post of the playbook: add a column with the kind of post.")
                )
            kind = self._words.post_kind(said or title)
        with _blaming(self.cells.heading("title")):
            return kind.code, checked_text(title or kind.name, "title", at_most=80)

    def _place(self, row: Row) -> str:
        """The place's cell, or the way down that the columns of streets, communities … make up."""
        if written := self.cells.text(row, "place"):
            return written
        steps = [(field, self.cells.text(row, field)) for field in PLACE_LEVELS]
        return "/".join(numbered_name(text.replace("/", " "), field) for field, text in steps if text)

    def _holder(self, row: Row) -> Holder | None:
        name, phone = self._name(row), self._phone(row)
        from_on, to_on = self._days(row)
        with _blaming(self.cells.heading("username")):
            said = self.cells.text(row, "username")
            username = check_username(said) if said else ""
        if not name:
            given = (("phone", phone), ("from", from_on), ("to", to_on), ("username", username))
            for field, value in given:
                if value:
                    message = _("Nobody is named who this could belong to. Leave it empty for a vacant post.")
                    raise Invalid(message, field=self.cells.heading(field))
            return None
        return Holder(name, phone, from_on, to_on, username)

    def _name(self, row: Row) -> str:
        heading = self.cells.heading("name")
        with _blaming(heading):
            name = checked_name(self.cells.text(row, "name"))
        if name.casefold() in NAMELESS:
            return ""
        if _SEVERAL.search(name):
            raise Invalid(_("One row is one post with one holder. Give each person a row."), field=heading)
        if any(sign.isdigit() for sign in name):
            raise Invalid(_("A person's name has no digits. Is this the right column?"), field=heading)
        return name

    def _phone(self, row: Row) -> str:
        text = self.cells.text(row, "phone")
        with _blaming(self.cells.heading("phone")):
            return "" if text.casefold() in NAMELESS else normalise_phone(text)

    def _days(self, row: Row) -> tuple[date | None, date | None]:
        from_on = self.cells.day(row, "from")
        to_on = None if self.cells.text(row, "to") in _UNTIL_NOW else self.cells.day(row, "to")
        if from_on and not FIRST_DAY <= from_on <= self._today + AHEAD:
            raise Invalid(_("This can't be the day meant."), field=self.cells.heading("from"))
        if to_on is None:
            return from_on, None
        heading = self.cells.heading("to")
        if to_on <= (from_on or self._today):
            raise Invalid(_("The end lies before the beginning."), field=heading)
        if to_on <= self._today:
            message = _("This holding has ended. Leave the row out, or the name empty for a vacant post.")
            raise Invalid(message, field=heading)
        if to_on > self._today + TERM:
            raise Invalid(_("This can't be the day meant."), field=heading)
        return from_on, to_on


def is_premises(level: str) -> bool:
    """Whether posts of this level watch over one estate, building or smaller."""
    return level in _PREMISES


def _office_line(cells: Cells, row: Row, words: Words, columns: Mapping[str, str]) -> OfficeLine:
    def text(field: str) -> str:
        return cells.text(row, columns[field]) if field in columns else ""

    def heading(field: str) -> str:
        return cells.heading(columns[field])

    with _blaming(heading("name")):
        name = checked_text(text("name"), "name", at_most=120, required=False)
    code = text("code").lower()
    with _blaming(heading("kind")):
        kind = words.office_kind(said) if (said := text("kind")) else ""
    return OfficeLine(
        row=row.number,
        name=name,
        code=code,
        kind=kind,
        parent=text("parent"),
        place=text("place"),
        short_name=text("short_name"),
        phone=text("phone"),
    )


@contextmanager
def _blaming(heading: str) -> Iterator[None]:
    """Refusals inside name the column with this heading."""
    try:
        yield
    except Invalid as problem:
        raise Invalid(problem.message, field=heading) from None


def _no_column(header: Sequence[str], message: str) -> Invalid:
    return Invalid(
        message % {"columns": ", ".join(filter(None, header[:20]))}, field="file", code="no_column"
    )
