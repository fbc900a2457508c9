"""One form for every stored value that both engines give and take, without Python's readings in between.

Values go from the database to the archive and back as they are stored: what is encrypted stays encrypted,
so an archive can be made and restored without the key, and can't be read without it.
"""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any, TypeAlias

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

Convert = Callable[[Any], Any]
AnyField: TypeAlias = "models.Field[Any, Any]"

PLAIN = frozenset(
    {
        "AutoField",
        "BigAutoField",
        "BigIntegerField",
        "BooleanField",
        "CharField",
        "FloatField",
        "IntegerField",
        "PositiveBigIntegerField",
        "PositiveIntegerField",
        "PositiveSmallIntegerField",
        "TextField",
    }
)


def writer(field: AnyField) -> Convert:
    """How a raw value of this column becomes JSON. Raises TypeError for a kind of column not known here."""
    backend = connection.ops.get_db_converters(field.get_col(field.model._meta.db_table))
    kind = _kind(field)

    def convert(value: Any) -> Any:
        for each in backend:
            value = each(value, None, connection)
        return None if value is None else _OUT[kind](value)

    return convert


def reader(field: AnyField) -> Convert:
    """How JSON becomes what this column's driver takes. The converter raises ValueError or TypeError for
    nonsense.
    """
    take = _IN[_kind(field)]
    return lambda value: None if value is None else take(value)


def _kind(field: AnyField) -> str:
    while field.remote_field is not None:
        field = field.target_field  # type: ignore[attr-defined]
    name = field.get_internal_type()
    if name in PLAIN:
        return "plain"
    if name not in _OUT:
        raise TypeError(f"{field}: say in {__name__} how a {name} is kept")
    return name


def _plain(value: Any) -> Any:
    if not isinstance(value, str | int | float | bool):
        raise TypeError(f"{type(value).__name__} is not a plain value")
    return value


def _moment_in(value: Any) -> Any:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return connection.ops.adapt_datetimefield_value(moment)


def _json_in(value: Any) -> Any:
    return connection.ops.adapt_json_value(value, DjangoJSONEncoder)


_OUT: dict[str, Convert] = {
    "plain": _plain,
    "DateTimeField": lambda value: value.astimezone(UTC).isoformat(),
    "DateField": lambda value: value.isoformat(),
    "TimeField": lambda value: value.isoformat(),
    "GenericIPAddressField": str,
    # Boxed, because a JSON null and an absent value are not the same.
    "JSONField": lambda value: [json.loads(value)],
}
_IN: dict[str, Convert] = {
    "plain": _plain,
    "DateTimeField": _moment_in,
    "DateField": lambda value: connection.ops.adapt_datefield_value(date.fromisoformat(value)),
    "TimeField": lambda value: connection.ops.adapt_timefield_value(time.fromisoformat(value)),
    "GenericIPAddressField": lambda value: connection.ops.adapt_ipaddressfield_value(str(value)),
    "JSONField": lambda value: _json_in(value[0]),
}
