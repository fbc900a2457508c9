from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matters", "0002_who_asked")]

    operations = [
        migrations.AddConstraint(
            model_name="timerequest",
            constraint=models.CheckConstraint(
                condition=~models.Q(approved=True) | ~models.Q(approver=""),
                name="time_request_approved_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="timerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(approver="") | ~models.Q(approver=models.F("asker")),
                name="time_request_takes_two",
            ),
        ),
    ]
