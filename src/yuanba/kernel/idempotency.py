"""A write sent twice happens once: the first answer is kept and given again.

After the IETF draft "The Idempotency-Key HTTP Header Field": the same key with another request is refused.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import IntegrityError, models
from django.utils import timezone
from django.utils.translation import gettext as _

from yuanba.kernel.as_one import as_one
from yuanba.kernel.errors import DomainError, Invalid, NotAllowed

KEEP = timedelta(days=2)
KEY_LENGTH = 120


class IdempotencyKey(models.Model):
    """A key some caller sent with a write, and what came of it. ``caller`` keeps callers' keys apart."""

    caller = models.CharField(max_length=80)
    key = models.CharField(max_length=KEY_LENGTH)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    response = models.TextField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["caller", "key"], name="idempotency_once"),)

    def __str__(self) -> str:
        return f"{self.caller} {self.key}"


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it goes back to the caller."""

    status: int
    response: str


def digest(*parts: bytes) -> str:
    """One digest over what makes two requests the same: method, address, body."""
    total = sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big") + part)
    return total.hexdigest()


def once(caller: str, key: str, request_digest: str, work: Callable[[], Kept]) -> Kept:
    """Run `work` in a transaction that also keeps its answer, or give the answer kept the first time.

    Of two that arrive together one waits in the database, rolls its own work back and gets the other's
    answer. Raises `Invalid` for an overlong key and `NotAllowed` when the key came with another request
    before.
    """
    if not 0 < len(key) <= KEY_LENGTH or not key.isprintable():
        raise Invalid(
            _("The idempotency key must have 1 to 120 printable characters."), field="Idempotency-Key"
        )
    if (kept := _kept(caller, key, request_digest)) is not None:
        return kept
    try:
        with as_one():
            answer = work()
            IdempotencyKey.objects.create(
                caller=caller,
                key=key,
                request_digest=request_digest,
                status=answer.status,
                response=answer.response,
                created_at=timezone.now(),
            )
    except (IntegrityError, DomainError):
        # The other of two that arrived together was first: a claim sent twice finds the matter claimed.
        if (kept := _kept(caller, key, request_digest)) is None:
            raise
        return kept
    return answer


def _kept(caller: str, key: str, request_digest: str) -> Kept | None:
    row = IdempotencyKey.objects.filter(caller=caller, key=key).first()
    if row is None:
        return None
    if row.request_digest != request_digest:
        raise NotAllowed(_("This idempotency key was used for another request."), code="key_reused")
    return Kept(row.status, row.response)


def forget_old(now: datetime | None = None) -> int:
    """Drop keys older than two days; run by the worker."""
    removed, _kinds = IdempotencyKey.objects.filter(created_at__lt=(now or timezone.now()) - KEEP).delete()
    return removed
