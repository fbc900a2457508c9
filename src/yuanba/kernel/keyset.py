"""Lists paged by key: the next page starts after the last row seen, so page one million costs what page one
does.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.db.models import DateField, DateTimeField, Field, IntegerField, Model, Q, QuerySet
from django.utils.translation import gettext as _

from yuanba.kernel.errors import Invalid

Row = TypeVar("Row", bound=Model)
PAGE_SIZE = 25
MOST = 200
LARGEST_KEY = 2**63 - 1
# Years that stay years in every time zone and on both databases.
EARLIEST, LATEST = 2, 9998


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows, and the cursor of the page after them; empty at the end."""

    rows: Sequence[Row]
    next: str = ""


def page(queryset: QuerySet[Row], order: Sequence[str], cursor: str = "", size: int = PAGE_SIZE) -> Page[Row]:
    """One page of `queryset` by `order`, whose last field is unique (``-`` for falling, all in one
    direction).

    Raises `Invalid` for a cursor that is not one of ours, ValueError for mixed directions.
    """
    falling = {name.startswith("-") for name in order}
    if len(falling) != 1:
        raise ValueError("a keyset runs in one direction")
    names = [name.removeprefix("-") for name in order]
    size = max(1, min(size, MOST))
    fields = [_field(queryset.model, name) for name in names]
    rows = list(queryset.filter(_after(names, fields, cursor, falling.pop())).order_by(*order)[: size + 1])
    if len(rows) <= size:
        return Page(rows)
    return Page(rows[:size], _cursor([getattr(rows[size - 1], name) for name in names]))


def _field(model: type[Model], name: str) -> Field[Any, Any]:
    field = model._meta.pk if name == "pk" else model._meta.get_field(name)
    if not isinstance(field, Field):
        raise TypeError(f"{model.__name__} can't be paged by {name}")
    return field


def _after(names: Sequence[str], fields: Sequence[Field[Any, Any]], cursor: str, falling: bool) -> Q:
    if not cursor:
        return Q()
    values = _values(cursor, fields)
    step = "lt" if falling else "gt"
    # (a, b) > (x, y) written so that an index on (a, b) is used from its first column on.
    condition = Q(**{f"{names[-1]}__{step}": values[-1]})
    for name, value in zip(reversed(names[:-1]), reversed(values[:-1]), strict=True):
        condition = Q(**{f"{name}__{step}e": value}) & (Q(**{f"{name}__{step}": value}) | condition)
    return condition


def _cursor(values: Sequence[Any]) -> str:
    plain = [value.isoformat() if isinstance(value, date) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _values(cursor: str, fields: Sequence[Field[Any, Any]]) -> list[Any]:
    """The values in a cursor, each of its column's own type. Raises `Invalid`: a cursor comes from outside."""
    try:
        plain = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(plain, list):
            raise TypeError("not a list")
        return [_value(field, value) for field, value in zip(fields, plain, strict=True)]
    except (TypeError, ValueError, OverflowError, RecursionError):
        raise Invalid(_("This page address is damaged. Go back to the first page."), field="after") from None


def _value(field: Field[Any, Any], value: object) -> Any:
    """One value as its column holds it. Raises TypeError or ValueError."""
    if isinstance(field, IntegerField):
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST_KEY:
            raise ValueError("not a key")
        return value
    if not isinstance(value, str) or "\0" in value:
        raise TypeError("not a text")
    if isinstance(field, DateTimeField):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None or not EARLIEST <= moment.year <= LATEST:
            raise ValueError("not a moment that a database can compare")
        return moment
    return date.fromisoformat(value) if isinstance(field, DateField) else value.encode().decode()
