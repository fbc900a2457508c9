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
