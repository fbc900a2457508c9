"""From a raw API key to a viewer."""

import hmac
from typing import NamedTuple

from django.utils import timezone

from yuanba.kernel.authority import Holding, Territory, Viewer
from yuanba.people.actions.api_keys import digest_of, note_use
from yuanba.people.models import ApiKey
from yuanba.people.scopes import powers_of


class KeyAccess(NamedTuple):
    """Whom a key speaks for, and the names of its scopes."""

    viewer: Viewer
    scopes: frozenset[str]


def viewer_for_key(raw: str) -> KeyAccess | None:
    """Who a key ``yb_<prefix>_<secret>`` stands for; None for anything that is no key in force.

    One query (on a key's first use of a day, one more to note it). The digest is compared in constant time,
    and an unknown prefix is compared too, so that the time taken tells nothing.
    """
    prefix = raw[3:11] if raw.startswith("yb_") and raw.isascii() and len(raw) < 200 else ""
    if len(prefix) != 8:
        return None
    key = ApiKey.objects.select_related("organization__place").filter(prefix=prefix, revoked_at=None).first()
    known = hmac.compare_digest(key.digest if key else "0" * 64, digest_of(raw))
    if key is None or not known:
        return None
    today = timezone.localdate()
    if key.last_used_on != today:
        note_use(key, today)
    return KeyAccess(_viewer(key), frozenset(key.scopes))


def _viewer(key: ApiKey) -> Viewer:
    powers: frozenset[str] = frozenset(powers_of(key.scopes))
    organization = key.organization
    if organization is None:
        return Viewer(actor=f"key:{key.prefix}", powers_everywhere=powers)
    place = organization.place
    holding = Holding(
        post_id=0,
        kind="api_key",
        title=key.label,
        organization_id=organization.pk,
        organization_path=organization.path,
        territory=Territory(place.pk, place.kind, place.path) if place else None,
        own=powers,
        inside=powers,
    )
    return Viewer(actor=f"key:{key.prefix}", holdings=(holding,))
