"""Published playbooks. What is published never changes; the database itself refuses updates of its text."""

from functools import lru_cache
from hashlib import sha256
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from yuanba.kernel.journal.models import Journaled
from yuanba.playbooks.reading import read_playbook
from yuanba.playbooks.schema import Playbook


class PlaybookVersion(Journaled):
    """One edition of a playbook as it was published.

    Matters keep the edition they were opened under. ``digest`` is SHA-256 over the source text in hex.
    """

    journal_kind: ClassVar[str] = "playbook"

    code = models.CharField(_("code"), max_length=40)
    edition = models.PositiveIntegerField(_("edition"))
    digest = models.CharField(_("digest"), max_length=64)
    source = models.TextField(_("source text"))
    published_at = models.DateTimeField(_("published at"))
    published_by = models.BigIntegerField(_("published by person"), null=True)

    class Meta:
        verbose_name = _("playbook edition")
        verbose_name_plural = _("playbook editions")
        constraints = (
            models.UniqueConstraint(fields=["code", "edition"], name="playbook_one_per_edition"),
            models.CheckConstraint(condition=models.Q(edition__gte=1), name="playbook_edition_from_one"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.edition}"

    @property
    def playbook(self) -> Playbook:
        """The parsed playbook, kept per process by its digest."""
        return _parsed(self.digest)


class Reason(models.Model):
    """Why an edition was published, in the words of whoever did; the journal holds its salted digest."""

    edition = models.OneToOneField(
        PlaybookVersion, models.PROTECT, primary_key=True, related_name="reason", verbose_name=_("edition")
    )
    text = models.TextField(_("reason"))
    salt = models.CharField(max_length=32, editable=False)

    def __str__(self) -> str:
        return f"why {self.edition_id}"


class Draft(models.Model):
    """The one text that this district is working on; nothing follows it until it is published.

    ``version`` grows with every change, publishing and starting anew included, and never falls: a form filled in on
    an older one is refused. ``based_on`` is the edition that the work began with, ``published_from`` the version that
    was last published.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    version = models.PositiveIntegerField()
    source = models.TextField()
    digest = models.CharField(max_length=64)
    based_on = models.ForeignKey(
        PlaybookVersion, models.PROTECT, null=True, related_name="+", verbose_name=_("edition")
    )
    published_from = models.PositiveIntegerField(null=True)
    changed_at = models.DateTimeField()
    changed_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(id=1), name="draft_one_per_district"),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="draft_version_from_one"),
        )

    def __str__(self) -> str:
        return f"draft {self.version}"


class Preview(models.Model):
    """What publishing one version of the draft would change, worked out against the edition in force.

    ``found`` is for whoever works it out, who holds the matters; here counts only whether it is finished. ``cursor``
    is where the next part begins, ``looked_at`` and ``of_about`` how far it has come.
    """

    draft_version = models.PositiveIntegerField(unique=True)
    digest = models.CharField(max_length=64)
    edition = models.ForeignKey(PlaybookVersion, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    looked_at = models.PositiveIntegerField(default=0)
    of_about = models.PositiveIntegerField(default=0)
    cursor = models.CharField(max_length=200, blank=True)
    found = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"preview of draft {self.draft_version}"


def digest_of(source: str) -> str:
    return sha256(source.encode()).hexdigest()


@lru_cache(maxsize=32)
def _parsed(digest: str) -> Playbook:
    """Read the text that has this digest. Raises `PlaybookInvalid` if a newer program no longer takes it."""
    # Several editions have the same text when an earlier one came into force again.
    source = PlaybookVersion.objects.filter(digest=digest).values_list("source", flat=True)[0]
    if digest_of(source) != digest:
        raise ValueError(f"the text of playbook {digest} was changed after it was published")
    return read_playbook(source)
