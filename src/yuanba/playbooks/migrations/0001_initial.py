"""The table of published playbooks, and the rule that what is published never changes."""

from django.db import migrations, models

FROZEN = "code, edition, digest, source, published_at, published_by"
SQLITE_TRIGGER = f"""
CREATE TRIGGER playbook_frozen BEFORE UPDATE OF {FROZEN} ON playbooks_playbookversion
BEGIN SELECT RAISE(ABORT, 'a published playbook never changes'); END
"""
POSTGRES_FUNCTION = """
CREATE FUNCTION playbook_refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'a published playbook never changes'; END $$
"""
POSTGRES_TRIGGER = f"""
CREATE TRIGGER playbook_frozen BEFORE UPDATE OF {FROZEN} ON playbooks_playbookversion
FOR EACH ROW EXECUTE FUNCTION playbook_refuse_change()
"""


def freeze(_apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES_FUNCTION)
        schema_editor.execute(POSTGRES_TRIGGER)
    else:
        schema_editor.execute(SQLITE_TRIGGER)


def thaw(_apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER playbook_frozen ON playbooks_playbookversion")
        schema_editor.execute("DROP FUNCTION playbook_refuse_change()")
    else:
        schema_editor.execute("DROP TRIGGER playbook_frozen")


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="PlaybookVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                ("journal_hash", models.CharField(default="", editable=False, max_length=64)),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                ("edition", models.PositiveIntegerField(verbose_name="edition")),
                ("digest", models.CharField(max_length=64, verbose_name="digest")),
                ("source", models.TextField(verbose_name="source text")),
                ("published_at", models.DateTimeField(verbose_name="published at")),
                ("published_by", models.BigIntegerField(null=True, verbose_name="published by person")),
            ],
            options={
                "verbose_name": "playbook edition",
                "verbose_name_plural": "playbook editions",
                "constraints": [
                    models.UniqueConstraint(fields=("code", "edition"), name="playbook_one_per_edition"),
                    models.CheckConstraint(
                        condition=models.Q(("edition__gte", 1)), name="playbook_edition_from_one"
                    ),
                ],
            },
        ),
        migrations.RunPython(freeze, thaw),
    ]
