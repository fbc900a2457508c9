import json
from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

CHUNK = 1000
MOVES = {"request_time": "asker", "decide_time": "approver"}


def fill_in_from_the_journal(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Who asked for time and who decided, from the entries that tell it."""
    entries = apps.get_model("kernel", "Entry").objects.filter(subject_kind="matter", kind__in=list(MOVES))
    requests = apps.get_model("matters", "TimeRequest").objects
    found: dict[int, dict[str, str]] = {}
    for kind, actor, data in entries.order_by("pk").values_list("kind", "actor", "data").iterator(CHUNK):
        hand = actor.rpartition("/")[2] if "/person:" in actor else actor
        found.setdefault(json.loads(data)["request"], {})[MOVES[kind]] = hand
    for row in requests.order_by("pk").iterator(CHUNK):
        _fill(row, found.get(row.pk, {}))


def _fill(row: Any, hands: dict[str, str]) -> None:
    row.asker, row.approver = hands.get("asker", ""), hands.get("approver", "")
    if row.approved and not row.approver:
        row.approver = "unknown"
    if row.approver and row.asker == row.approver:
        # Granted to oneself before this was refused. The audit reports it from the journal, which keeps it.
        row.asker = ""
    row.save(update_fields=["asker", "approver"])


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0003_rate_counts_unlogged"),
        ("matters", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="timerequest",
            name="asker",
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name="timerequest",
            name="approver",
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.RunPython(fill_in_from_the_journal, migrations.RunPython.noop, elidable=True),
    ]
