"""The database itself refuses to change or remove journal entries and sealed days, on both engines."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLES = ("kernel_entry", "kernel_dailyroot")
# What a row is known by. SQLite's REPLACE removes rows of the same key without firing a DELETE trigger.
SAME = {
    "kernel_entry": "id = NEW.id OR "
    "(subject_kind = NEW.subject_kind AND subject_id = NEW.subject_id AND seq = NEW.seq)",
    "kernel_dailyroot": "id = NEW.id OR day = NEW.day",
}
REFUSAL = "the journal is append-only"

FUNCTION = f"""
CREATE FUNCTION journal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$
"""


def install(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTION)
        for table in TABLES:
            schema_editor.execute(
                f"CREATE TRIGGER {table}_refuse_change BEFORE UPDATE OR DELETE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION journal_refuse_change()"
            )
            schema_editor.execute(
                f"CREATE TRIGGER {table}_refuse_truncate BEFORE TRUNCATE ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change()"
            )
        return
    for table in TABLES:
        for event in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER {table}_refuse_{event.lower()} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
        schema_editor.execute(
            f"CREATE TRIGGER {table}_refuse_replace BEFORE INSERT ON {table} "  # noqa: S608 - constant names
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {SAME[table]}) "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )


def remove(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f"DROP TRIGGER {table}_refuse_change ON {table}")
            schema_editor.execute(f"DROP TRIGGER {table}_refuse_truncate ON {table}")
        schema_editor.execute("DROP FUNCTION journal_refuse_change()")
        return
    for table in TABLES:
        for event in ("update", "delete", "replace"):
            schema_editor.execute(f"DROP TRIGGER {table}_refuse_{event}")


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
