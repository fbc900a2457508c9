"""Statements that are made once and sent with other values each time.

A move reads and writes the same few rows in the same shape. Making that SQL anew for a wide row costs a web
process more than the database takes to run it (docs/performance.md), so the moves keep theirs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models import QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

M = TypeVar("M", bound=models.Model)
Row = tuple[Any, ...]
_FIRST_MARK = 31_007
"""Numbers that stand for the caller's values while a statement is made; small enough for every column of numbers."""


@dataclass(frozen=True, slots=True)
class _Query:
    """One query as SQL. ``values`` are its parameters in order: the caller's, by number, or (-1, value) its own."""

    sql: str
    values: tuple[tuple[int, Any], ...]
    locks: bool
    converters: Sequence[tuple[int, Sequence[Callable[..., Any]], Any]]
    compiler: SQLCompiler

    def rows(self, values: Sequence[int | str]) -> list[list[Any]]:
        if self.locks and connection.get_autocommit():
            raise TransactionManagementError("rows are locked inside a transaction")
        sent = [values[place] if place >= 0 else value for place, value in self.values]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, sent)
            fetched = [list(row) for row in cursor.fetchall()]
        for row in fetched:
            for at, converters, column in self.converters:
                for convert in converters:
                    row[at] = convert(row[at], column, connection)
        return fetched


def _made(queryset: QuerySet[Any, Any], marks: Sequence[int]) -> _Query:
    compiler = queryset.query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    places = {mark: place for place, mark in enumerate(marks)}
    places_of_texts = {str(mark): place for mark, place in places.items()}
    converters = compiler.get_converters([each[0] for each in compiler.select])
    return _Query(
        sql=sql,
        values=tuple(
            ((places_of_texts if isinstance(each, str) else places).get(each, -1), each) for each in params
        ),
        locks=bool(queryset.query.select_for_update) and connection.features.has_select_for_update,
        converters=[(at, tuple(convert), column) for at, (convert, column) in converters.items()],
        compiler=compiler,
    )


class _Kept:
    """What kept queries share: the shape, and the statement made of it for each kind of database.

    `shape` builds the queryset from placeholders, as many as it takes arguments; each must be compared with a column
    of numbers or of plain texts.
    """

    def __init__(self, shape: Callable[..., QuerySet[Any, Any]], arguments: int = 1) -> None:
        self._shape, self._marks = shape, range(_FIRST_MARK, _FIRST_MARK + arguments)
        self._queries: dict[str, _Query] = {}

    def _query(self) -> _Query:
        made = self._queries.get(connection.vendor)
        if made is None:
            made = self._queries[connection.vendor] = _made(self._shape(*self._marks), self._marks)
        return made


class KeptValues(_Kept):
    """A query of one shape for some columns, as `QuerySet.values_list` gives them."""

    def rows(self, *values: int | str) -> list[Row]:
        """The rows for these values."""
        return [tuple(row) for row in self._query().rows(values)]


class KeptSelect(_Kept, Generic[M]):
    """A query of one shape for whole objects, with those that it joins by ``select_related``."""

    def __init__(self, shape: Callable[..., QuerySet[M]], arguments: int = 1) -> None:
        super().__init__(shape, arguments)
        self._forms: dict[str, _Form[M]] = {}

    def rows(self, *values: int | str) -> list[M]:
        """The objects for these values. Raises TransactionManagementError where a locking query has no transaction."""
        query = self._query()
        form = self._forms.get(connection.vendor)
        if form is None:
            form = self._forms[connection.vendor] = _form_of(query.compiler)
        return [form.object(row) for row in query.rows(values)]


@dataclass(frozen=True, slots=True)
class _Form(Generic[M]):
    """How a row becomes an object and those that it refers to."""

    model: type[M]
    fields: tuple[str, ...]
    first: int
    last: int
    related: Sequence[Any]

    def object(self, row: list[Any]) -> M:
        made = self.model.from_db(connection.alias, self.fields, row[self.first : self.last])
        for each in self.related:
            each.populate(row, made)
        return made


def _form_of(compiler: SQLCompiler) -> "_Form[Any]":
    info: Any = compiler.klass_info
    select: Any = compiler.select
    columns = info["select_fields"]
    return _Form(
        model=info["model"],
        fields=tuple(select[at][0].target.attname for at in columns),
        first=columns[0],
        last=columns[-1] + 1,
        related=get_related_populators(info, select, connection.alias),  # type: ignore[call-arg]
    )


class KeptRow(Generic[M]):
    """Whole rows of one table, inserted and updated by kept statements.

    As with ``bulk_create`` no signals are sent; a model that listens to them has no place here.
    """

    def __init__(self, model: type[M]) -> None:
        self._model = model
        self._inserts: dict[tuple[str, bool], str] = {}
        self._updates: dict[str, str] = {}

    def insert(self, row: M) -> None:
        """Insert a row; it gets a key where it has none."""
        has_key = row.pk is not None
        sql = self._inserts.get((connection.vendor, has_key)) or self._make_insert(has_key)
        with connection.cursor() as cursor:
            cursor.execute(sql, self._values(row, add=True) + ([row.pk] if has_key else []))
            if not has_key:
                row.pk = cursor.fetchone()[0]
        row._state.adding, row._state.db = False, connection.alias

    def update(self, row: M) -> None:
        """Write all columns of a row that exists. Raises the model's DoesNotExist where it is gone."""
        sql = self._updates.get(connection.vendor) or self._make_update()
        with connection.cursor() as cursor:
            cursor.execute(sql, [*self._values(row, add=False), row.pk])
            if not cursor.rowcount:
                raise self._model.DoesNotExist(f"{self._model.__name__} {row.pk} is gone")  # type: ignore[attr-defined]

    def update_all(self, rows: Sequence[M]) -> None:
        """The same for many rows, sent together. Raises the model's DoesNotExist where one is gone."""
        if not rows:
            return
        sql = self._updates.get(connection.vendor) or self._make_update()
        with connection.cursor() as cursor:
            cursor.executemany(sql, [[*self._values(row, add=False), row.pk] for row in rows])
            if cursor.rowcount != len(rows):
                raise self._model.DoesNotExist(f"{self._model.__name__}: one is gone")  # type: ignore[attr-defined]

    @cached_property
    def _key(self) -> "models.Field[Any, Any]":
        return self._model._meta.pk

    @cached_property
    def _others(self) -> "list[models.Field[Any, Any]]":
        return [field for field in self._model._meta.concrete_fields if field is not self._key]

    def _values(self, row: M, *, add: bool) -> list[Any]:
        return [
            field.get_db_prep_save(field.pre_save(row, add), connection=connection) for field in self._others
        ]

    def _names(self) -> tuple[str, str, list[str]]:
        quote = connection.ops.quote_name
        key, *others = [quote(str(field.column)) for field in (self._key, *self._others)]
        return quote(self._model._meta.db_table), key, others

    def _make_insert(self, has_key: bool) -> str:
        table, key, columns = self._names()
        listed = [*columns, key] if has_key else columns
        sql = f"INSERT INTO {table} ({', '.join(listed)}) VALUES ({', '.join(['%s'] * len(listed))})"  # noqa: S608
        self._inserts[connection.vendor, has_key] = sql + ("" if has_key else f" RETURNING {key}")
        return self._inserts[connection.vendor, has_key]

    def _make_update(self) -> str:
        table, key, columns = self._names()
        changed = ", ".join(f"{column} = %s" for column in columns)
        self._updates[connection.vendor] = f"UPDATE {table} SET {changed} WHERE {key} = %s"  # noqa: S608
        return self._updates[connection.vendor]
