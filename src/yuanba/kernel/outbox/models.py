from django.db import models
from django.utils.translation import gettext_lazy as _


class Message(models.Model):
    """Something to be done after commit. Deleted once done; kept as a dead letter when it can't be.

    ``leased_until`` is when a worker that took the message and vanished loses it to the next one.
    """

    topic = models.CharField(_("message"), max_length=40)
    subject_id = models.BigIntegerField(_("about"))
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(_("written"))
    due_at = models.DateTimeField(_("next try"))
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    leased_until = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(_("given up"), null=True)
    last_error = models.CharField(_("why it failed"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("undelivered message")
        verbose_name_plural = _("undelivered messages")
        indexes = (
            models.Index(fields=["due_at", "id"], condition=models.Q(dead_at=None), name="message_due"),
            models.Index(fields=["-dead_at"], condition=models.Q(dead_at__isnull=False), name="message_dead"),
        )

    def __str__(self) -> str:
        return f"{self.topic} {self.subject_id}"
