import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
        ("matters", "0003_who_asked_never_decides"),
    ]

    operations = [
        migrations.CreateModel(
            name="PushDown",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("category", models.CharField(max_length=40)),
                ("asker", models.CharField(max_length=80)),
                ("asked_at", models.DateTimeField()),
                ("approved", models.BooleanField(null=True)),
                ("approver", models.CharField(blank=True, max_length=80)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.post",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.organization",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.post",
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="push_downs",
                        to="matters.matter",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(approved=None), fields=("matter",), name="push_down_one_pending"
                    ),
                    models.CheckConstraint(condition=~models.Q(asker=""), name="push_down_has_an_asker"),
                    models.CheckConstraint(
                        condition=models.Q(approved=None, decided_at=None)
                        | models.Q(approved__isnull=False, decided_at__isnull=False),
                        name="push_down_decided_at",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(approved=True) | ~models.Q(approver=""),
                        name="push_down_approved_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(approver=models.F("asker")), name="push_down_takes_two"
                    ),
                ],
            },
        ),
    ]
