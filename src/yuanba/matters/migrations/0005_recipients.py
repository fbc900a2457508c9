"""Every request that an answer went to has a row of its own, from which answers and closings are counted."""

import json

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

CHUNK = 1000
ENDS = ("solved", "no_answer")
OUTCOMES = [
    ("", "Still open"),
    ("solved", "Solved, says the resident"),
    ("no_answer", "No answer from the resident within the published time"),
    ("withdrawn", "Withdrawn by the resident"),
    ("out_of_scope", "Not for this office"),
    ("merged", "Answered with the matter it joined"),
]


def fill_in(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """The recipients of answers given before, and what each resident said of them."""
    answers = apps.get_model("matters", "Answer").objects
    matters = apps.get_model("matters", "Matter").objects
    recipients = apps.get_model("matters", "Recipient").objects
    for answer in (
        answers.select_related("matter").filter(matter__part_of=None).order_by("pk").iterator(CHUNK)
    ):
        whole = answer.matter
        joined = matters.filter(lead=whole, state="merged", stopped_at__lte=answer.at)
        ended = answer.round == whole.round and whole.outcome in ENDS and whole.closed_at is not None
        for asked in [whole, *joined]:
            recipients.create(
                answer=answer,
                matter=asked,
                late=answer.at > whole.total_due_at,
                closed_at=whole.closed_at if ended else None,
                closed_as=whole.outcome if ended else "",
            )
    for said in apps.get_model("matters", "Verdict").objects.order_by("pk").iterator(CHUNK):
        given = recipients.filter(matter_id=said.matter_id, verdict=None)
        said.recipient = given.filter(answer__round=said.round).first() or given.last()
        if said.recipient is None:
            # Said of an answer that its request joined only later, or left again by withdrawing.
            whole = [said.matter_id, said.matter.lead_id, _joined_last(apps, said.matter_id)]
            given = answers.filter(matter_id__in=[key for key in whole if key]).order_by("pk")
            answer = given.filter(round=said.round).last() or given.last()
            if answer is None:
                said.delete()
                continue
            said.recipient = recipients.create(answer=answer, matter_id=said.matter_id)
        said.save(update_fields=["recipient"])


def _joined_last(apps: Apps, matter_id: int) -> int | None:
    """What a matter joined last, as its journal has it: one that withdrew no longer says so itself."""
    entries = apps.get_model("kernel", "Entry").objects.filter(subject_kind="matter", subject_id=matter_id)
    last = entries.filter(kind="merge").order_by("-seq").values_list("data", flat=True).first()
    return json.loads(last).get("lead") if last else None


class Migration(migrations.Migration):
    dependencies = [("matters", "0004_push_downs")]

    operations = [
        migrations.AlterField("tally", "measure", models.CharField(max_length=32)),
        migrations.CreateModel(
            name="Recipient",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("late", models.BooleanField(default=False)),
                ("reopened_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_as", models.CharField(blank=True, choices=OUTCOMES, max_length=12)),
                (
                    "answer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recipients",
                        to="matters.answer",
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recipients",
                        to="matters.matter",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            "recipient",
            models.UniqueConstraint(fields=("answer", "matter"), name="recipient_once_per_answer"),
        ),
        migrations.AddConstraint(
            "recipient",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_as", ""), ("closed_at", None)),
                    models.Q(("closed_as__in", ["solved", "no_answer"]), ("closed_at__isnull", False)),
                    _connector="OR",
                ),
                name="recipient_closed_as",
            ),
        ),
        migrations.AddField(
            "verdict",
            "recipient",
            models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="verdict",
                to="matters.recipient",
            ),
        ),
        migrations.RunPython(fill_in, migrations.RunPython.noop, elidable=True),
    ]
