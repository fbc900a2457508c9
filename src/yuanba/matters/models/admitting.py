from django.db import models

from yuanba.matters.models.matter import Matter


class PushDown(models.Model):
    """A proposal to push something off the communities' list down to one (准入), decided by a second person; their
    words are notes on the matter.

    ``asker`` and ``approver`` are the persons, accounts or keys behind it, as `Viewer.hand` names them: never the
    same. ``category`` and ``owner`` are the matter's when it was proposed: once either is another, it waits for
    nothing more. One that was overtaken is turned down without an approver.
    """

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="push_downs")
    community = models.ForeignKey("people.Organization", models.PROTECT, related_name="+")
    category = models.CharField(max_length=40)
    owner = models.ForeignKey("people.Organization", models.PROTECT, related_name="+")
    asked_by = models.ForeignKey("people.Post", models.PROTECT, null=True, related_name="+")
    asker = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    approved = models.BooleanField(null=True)
    decided_by = models.ForeignKey("people.Post", models.PROTECT, null=True, related_name="+")
    approver = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["matter"], condition=models.Q(approved=None), name="push_down_one_pending"
            ),
            models.CheckConstraint(condition=~models.Q(asker=""), name="push_down_has_an_asker"),
            models.CheckConstraint(
                condition=models.Q(approved=None, decided_at=None)
                | models.Q(approved__isnull=False, decided_at__isnull=False),
                name="push_down_decided_at",
            ),
            models.CheckConstraint(
                condition=~models.Q(approved=True) | ~models.Q(approver=""),
                name="push_down_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(approver=models.F("asker")), name="push_down_takes_two"
            ),
        )

    def __str__(self) -> str:
        return f"pushing down {self.matter_id} to {self.community_id}"
