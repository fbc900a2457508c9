"""What became of answers before each request had a row for them: closings and returns to work, from the journal."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

CHUNK = 1000
ENDS = ("solved", "no_answer")
Told = tuple[int, datetime, dict[str, Any]]


def fill_in(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """A matter that went back to work left the answer of the round before unsolved, and its closing undone."""
    recipients = apps.get_model("matters", "Recipient").objects
    closed: dict[int, tuple[datetime, str]] = {}
    for matter_id, at, data in _entries(apps):
        if "new_round" not in data:
            closed[matter_id] = (at, data.get("outcome", ""))
            continue
        theirs = models.Q(matter_id=matter_id) | models.Q(matter__lead_id=matter_id)
        answered = {"answer__matter_id": matter_id, "answer__round": data["new_round"] - 1}
        rows = recipients.filter(theirs, **answered)
        rows.filter(reopened_at=None).update(reopened_at=at)
        closed_at, closed_as = closed.pop(matter_id, (None, ""))
        if closed_as in ENDS:
            rows.filter(closed_at=None).update(closed_at=closed_at, closed_as=closed_as)


def _entries(apps: Apps) -> Iterator[Told]:
    """Closings and returns to work in their order, of the matters that ever went back."""
    entries = apps.get_model("kernel", "Entry").objects.filter(subject_kind="matter")
    back = entries.filter(data__contains='"new_round"')
    told = back | entries.filter(data__contains='"to":"closed"', subject_id__in=back.values("subject_id"))
    rows = told.order_by("subject_id", "seq").values_list("subject_id", "at", "data")
    for matter_id, at, data in rows.iterator(CHUNK):
        yield matter_id, at, json.loads(data)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0005_messages_named"), ("matters", "0009_words")]

    operations = [migrations.RunPython(fill_in, migrations.RunPython.noop, elidable=True)]
