from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def unlog(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Counts may be lost in a crash; writing them to the log would cost every request a wait for the disk."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE kernel_ratecount SET UNLOGGED")


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_journal_refuses_changes")]

    operations = [
        migrations.CreateModel(
            name="RateCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("bucket", models.CharField(max_length=40)),
                ("window_start", models.DateTimeField(db_index=True)),
                ("count", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("bucket", "window_start"), name="rate_count_once")
                ],
            },
        ),
        migrations.RunPython(unlog, migrations.RunPython.noop),
    ]
