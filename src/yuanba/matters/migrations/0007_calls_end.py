from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("matters", "0006_verdicts_of_recipients"),
    ]

    operations = [
        migrations.AddField(
            model_name="party",
            name="ended_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RemoveConstraint(
            model_name="party",
            name="party_joined_once",
        ),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None), ("whistle", None)),
                fields=("matter", "organization"),
                name="party_joined_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at", None),
                    models.Q(("next_alarm_at", None), ("reported_at", None)),
                    _connector="OR",
                ),
                name="party_ended_is_not_waited_for",
            ),
        ),
    ]
