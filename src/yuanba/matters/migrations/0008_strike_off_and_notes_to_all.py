from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def look_again(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What was told of once as waiting to be struck off, and then never again, is told of again."""
    matters = apps.get_model("matters", "Matter").objects.filter(state="confirmed", next_alarm_at=None)
    matters.update(next_alarm_at=models.F("due_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("matters", "0007_calls_end"),
    ]

    operations = [
        migrations.AlterField(
            model_name="matter",
            name="stage",
            field=models.CharField(
                choices=[
                    ("triage", "Sorting"),
                    ("claim", "Claiming"),
                    ("handling", "Handling"),
                    ("confirm", "Confirming"),
                    ("arbitration", "Arbitration"),
                    ("strike_off", "Striking off"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="note",
            name="kind",
            field=models.CharField(
                choices=[
                    ("office", "Office note"),
                    ("resident", "To the resident"),
                    ("everybody", "To all who ask for the same"),
                    ("question", "Question to the resident"),
                    ("reply", "From the resident"),
                    ("reason", "Reason"),
                ],
                max_length=10,
            ),
        ),
        migrations.RunPython(look_again, migrations.RunPython.noop),
    ]
