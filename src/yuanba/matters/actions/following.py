"""Following a board by mail: asked for, confirmed, stopped. No part of any matter, and nothing of it is journaled.

Whoever asks learns nothing of whether an address is known, and whoever only knows an address gets it one letter that
asks: nothing else is sent before the link in it was opened and its button pressed.
"""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yuanba.kernel.crypto import blind_index, blind_indexes
from yuanba.kernel.errors import Invalid, Missing, TooMany
from yuanba.kernel.outbox.queue import put
from yuanba.kernel.ratelimit import Rate, take
from yuanba.matters.links import track_digest
from yuanba.matters.models import Follower
from yuanba.matters.models.followers import ADDRESS_PURPOSE, folded
from yuanba.people.texts import checked_email
from yuanba.places.models import Place
from yuanba.places.queries import place_now

ASK = "follow.ask"
KEPT_UNCONFIRMED = timedelta(hours=48)
# Mornings in a row on which the server says that there is no such box, or refuses it for whatever reason.
NO_BOX, REFUSED = 5, 30
# So many letters that ask may a box get, whoever orders them and for however many places; and all boxes together.
LETTERS = Rate("follow/letters", 3, 48 * 3600)
ALL_LETTERS = Rate("follow/all", 1000, 24 * 3600)


def ask_to_follow(place: Place, address: str, *, language: str, at: datetime) -> None:
    """Have a letter sent to `address` that asks whether it wants to follow the board of a place.

    Does the same for an address that was asked before or follows already: its letter says so. A box that got its
    letters for today gets none, without a word. Raises `Invalid` for what is no address.
    """
    address = checked_email(address)
    if not address:
        raise Invalid(_("Write the address that the letters are to go to."), field="email", code="empty")
    index = blind_index(folded(address), ADDRESS_PURPOSE)
    try:
        take(LETTERS, _box(address), "", now=at)
        take(ALL_LETTERS, "", "", now=at)
    except TooMany:
        return
    with transaction.atomic():
        follower = _asked(place, address, index, language, at)
        put(ASK, follower.pk, at=at)


def _asked(place: Place, address: str, index: str, language: str, at: datetime) -> Follower:
    """The row of this address and place, made where there is none; asking again gives no more time."""
    # While keys are being changed, a row under an old one is found as well.
    indexes = blind_indexes(folded(address), ADDRESS_PURPOSE)
    known = Follower.objects.filter(place=place, address_index__in=indexes)
    known.filter(confirmed_at=None, asked_at__lt=at - KEPT_UNCONFIRMED).delete()
    follower = known.first()
    if follower is None:
        link = secrets.token_urlsafe(24)
        given = {"address": address, "language": language, "asked_at": at}
        follower, _made = Follower.objects.get_or_create(
            place=place,
            address_index=index,
            defaults=given | {"link": link, "link_digest": track_digest(link)},
        )
    return follower


def _box(address: str) -> str:
    """The box that an address leads to: what stands after a + is sorted there by its owner."""
    name, _at, host = folded(address).rpartition("@")
    return f"{name.partition('+')[0]}@{host}"


def follower_by_link(link: str, *, at: datetime | None = None) -> Follower:
    """Whose letters hold this link. Raises `Missing` when it was stopped, or not confirmed in time."""
    rows = Follower.objects.select_related("place__replaced_by")
    follower = rows.filter(link_digest=track_digest(link)).first()
    if follower is None or _lapsed(follower, at or timezone.now()):
        raise Missing(
            _("Nothing is followed under this link: it was stopped, or not confirmed within two days.")
        )
    return follower


def _lapsed(follower: Follower, at: datetime) -> bool:
    return follower.confirmed_at is None and follower.asked_at < at - KEPT_UNCONFIRMED


def confirm_following(link: str, *, at: datetime) -> Follower:
    """From the next day on, the address is told what happened. Once confirmed it stays as it is. Raises `Missing`."""
    follower = follower_by_link(link, at=at)
    Follower.objects.filter(pk=follower.pk, confirmed_at=None).update(
        confirmed_at=at, told_on=timezone.localdate(at)
    )
    return follower


def stop_following(link: str) -> None:
    """Erase the address that this link was sent to; nothing happens when it is gone already."""
    Follower.objects.filter(link_digest=track_digest(link)).delete()


def erase_address(address: str) -> None:
    """Erase whatever is followed under an address."""
    if address:
        indexes = blind_indexes(folded(address), ADDRESS_PURPOSE)
        Follower.objects.filter(address_index__in=indexes).delete()


def note_refusal(follower: Follower, *, for_good: bool) -> None:
    """The mail server refused the address; after so many mornings in a row it is taken at its word."""
    refusals = follower.refusals + 1
    if refusals >= (NO_BOX if for_good else REFUSED):
        follower.delete()
    else:
        Follower.objects.filter(pk=follower.pk).update(refusals=refusals)


def drop_lapsed_followers(at: datetime) -> None:
    """Erase addresses that were not confirmed in time, and those that follow a place which is gone. Safe to run
    twice.
    """
    Follower.objects.filter(confirmed_at=None, asked_at__lt=at - KEPT_UNCONFIRMED).delete()
    followed = Follower.objects.filter(place__retired_on__isnull=False).values("place")
    gone = [place.pk for place in Place.objects.filter(pk__in=followed) if place_now(place) is None]
    Follower.objects.filter(place__in=gone).delete()


def renew_followers(*, after: int = 0, limit: int = 500) -> int | None:
    """Encrypt the next `limit` followers after key `after` under the present key, as `renew_encryption` does
    persons.
    """
    with transaction.atomic():
        rows = list(
            Follower.objects.select_for_update(no_key=True).filter(pk__gt=after).order_by("pk")[:limit]
        )
        for row in rows:
            row.save(update_fields=["address", "address_index", "link"])
    return rows[-1].pk if rows else None
