"""Lists paged by key: the next page starts after the last row seen, so page one million costs what page one
does.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from yuanba.kernel.errors import Invalid

Row = TypeVar("Row", bound=Model)
PAGE_SIZE = 25
MOST = 200


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
    rows = list(queryset.filter(_after(names, cursor, falling.pop())).order_by(*order)[: size + 1])
    if len(rows) <= size:
        return Page(rows)
    return Page(rows[:size], _cursor([getattr(rows[size - 1], name) for name in names]))


def _after(names: Sequence[str], cursor: str, falling: bool) -> Q:
    if not cursor:
        return Q()
    values = _values(cursor, len(names))
    step = "lt" if falling else "gt"
    # (a, b) > (x, y) written so that an index on (a, b) is used from its first column on.
    condition = Q(**{f"{names[-1]}__{step}": values[-1]})
    for name, value in zip(reversed(names[:-1]), reversed(values[:-1]), strict=True):
        condition = Q(**{f"{name}__{step}e": value}) & (Q(**{f"{name}__{step}": value}) | condition)
    return condition


def _cursor(values: Sequence[Any]) -> str:
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _values(cursor: str, count: int) -> list[Any]:
    try:
        plain = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        plain = None
    if not isinstance(plain, list) or len(plain) != count:
        raise Invalid(_("This page address is damaged. Go back to the first page."), field="after")
    values = [parse_datetime(value) if isinstance(value, str) and "T" in value else value for value in plain]
    if any(not isinstance(value, int | str | datetime) or isinstance(value, bool) for value in values):
        raise Invalid(_("This page address is damaged. Go back to the first page."), field="after")
    return values
