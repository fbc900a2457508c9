"""Filters of lists that a person has named."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matters", "0012_channels"), ("people", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="SavedFilter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "list",
                    models.CharField(choices=[("desk", "Desk"), ("problems", "Problem list")], max_length=10),
                ),
                ("name", models.CharField(max_length=30)),
                ("query", models.CharField(max_length=500)),
                ("saved_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.deletion.CASCADE,
                        related_name="+",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "list", "name"), name="saved_filter_once_per_name"
                    ),
                    models.CheckConstraint(condition=~models.Q(name=""), name="saved_filter_has_a_name"),
                ],
            },
        ),
    ]
