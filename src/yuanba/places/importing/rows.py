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
from yuanba.places.importing.branches import NOTHING_MORE, Branch, Details, RowProblem, Step, with_details
from yuanba.places.importing.coordinates import read_datum, read_pair, read_point
from yuanba.places.kinds import PlaceKind
from yuanba.places.names import clean_name, numbered_name

_ADMINISTRATION = (
    PlaceKind.PROVINCE,
    PlaceKind.CITY,
    PlaceKind.DISTRICT,
    PlaceKind.STREET,
    PlaceKind.COMMUNITY,
)
_PREMISES = (
    (PlaceKind.ESTATE, "estate"),
    (PlaceKind.AREA, "spot"),
    (PlaceKind.BUILDING, "building"),
    (PlaceKind.UNIT, "unit"),
    (PlaceKind.HOUSEHOLD, "household"),
)
_CODES = tuple(f"{kind}_code" for kind in _ADMINISTRATION)
_NAMES = tuple(str(kind) for kind in _ADMINISTRATION)
_PARTS = tuple(field for _kind, field in _PREMISES)
_NAMING = frozenset((*_CODES, *_NAMES, *_PARTS, "name"))
_DETAILS = frozenset({"lon", "lat", "point", "households_count", "unmanaged", "aliases"})
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
        self._premises_fields = [(kind, field) for kind, field in _PREMISES if field in self._columns]
        self._has_details = not _DETAILS.isdisjoint(self._columns)
        self._levels = (*_CODES, *_NAMES)
        self._code_columns = tuple(self._heading(field) for field in _CODES)
        self._name_columns = tuple(self._heading(field) for field in _NAMES)
        self._step_columns = [self._columns_of_steps(own) for own in self._code_columns]
        named = (self._heading(field) for field in reversed((*_CODES, *_NAMES, *_PARTS)))
        self.where = next(filter(None, named), "")
        """The column to name where a whole row says nothing: the finest that names a place."""
        self.datum = datum or self._datum_of_headings() or Datum.WGS84

    def _meaning_of_name(self) -> str:
        """A column called just “name” is the finest level that the file has a code for, or else estates."""
        coded = [kind for kind, field in zip(_NAMES, _CODES, strict=True) if field in self._columns]
        return coded[-1] if coded else "estate"

    def _datum_of_headings(self) -> Datum | None:
        headings = [self._heading(field) for field in ("lon", "lat", "point") if field in self._columns]
        return next((datum for heading in headings if (datum := read_datum(heading))), None)

    def _heading(self, field: str) -> str:
        column = self._columns.get(field)
        return self._header[column] if column is not None else ""

    def read(self, row: Row) -> Branch:
        """The row as a branch. Raises `RowProblem` naming the column at fault."""
        for fault in (*row.faults, *row.unsaved):
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
        given = tuple(self._text(row, field) for field in self._levels)
        codes, names = given[: len(_ADMINISTRATION)], given[len(_ADMINISTRATION) :]
        last = max((depth for depth, code in enumerate(codes) if code), default=-1)
        if last >= 0:
            own = _code(codes[last], last, self._code_columns[last])
            # Whole streets of rows have the same way down to their own code.
            yield from _way_down(
                codes[:last], own.ancestors, names[:last], self._code_columns, self._step_columns[last]
            )
            _agree(own, codes[:last], self._code_columns[last])
            column = self._name_columns[last] or self._code_columns[last]
            yield Step(own.kind, _checked(names[last], column) if names[last] else "", own.digits, column)
        for depth in range(last + 1, len(_ADMINISTRATION)):
            if names[depth]:
                yield _named(_ADMINISTRATION[depth], names[depth], self._name_columns[depth])

    def _columns_of_steps(self, own: str) -> tuple[str, ...]:
        """The column to name for each level: that of names, else of codes, else `own`, whose code implies it."""
        pairs = zip(self._name_columns, self._code_columns, strict=True)
        return tuple(name or code or own for name, code in pairs)

    def _premises(self, row: Row) -> Iterator[Step]:
        for kind, field in self._premises_fields:
            if text := self._text(row, field):
                yield Step(
                    kind, _checked(numbered_name(text, kind), self._heading(field)), "", self._heading(field)
                )

    def _details(self, row: Row) -> Details:
        if not self._has_details:
            return NOTHING_MORE
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


def _checked(text: str, column: str) -> str:
    try:
        return clean_name(text)
    except Invalid as problem:
        raise RowProblem(problem.message, field=column) from None


def _code(text: str, depth: int, column: str) -> StatisticsCode:
    try:
        code = read_code(text)
    except Invalid as problem:
        raise RowProblem(problem, field=column) from None
    if code.kind != _ADMINISTRATION[depth]:
        message = _("%(code)s is the code of another level (%(level)s).")
        raise RowProblem(message % {"code": text, "level": code.kind.label}, field=column)
    return code


def _agree(code: StatisticsCode, above: tuple[str, ...], column: str) -> None:
    """Raises `RowProblem` unless `code` lies in the nearest one given above it."""
    nearest = next((text for text in reversed(above) if text), "")
    if nearest and not code.lies_in(read_code(nearest)):
        message = _("%(code)s does not lie in %(parent)s.")
        raise RowProblem(message % {"code": code.digits, "parent": nearest}, field=column)


@lru_cache(maxsize=4096)
def _way_down(
    given: tuple[str, ...],
    above: tuple[StatisticsCode, ...],
    names: tuple[str, ...],
    code_columns: tuple[str, ...],
    name_columns: tuple[str, ...],
) -> tuple[Step, ...]:
    """The coded steps above a row's own place; provinces and cities without a name may be left out."""
    for depth, text in enumerate(given):
        if text:
            _agree(_code(text, depth, code_columns[depth]), given[:depth], code_columns[depth])
    steps = []
    for code in above:
        depth = _ADMINISTRATION.index(code.kind)
        name, column = names[depth], name_columns[depth]
        optional = not name and code.kind in {PlaceKind.PROVINCE, PlaceKind.CITY}
        steps.append(Step(code.kind, _checked(name, column) if name else "", code.digits, column, optional))
    return tuple(steps)


@lru_cache(maxsize=4096)
def _named(kind: PlaceKind, name: str, column: str) -> Step:
    return Step(kind, _checked(name, column), "", column)
