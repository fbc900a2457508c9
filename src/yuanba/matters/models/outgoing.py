from django.db import models
from django.db.models import Q

from yuanba.matters.models.telling import Notice


class Outgoing(models.Model):
    """A notice on its way out of the product: to a person by mail, or into an organization's group. Gone once it was
    taken there.

    ``urgent`` ones pass the quiet hours of people who allow it. ``taken_at`` is when a worker took the row to send it;
    one that vanished loses it to the next.
    """

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="+")
    person = models.ForeignKey("people.Person", models.CASCADE, null=True, related_name="+")
    organization = models.ForeignKey("people.Organization", models.CASCADE, null=True, related_name="+")
    urgent = models.BooleanField(default=False)
    due_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["due_at"], name="outgoing_due"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(person=None, organization__isnull=False)
                | Q(person__isnull=False, organization=None),
                name="outgoing_to_one",
            ),
            models.UniqueConstraint(fields=["notice", "person"], name="outgoing_once_to_person"),
            models.UniqueConstraint(fields=["notice", "organization"], name="outgoing_once_to_group"),
        )

    def __str__(self) -> str:
        return f"{self.notice_id} to {self.person_id or self.organization_id}"
