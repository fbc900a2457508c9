import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    # On its own: PostgreSQL alters no table that a pending trigger of the same transaction still holds.
    dependencies = [("matters", "0005_recipients")]

    operations = [
        migrations.AlterField(
            "verdict",
            "recipient",
            models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="verdict",
                to="matters.recipient",
            ),
        ),
    ]
