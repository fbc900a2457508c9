from django.db import models
from django.utils.translation import gettext_lazy as _

from yuanba.matters.models.matter import Matter


class TimeRequest(models.Model):
    """An owner's request to pause the clock or extend the deadline, decided by the power above it.

    ``ground`` is the playbook's, by code, on which a pause is asked for; an extension has none. ``round`` is the
    matter's then: the playbook's numbers are of each round. ``asker`` and ``approver`` are the persons, accounts or
    keys behind it, as `Viewer.hand` names them: never the same. Rows from before that rule may lack an asker.
    """

    class Kind(models.TextChoices):
        PAUSE = "pause", _("Pause")
        EXTENSION = "extension", _("Extension")

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="time_requests")
    kind = models.CharField(max_length=10, choices=Kind)
    round = models.PositiveSmallIntegerField()
    limit = models.CharField(max_length=12, blank=True)
    ground = models.CharField(max_length=40, blank=True)
    reason = models.TextField()
    requested_by = models.ForeignKey("people.Post", models.PROTECT, null=True, related_name="+")
    asker = models.CharField(max_length=80, blank=True)
    requested_at = models.DateTimeField()
    decider = models.ForeignKey("people.Organization", models.PROTECT, related_name="+")
    approved = models.BooleanField(null=True)
    decided_by = models.ForeignKey("people.Post", models.PROTECT, null=True, related_name="+")
    approver = models.CharField(max_length=80, blank=True)
    decision_reason = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["matter"], condition=models.Q(approved=None), name="time_request_one_pending"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="time_request_has_a_reason"),
            models.CheckConstraint(
                condition=models.Q(approved=None, decided_at=None)
                | models.Q(approved__isnull=False, decided_at__isnull=False),
                name="time_request_decided_at",
            ),
            models.CheckConstraint(
                condition=~models.Q(approved=True) | ~models.Q(approver=""),
                name="time_request_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(approver="") | ~models.Q(approver=models.F("asker")),
                name="time_request_takes_two",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="pause") | ~models.Q(limit=""), name="extension_has_a_limit"
            ),
            models.CheckConstraint(
                condition=models.Q(~models.Q(ground=""), kind="pause")
                | models.Q(kind="extension", ground=""),
                name="pause_has_a_ground",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} of {self.matter_id}"


class Alarm(models.Model):
    """A step of the escalation that was taken: once per matter, deadline and step, whichever worker takes it
    first. ``span`` is what the deadline is for: ``stage``, ``total``, or ``call:`` with the key of a party.
    """

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="alarms")
    step = models.CharField(max_length=20)
    span = models.CharField(max_length=26)
    due_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["matter", "due_at", "span", "step"], name="alarm_each_step_once"),
        )

    def __str__(self) -> str:
        return f"{self.step} of {self.matter_id}"
