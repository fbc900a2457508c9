from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matters", "0010_returns_to_work")]

    operations = [
        migrations.AddField("photo", "entry_seq", models.PositiveIntegerField(default=1)),
        migrations.AddField("photo", "released", models.BooleanField(default=False)),
        migrations.AlterField(
            "photo",
            "moment",
            models.CharField(
                choices=[("before", "Before"), ("after", "After"), ("still", "Not solved yet")], max_length=6
            ),
        ),
        migrations.RemoveConstraint("photo", "photo_once"),
        migrations.AddConstraint(
            "photo",
            models.UniqueConstraint(fields=["matter", "file", "entry_seq"], name="photo_once_per_entry"),
        ),
        migrations.AddConstraint(
            "photo",
            models.CheckConstraint(
                condition=models.Q(released=False) | models.Q(moment__in=["before", "after"]),
                name="photo_unsolved_not_released",
            ),
        ),
        migrations.AddIndex(
            "photo",
            models.Index(fields=["-id"], condition=models.Q(released=True), name="photo_released"),
        ),
    ]
