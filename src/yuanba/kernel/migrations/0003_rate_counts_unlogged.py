"""Counts of rate limits may be lost in a crash; writing them to the log would cost every request a wait for the disk."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def unlog(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE kernel_ratecount SET UNLOGGED")


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_journal_refuses_changes")]

    operations = [migrations.RunPython(unlog, migrations.RunPython.noop)]
