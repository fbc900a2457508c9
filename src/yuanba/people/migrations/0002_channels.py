"""Where notices of posts go beside the product: people's choices, and the bots of offices' groups."""

from django.db import migrations, models
import django.db.models.deletion

import yuanba.kernel.crypto.fields


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="NoticeChoice",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="notice_choice",
                        serialize=False,
                        to="people.person",
                    ),
                ),
                ("by_mail", models.BooleanField(default=False, verbose_name="by mail")),
                (
                    "urgent_at_night",
                    models.BooleanField(default=False, verbose_name="urgent ones also in quiet hours"),
                ),
                ("quiet_from", models.TimeField(blank=True, null=True, verbose_name="quiet from")),
                ("quiet_until", models.TimeField(blank=True, null=True, verbose_name="quiet until")),
            ],
            options={
                "verbose_name": "choice of notices",
                "verbose_name_plural": "choices of notices",
                "indexes": [
                    models.Index(
                        condition=models.Q(("by_mail", True)), fields=["person"], name="notices_by_mail"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("quiet_from", None), ("quiet_until", None)),
                            models.Q(("quiet_from__isnull", False), ("quiet_until__isnull", False)),
                            _connector="OR",
                        ),
                        name="quiet_hours_have_both_ends",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GroupBot",
            fields=[
                (
                    "organization",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="group_bot",
                        serialize=False,
                        to="people.organization",
                    ),
                ),
                ("address", yuanba.kernel.crypto.fields.EncryptedTextField(verbose_name="address")),
                (
                    "secret",
                    yuanba.kernel.crypto.fields.EncryptedTextField(
                        blank=True, default="", verbose_name="signing secret"
                    ),
                ),
                ("set_at", models.DateTimeField(verbose_name="set at")),
                ("tried_at", models.DateTimeField(blank=True, null=True, verbose_name="last message at")),
                (
                    "problem",
                    models.CharField(blank=True, default="", max_length=60, verbose_name="problem"),
                ),
            ],
            options={"verbose_name": "group bot", "verbose_name_plural": "group bots"},
        ),
    ]
