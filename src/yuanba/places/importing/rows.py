"""Rows of a table as branches."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from django.utils.translation import gettext as _

from yuanba.kernel.errors import Invalid
from yuanba.kernel.sheets.cells import as_int, as_text
from yuanba.kernel.sheets.problems import CellProblem
from yuanba.kernel.sheets.rows import Row
from yuanba.places.codes import StatisticsCode, read_code
from yuanba.places.datum import Datum, Point
from yuanba.places.importing.branches import Branch, Details, RowProblem, Step, with_details
from yuanba.places.importing.coordinates import read_datum, read_pair, read_point
from yuanba.places.kinds import PlaceKind
from yuanba.places.names import clean_name, numbered_name

_ADMINISTRATION = (
    (PlaceKind.PROVINCE, "province"),
    (PlaceKind.CITY, "city"),
    (PlaceKind.DISTRICT, "district"),
    (PlaceKind.STREET, "street"),
    (PlaceKind.COMMUNITY, "community"),
)
_PREMISES = (
    (PlaceKind.ESTATE, "estate"),
    (PlaceKind.AREA, "spot"),
    (PlaceKind.BUILDING, "building"),
    (PlaceKind.UNIT, "unit"),
    (PlaceKind.HOUSEHOLD, "household"),
)
_NAMING = frozenset(
    [field for _kind, field in (*_ADMINISTRATION, *_PREMISES)]
    + [f"{field}_code" for _kind, field in _ADMINISTRATION]
    + ["name"]
)
_YES = frozenset({"是", "1", "y", "yes", "true", "√", "✓", "三无", "三无小区"})
_NO = frozenset({"", "否", "0", "n", "no", "false", "×", "无", "-"})


class RowReader:
    """Reads the rows of one table by its `columns`. Raises `Invalid` when none of them names a place."""

    def __init__(self, header: Sequence[str], columns: Mapping[str, int], datum: Datum | None) -> None:
        self._header = header
        self._columns = dict(columns)
        if not _NAMING & self._columns.keys():
            raise Invalid(
                _("No column names a place. There are: %(columns)s.") % {"columns": ", ".join(header[:20])},
                field="file",
                code="no_place_column",
            )
        if "name" in self._columns:
            self._columns.setdefault(self._meaning_of_name(), self._columns.pop("name"))
        self.datum = datum or self._datum_of_headings() or Datum.WGS84

    def _meaning_of_name(self) -> str:
        """A column called just “name” is the finest level that the file has a code for, or else estates."""
        for _kind, field in reversed(_ADMINISTRATION):
            if f"{field}_code" in self._columns:
                return field
        return "estate"

    def _datum_of_headings(self) -> Datum | None:
        headings = [self._heading(field) for field in ("lon", "lat", "point") if field in self._columns]
        return next((datum for heading in headings if (datum := read_datum(heading))), None)

    def _heading(self, field: str) -> str:
        column = self._columns.get(field)
        return self._header[column] if column is not None else ""

    def read(self, row: Row) -> Branch:
        """The row as a branch. Raises `RowProblem` naming the column at fault."""
        for fault in row.faults:
            if fault.column >= len(self._header) or fault.column in self._columns.values():
                heading = self._header[fault.column] if fault.column < len(self._header) else ""
                raise RowProblem(fault.reason, field=heading)
        steps = [*self._administration(row), *self._premises(row)]
        if not steps:
            raise RowProblem(_("The row names no place."))
        return Branch(row.number, with_details(steps, self._details(row)))

    def _text(self, row: Row, field: str) -> str:
        column = self._columns.get(field)
        if column is None:
            return ""
        value = row.cells[column]
        if isinstance(value, str):
            return value.strip()
        try:
            return as_text(value)
        except CellProblem as problem:
            raise RowProblem(problem.message, field=self._header[column]) from None

    def _administration(self, row: Row) -> Iterator[Step]:
        codes: dict[PlaceKind, str] = {}
        names: dict[PlaceKind, str] = {}
        for kind, field in _ADMINISTRATION:
            names[kind] = self._text(row, field)
            if text := self._text(row, f"{field}_code"):
                codes[kind] = text
        if not codes:
            for kind, field in _ADMINISTRATION:
                if names[kind]:
                    yield _named(kind, names[kind], self._heading(field))
            return
        deepest = max(codes, key=lambda kind: _DEPTH[kind])
        columns = tuple(self._heading(f"{field}_code") for _kind, field in _ADMINISTRATION)
        given = tuple(codes.get(kind, "") for kind, _field in _ADMINISTRATION)
        above = _codes_above(given, columns)
        for code in above[:-1]:
            yield _coded(code, names[code.kind], self._heading(_FIELD[code.kind]))
        yield _own(
            above[-1],
            names[deepest],
            self._heading(_FIELD[deepest]) or self._heading(f"{_FIELD[deepest]}_code"),
        )
        for kind, field in _ADMINISTRATION[_DEPTH[deepest] + 1 :]:
            if names[kind]:
                yield _named(kind, names[kind], self._heading(field))

    def _premises(self, row: Row) -> Iterator[Step]:
        for kind, field in _PREMISES:
            if text := self._text(row, field):
                yield Step(
                    kind, _checked(numbered_name(text, kind), self._heading(field)), "", self._heading(field)
                )

    def _details(self, row: Row) -> Details:
        count = self._count(row)
        aliases = [name for name in re.split(r"[、,，;；/]", self._text(row, "aliases")) if name.strip()]
        return Details(
            point=self._point(row),
            households_count=count,
            unmanaged=self._unmanaged(row),
            aliases=tuple(_checked(name, self._heading("aliases")) for name in aliases),
        )

    def _count(self, row: Row) -> int | None:
        column = self._columns.get("households_count")
        if column is None or row.cells[column] is None:
            return None
        try:
            count = as_int(row.cells[column])
        except CellProblem as problem:
            raise RowProblem(problem.message, field=self._header[column]) from None
        if not 0 <= count <= 1_000_000:
            raise RowProblem(_("This is not a possible number of households."), field=self._header[column])
        return count

    def _unmanaged(self, row: Row) -> bool:
        text = self._text(row, "unmanaged").casefold()
        if text not in _YES | _NO:
            raise RowProblem(_("Write yes or no (是 or 否)."), field=self._heading("unmanaged"))
        return text in _YES

    def _point(self, row: Row) -> Point | None:
        datum = self.datum
        if text := self._text(row, "datum"):
            named = read_datum(text)
            if named is None:
                raise RowProblem(
                    _("“%(text)s” is not a datum known here: WGS-84, GCJ-02 or BD-09.") % {"text": text[:40]},
                    field=self._heading("datum"),
                )
            datum = named
        columns = (self._heading("lon"), self._heading("lat"))
        point = read_point(self._text(row, "lon"), self._text(row, "lat"), datum, columns)
        return point or read_pair(self._text(row, "point"), datum, self._heading("point"))


_FIELD = dict(_ADMINISTRATION)
_DEPTH = {kind: depth for depth, (kind, _field) in enumerate(_ADMINISTRATION)}


def _checked(text: str, column: str) -> str:
    try:
        return clean_name(text)
    except Invalid as problem:
        raise RowProblem(problem.message, field=column) from None


@lru_cache(maxsize=4096)
def _codes_above(given: tuple[str, ...], columns: tuple[str, ...]) -> tuple[StatisticsCode, ...]:
    """The codes from the province down to the deepest given one, which all others must agree with."""
    read: list[StatisticsCode] = []
    for (kind, _field), text, column in zip(_ADMINISTRATION, given, columns, strict=True):
        if not text:
            continue
        try:
            code = read_code(text)
        except Invalid as problem:
            raise RowProblem(problem.message, field=column) from None
        if code.kind != kind:
            raise RowProblem(
                _("%(code)s is the code of another level (%(level)s).")
                % {"code": text, "level": code.kind.label},
                field=column,
            )
        if read and not code.lies_in(read[-1]):
            raise RowProblem(
                _("%(code)s does not lie in %(parent)s.") % {"code": text, "parent": read[-1].significant},
                field=column,
            )
        read.append(code)
    return (*read[-1].ancestors, read[-1])


def _own(code: StatisticsCode, name: str, column: str) -> Step:
    return Step(code.kind, _checked(name, column) if name else "", code.digits, column)


@lru_cache(maxsize=4096)
def _coded(code: StatisticsCode, name: str, column: str) -> Step:
    """A step above the row's own place: provinces and cities that the file does not name may be left out."""
    optional = not name and code.kind in {PlaceKind.PROVINCE, PlaceKind.CITY}
    return Step(code.kind, _checked(name, column) if name else "", code.digits, column, optional)


@lru_cache(maxsize=4096)
def _named(kind: PlaceKind, name: str, column: str) -> Step:
    return Step(kind, _checked(name, column), "", column)
