from django.db import models


class Message(models.Model):
    """Something to be done after commit. Deleted once done; kept as a dead letter when it can't be.

    ``leased_until`` is when a worker that took the message and vanished loses it to the next one.
    """

    topic = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["due_at", "id"], condition=models.Q(dead_at=None), name="message_due"),
            models.Index(fields=["-dead_at"], condition=models.Q(dead_at__isnull=False), name="message_dead"),
        )

    def __str__(self) -> str:
        return f"{self.topic} {self.subject_id}"
