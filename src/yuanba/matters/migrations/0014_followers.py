"""Mail addresses that follow the board of a place."""

from django.db import migrations, models

import yuanba.kernel.crypto


class Migration(migrations.Migration):
    dependencies = [("matters", "0013_saved_filters"), ("places", "0001_places")]

    operations = [
        migrations.CreateModel(
            name="Follower",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("address", yuanba.kernel.crypto.EncryptedTextField()),
                ("address_index", yuanba.kernel.crypto.BlindIndexField()),
                ("language", models.CharField(max_length=12)),
                ("link", yuanba.kernel.crypto.EncryptedTextField()),
                ("link_digest", models.CharField(max_length=64, unique=True)),
                ("asked_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("told_on", models.DateField(null=True)),
                ("queued_on", models.DateField(null=True)),
                ("refusals", models.PositiveSmallIntegerField(default=0)),
                (
                    "place",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.deletion.CASCADE,
                        related_name="+",
                        to="places.place",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["address_index"], name="follower_by_address"),
                    models.Index(
                        condition=models.Q(confirmed_at=None),
                        fields=["asked_at"],
                        name="follower_unconfirmed",
                    ),
                    models.Index(
                        condition=models.Q(told_on__isnull=False),
                        fields=["told_on", "place", "language", "id"],
                        name="follower_to_be_told",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("place", "address_index"), name="follower_once_per_place"
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(address="")
                        & ~models.Q(address_index="")
                        & ~models.Q(link="")
                        & ~models.Q(link_digest=""),
                        name="follower_has_an_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(confirmed_at=None, told_on=None, queued_on=None)
                        | models.Q(confirmed_at__isnull=False, told_on__isnull=False),
                        name="follower_told_once_confirmed",
                    ),
                ],
            },
        ),
    ]
