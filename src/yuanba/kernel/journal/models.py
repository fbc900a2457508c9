from typing import ClassVar

from django.db import models

PLAIN = r"^[a-z0-9_.:/-]+$"


class Journaled(models.Model):
    """A row whose whole history is in the journal.

    It holds the number and hash of its last entry, so that cutting off the end of a chain shows, and the
    number doubles as the version that a stale edit is refused by.
    """

    journal_kind: ClassVar[str]

    version = models.PositiveIntegerField(default=0, editable=False)
    journal_hash = models.CharField(max_length=64, default="", editable=False)

    class Meta:
        abstract = True

    def journal_facts(self) -> dict[str, str]:
        """What every entry of this subject tells of its row as the change leaves it; nothing unless a model
        says so.
        """
        return {}


class Entry(models.Model):
    """One thing that happened. Written once; the database refuses updates and deletes.

    ``data`` is canonical JSON text without personal data; ``hash`` is SHA-256 over the canonical document of
    all other columns, and ``prev`` the hash of the subject's entry before it (empty for the first).
    """

    subject_kind = models.CharField(max_length=24)
    subject_id = models.BigIntegerField()
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    actor = models.CharField(max_length=80)
    data = models.TextField()
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "entries"
        constraints = (
            models.UniqueConstraint(fields=["subject_kind", "subject_id", "seq"], name="entry_one_per_seq"),
            models.CheckConstraint(condition=models.Q(seq__gte=1), name="entry_seq_from_one"),
            models.CheckConstraint(
                condition=models.Q(kind__regex=PLAIN, actor__regex=PLAIN, subject_kind__regex=PLAIN),
                name="entry_plain_tokens",
            ),
        )
        indexes = (models.Index(fields=["at"], name="entry_by_time"),)

    def __str__(self) -> str:
        return f"{self.subject_kind}:{self.subject_id}#{self.seq} {self.kind}"


class DailyRoot(models.Model):
    """The published Merkle root (RFC 6962) over all entries of one day, chained to the root before."""

    day = models.DateField(unique=True)
    entries = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    prev = models.CharField(max_length=64)
    chained = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        ordering = ("day",)

    def __str__(self) -> str:
        return f"{self.day} {self.root[:12]}"
