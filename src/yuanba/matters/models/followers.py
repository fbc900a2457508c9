from django.db import models
from django.db.models import Q

from yuanba.kernel.crypto import BlindIndexField, EncryptedTextField

ADDRESS_PURPOSE = "mail address"


def folded(address: str) -> str:
    """A mail address as it is compared: however it was written, it is one box."""
    return address.strip().casefold()


class Follower(models.Model):
    """A mail address that follows the board of a place, or has been asked whether it wants to.

    No person: an address and nothing else, gone when its owner stops. ``link`` is the secret of the letters' links,
    found by ``link_digest``. What happened before ``told_on`` began is told; it is moved on before a letter is given to
    the mail server, which is how none is sent twice. ``queued_on`` is the last day on which a letter was put into the
    outbox. ``refusals`` counts letters in a row whose address the server refused.
    """

    place = models.ForeignKey("places.Place", models.CASCADE, related_name="+", db_index=False)
    address = EncryptedTextField()
    address_index = BlindIndexField(source="address", purpose=ADDRESS_PURPOSE, normalise=folded)
    language = models.CharField(max_length=12)
    link = EncryptedTextField()
    link_digest = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    told_on = models.DateField(null=True)
    queued_on = models.DateField(null=True)
    refusals = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = (
            models.Index(fields=["address_index"], name="follower_by_address"),
            models.Index(fields=["asked_at"], condition=Q(confirmed_at=None), name="follower_unconfirmed"),
            models.Index(
                fields=["told_on", "place", "language", "id"],
                condition=Q(told_on__isnull=False),
                name="follower_to_be_told",
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=["place", "address_index"], name="follower_once_per_place"),
            models.CheckConstraint(
                condition=~Q(address="") & ~Q(address_index="") & ~Q(link="") & ~Q(link_digest=""),
                name="follower_has_an_address",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, told_on=None, queued_on=None)
                | Q(confirmed_at__isnull=False, told_on__isnull=False),
                name="follower_told_once_confirmed",
            ),
        )

    def __str__(self) -> str:
        return f"{self.place_id}#{self.pk}"
