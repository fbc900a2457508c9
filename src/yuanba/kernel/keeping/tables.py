"""Which tables an archive holds, with which columns, in an order where what is referred to comes first."""

from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

from django.apps import apps
from django.db import connection, models

# Gone after a restore, and rightly: everybody signs in anew, no client repeats a write across one, and the
# restored database is another one to a store of files.
LEFT_OUT = frozenset(
    {
        "sessions.session",
        "kernel.idempotencykey",
        "kernel.ratecount",
        "kernel.storemark",
        "axes.accessattempt",
        "axes.accessattemptexpiration",
    }
)
# Filled by `migrate` itself under keys of its own choosing, so a restore puts the archive's rows in their
# place.
MADE_BY_MIGRATE = frozenset({"contenttypes.contenttype", "auth.permission"})


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its label (``app.model``), its model, and its columns in a fixed order."""

    label: str
    model: type[models.Model]
    fields: tuple["models.Field[Any, Any]", ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(str(field.column) for field in self.fields)

    def ordered(self, columns: tuple[str, ...]) -> "Table":
        """The same table with its columns in another order. Raises KeyError for a column it does not have."""
        by_column = {str(field.column): field for field in self.fields}
        return Table(self.label, self.model, tuple(by_column[column] for column in columns))

    @property
    def quoted_name(self) -> str:
        return connection.ops.quote_name(self.model._meta.db_table)

    @property
    def quoted_columns(self) -> str:
        return ", ".join(map(connection.ops.quote_name, self.columns))

    @property
    def quoted_key(self) -> str:
        return connection.ops.quote_name(str(self.model._meta.pk.column))


def tables() -> list[Table]:
    """Every table to be kept, those that others refer to first; references to the own table don't count."""
    kept = {
        model: Table(model._meta.label_lower, model, tuple(model._meta.local_concrete_fields))
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.label_lower not in LEFT_OUT
    }
    order: TopologicalSorter[type[models.Model]] = TopologicalSorter()
    for model, table in kept.items():
        order.add(model, *(_referred(table) - {model}))
    return [kept[model] for model in order.static_order()]


def _referred(table: Table) -> set[type[models.Model]]:
    return {field.remote_field.model for field in table.fields if field.remote_field is not None}
