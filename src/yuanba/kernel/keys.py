"""Primary keys reserved before the row is written.

A journal entry names its subject, and the subject's row holds the hash of its last entry: to write both in
one statement each, the key must be known first.
"""

from django.db import connection, models


def reserve(model: type[models.Model], count: int = 1) -> list[int]:
    """Take `count` fresh primary keys of `model`, ascending; call inside the transaction that uses them.

    PostgreSQL's sequence never hands a number out twice; SQLite's writer lock (immediate transactions) makes
    the next numbers ours until commit.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return [row[0] for row in cursor.fetchall()]
        cursor.execute(f"SELECT COALESCE(MAX(id), 0) FROM {table}")  # noqa: S608 - the model's own table name
        last = cursor.fetchone()[0]
    return list(range(last + 1, last + count + 1))
