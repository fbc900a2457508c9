from django.db import models
from django.utils.translation import gettext_lazy as _

from yuanba.matters.models.matter import Matter, Outcome


class Suggestion(models.Model):
    """What software proposed for a matter, with reasons and confidences, and what a person decided instead or
    as well.

    ``proposals`` is a list of `matters.suggesting.Proposal`. The ``*_agreed`` columns stay empty until a
    person decides.
    """

    matter = models.OneToOneField(Matter, models.CASCADE, primary_key=True, related_name="suggestion")
    proposals = models.JSONField()
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    category_agreed = models.BooleanField(null=True)
    tier_agreed = models.BooleanField(null=True)
    place_agreed = models.BooleanField(null=True)
    owner_agreed = models.BooleanField(null=True)
    decided_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"suggestion for {self.matter_id}"


class Note(models.Model):
    """Words written on a matter. Notes for the resident show on their page, those for everybody also on the pages
    of all who had joined by then; the others stay in the office.
    """

    class Kind(models.TextChoices):
        OFFICE = "office", _("Office note")
        RESIDENT = "resident", _("To the resident")
        EVERYBODY = "everybody", _("To all who ask for the same")
        QUESTION = "question", _("Question to the resident")
        REPLY = "reply", _("From the resident")
        REASON = "reason", _("Reason")

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.TextField()
    post = models.ForeignKey("people.Post", models.PROTECT, null=True, related_name="+")
    entry_seq = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=~models.Q(text=""), name="note_says_something"),)

    def __str__(self) -> str:
        return f"{self.kind} note on {self.matter_id}"


class Answer(models.Model):
    """What the office tells the resident was done, by whom and when; one per round.

    ``findings`` is what the quality gate pointed out, ``override_reason`` why a person sent it all the same.
    """

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="answers")
    round = models.PositiveSmallIntegerField()
    text = models.TextField()
    done_by = models.CharField(max_length=120)
    done_on = models.DateField()
    findings = models.JSONField(default=list)
    override_reason = models.CharField(max_length=300, blank=True)
    post = models.ForeignKey("people.Post", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["matter", "round"], name="answer_one_per_round"),)

    def __str__(self) -> str:
        return f"answer {self.round} to {self.matter_id}"


class Recipient(models.Model):
    """One request that an answer went to: the answered matter itself, and each that had joined it by then.

    What became of the answer for that request. Answers, closings and returns to work are counted from these
    rows: one row is one request. ``late`` tells that the answer came after the whole deadline.
    """

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="recipients")
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="recipients")
    late = models.BooleanField(default=False)
    reopened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_as = models.CharField(max_length=12, choices=Outcome, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["answer", "matter"], name="recipient_once_per_answer"),
            models.CheckConstraint(
                condition=models.Q(closed_at=None, closed_as="")
                | models.Q(closed_at__isnull=False, closed_as__in=[Outcome.SOLVED, Outcome.NO_ANSWER]),
                name="recipient_closed_as",
            ),
        )

    def __str__(self) -> str:
        return f"{self.answer_id} to {self.matter_id}"


class Verdict(models.Model):
    """What the resident said of one round's answer. The only source of the three rates.

    ``contacted``: did the office get in touch; ``solved``: yes or no; ``satisfaction``: a code of the
    playbook's scores; ``by_office``: recorded in a call back, or through a link that an office held.
    """

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="verdicts")
    recipient = models.OneToOneField(Recipient, models.CASCADE, related_name="verdict")
    round = models.PositiveSmallIntegerField()
    contacted = models.BooleanField(null=True)
    solved = models.BooleanField(null=True)
    satisfaction = models.CharField(max_length=20, blank=True)
    said = models.TextField(blank=True)
    by_office = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["matter", "round"], name="verdict_one_per_round"),)
        indexes = (models.Index(fields=["at"], name="verdict_by_time"),)

    def __str__(self) -> str:
        return f"verdict {self.round} on {self.matter_id}"


class Photo(models.Model):
    """A picture of a matter: as found, after the work, or what the resident still found then.

    ``entry_seq`` is the number of the journal entry that it came with: 1 for what came with the request.
    ``released`` is what an office says everybody may see, where boards show what was done. A photo of what is not
    solved is never released.
    """

    class Moment(models.TextChoices):
        BEFORE = "before", _("Before")
        AFTER = "after", _("After")
        STILL = "still", _("Not solved yet")

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="photos")
    file = models.ForeignKey("kernel.StoredFile", models.PROTECT, related_name="+")
    moment = models.CharField(max_length=6, choices=Moment)
    entry_seq = models.PositiveIntegerField(default=1)
    released = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["matter", "file", "entry_seq"], name="photo_once_per_entry"),
            models.CheckConstraint(
                condition=models.Q(released=False) | models.Q(moment__in=["before", "after"]),
                name="photo_unsolved_not_released",
            ),
        )
        indexes = (models.Index(fields=["-id"], condition=models.Q(released=True), name="photo_released"),)

    def __str__(self) -> str:
        return f"{self.moment} photo of {self.matter_id}"


class MatterLink(models.Model):
    """Two matters that belong together without being one: trouble that came back, or a likely duplicate."""

    class Kind(models.TextChoices):
        RECURRENCE = "recurrence", _("Came back")
        DUPLICATE = "duplicate", _("Possibly the same")

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="links")
    other = models.ForeignKey(Matter, models.CASCADE, related_name="linked_from")
    kind = models.CharField(max_length=12, choices=Kind)
    confidence = models.FloatField(default=1.0)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["matter", "other", "kind"], name="link_once"),
            models.CheckConstraint(condition=~models.Q(matter=models.F("other")), name="link_not_to_itself"),
        )

    def __str__(self) -> str:
        return f"{self.matter_id} {self.kind} {self.other_id}"
