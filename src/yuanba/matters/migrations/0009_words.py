"""Words of requests for searching, each engine with the index that it has for them."""

from itertools import islice

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from yuanba.language.terms import terms_of

CHUNK = 1000
INDEX = "matters_words_index"
TABLE = "matters_matterwords"
FTS = f"CREATE VIRTUAL TABLE {INDEX} USING fts5(terms, content='{TABLE}', content_rowid='matter_id', detail='none')"
FORGET = f"INSERT INTO {INDEX} ({INDEX}, rowid, terms) VALUES ('delete', OLD.matter_id, OLD.terms);"  # noqa: S608 - constant names
LEARN = f"INSERT INTO {INDEX} (rowid, terms) VALUES (NEW.matter_id, NEW.terms);"  # noqa: S608 - constant names
TRIGGERS = {"insert": LEARN, "delete": FORGET, "update": f"{FORGET} {LEARN}"}


def install(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"CREATE INDEX {INDEX} ON {TABLE} USING gin (string_to_array(terms, ' '))")
        return
    schema_editor.execute(FTS)
    for event, work in TRIGGERS.items():
        schema_editor.execute(f"CREATE TRIGGER {TABLE}_{event} AFTER {event} ON {TABLE} BEGIN {work} END")


def remove(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX {INDEX}")
        return
    for event in TRIGGERS:
        schema_editor.execute(f"DROP TRIGGER {TABLE}_{event}")
    schema_editor.execute(f"DROP TABLE {INDEX}")


def fill_in(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The words of requests that came before."""
    rows, words = apps.get_model("matters", "Matter").objects, apps.get_model("matters", "MatterWords")
    told = rows.order_by("pk").values_list("pk", "title", "address", "text").iterator(CHUNK)
    made = (words(matter_id=key, terms=" ".join(terms_of("\n".join(said)))) for key, *said in told)
    while some := list(islice(made, CHUNK)):
        words.objects.bulk_create(some)


class Migration(migrations.Migration):
    dependencies = [("matters", "0008_strike_off_and_notes_to_all")]

    operations = [
        migrations.CreateModel(
            name="MatterWords",
            fields=[
                (
                    "matter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="matters.matter",
                    ),
                ),
                ("terms", models.TextField()),
            ],
        ),
        migrations.RunPython(install, remove),
        migrations.RunPython(fill_in, migrations.RunPython.noop, elidable=True),
    ]
