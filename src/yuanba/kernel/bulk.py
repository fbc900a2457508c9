"""Writing many new rows at once, as fast as the engine takes them."""

from collections.abc import Sequence

from django.db import DEFAULT_DB_ALIAS, connections, models


def refresh_statistics(model: type[models.Model]) -> None:
    """Let PostgreSQL look anew at how a table is filled, for a load that has made it many times larger: by what it
    knew of the empty one it reads all rows of a source to find one, until its own look comes round. Nothing happens
    on SQLite, which plans without.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def insert_many(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one model. Keys that are not set are given by the database and not read back.

    On PostgreSQL by COPY: an INSERT of many rows spends a third of its time on quoting every text twice over.
    Raises Django's IntegrityError as any insert would.
    """
    if not rows:
        return
    model = type(rows[0])
    # Not the proxy: it looks the connection up anew for each of a million values.
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "postgresql":
        model._base_manager.bulk_create(rows)
        return
    fields = [
        field for field in model._meta.local_concrete_fields if not (field.primary_key and rows[0].pk is None)
    ]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    statement = f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(
                [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]
            )
