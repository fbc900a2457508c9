from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("kernel", "0003_rate_counts_unlogged")]

    operations = [
        migrations.CreateModel(
            name="StoreMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mark", models.CharField(max_length=32)),
            ],
            options={"constraints": (models.CheckConstraint(condition=Q(pk=1), name="store_mark_once"),)},
        ),
    ]
