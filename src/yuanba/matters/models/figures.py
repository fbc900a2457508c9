from django.db import models

from yuanba.matters.models.matter import Matter


class Exclusion(models.Model):
    """Leaving one ended request out of the three rates (剔除), for a reason that the playbook publishes.

    Two persons: one proposes, another of a higher office decides; their words are notes on the matter. While
    it stands, ``left_out`` is what it takes from the rates: days and measures as the tallies have them. It
    ends when the resident speaks again: then everything counts.
    """

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="exclusions")
    reason = models.CharField(max_length=40)
    proposed_by = models.ForeignKey("people.Post", models.PROTECT, null=True, related_name="+")
    proposer = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    approved = models.BooleanField(null=True)
    decided_by = models.ForeignKey("people.Post", models.PROTECT, null=True, related_name="+")
    decider = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    left_out = models.JSONField(default=list)
    ended_at = models.DateTimeField(null=True)

    STANDS = models.Q(approved=True, ended_at=None)
    WAITS = models.Q(approved=None)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["matter"],
                condition=models.Q(approved=None) | models.Q(approved=True, ended_at=None),
                name="exclusion_one_at_a_time",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="exclusion_has_a_reason"),
            models.CheckConstraint(
                condition=models.Q(approved=None, decided_at=None)
                | models.Q(approved__isnull=False, decided_at__isnull=False),
                name="exclusion_decided_at",
            ),
            models.CheckConstraint(
                condition=~models.Q(approved=True) | models.Q(decider__isnull=False),
                name="exclusion_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(decider=None) | ~models.Q(decider=models.F("proposer")),
                name="exclusion_takes_two_persons",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | models.Q(approved=True, decided_at__isnull=False),
                name="exclusion_ends_once_approved",
            ),
        )

    def __str__(self) -> str:
        return f"exclusion of {self.matter_id}"
