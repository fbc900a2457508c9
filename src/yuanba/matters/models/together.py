from django.db import models

from yuanba.matters.models.matter import Matter


class Whistle(models.Model):
    """A street's call to departments (吹哨): who was called, where and why. The matter's owner stays its owner."""

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="whistles")
    caller = models.ForeignKey("people.Organization", models.PROTECT, related_name="+")
    reason = models.TextField()
    meet_at = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=~models.Q(reason=""), name="whistle_has_a_reason"),)

    def __str__(self) -> str:
        return f"whistle on {self.matter_id}"


class Party(models.Model):
    """An organization that works on a matter beside its owner: called by a whistle, or joined by agreement.

    A called one must check in (报到) and report; ``report`` stays empty until it did. ``next_alarm_at`` is when
    the clock looks whether it has. ``ended_at`` is set for one that is waited for no more: the matter was called
    back from who called it, or joined another.
    """

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="parties")
    organization = models.ForeignKey("people.Organization", models.PROTECT, related_name="+")
    whistle = models.ForeignKey(Whistle, models.CASCADE, null=True, related_name="calls")
    task = models.CharField(max_length=300, blank=True)
    joined_at = models.DateTimeField()
    check_in_due_at = models.DateTimeField(null=True)
    checked_in_at = models.DateTimeField(null=True)
    report_due_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True)
    report = models.TextField(blank=True)
    next_alarm_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "parties"
        constraints = (
            models.UniqueConstraint(
                fields=["matter", "organization", "whistle"], name="party_once_per_whistle"
            ),
            models.UniqueConstraint(
                fields=["matter", "organization"],
                condition=models.Q(whistle=None, ended_at=None),
                name="party_joined_once",
            ),
            models.CheckConstraint(
                condition=models.Q(reported_at=None) | ~models.Q(report=""),
                name="party_report_says_something",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | models.Q(reported_at=None, next_alarm_at=None),
                name="party_ended_is_not_waited_for",
            ),
        )
        indexes = (
            models.Index(
                fields=["organization", "joined_at"],
                condition=models.Q(reported_at=None),
                name="party_to_report",
            ),
            models.Index(
                fields=["next_alarm_at"], condition=models.Q(next_alarm_at__isnull=False), name="party_alarm"
            ),
        )

    def __str__(self) -> str:
        return f"{self.organization_id} on {self.matter_id}"
