"""What happens to API keys: made, used, revoked."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import Invalid, Missing
from yuanba.people.models import ApiKey, Organization
from yuanba.people.reach import require_everywhere
from yuanba.people.recording import add, change
from yuanba.people.scopes import check_scopes, givable_by
from yuanba.people.texts import checked_text

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def create_api_key(
    *,
    label: str,
    scopes: Iterable[str],
    organization: Organization | None = None,
    actor: Viewer,
    at: datetime,
) -> tuple[ApiKey, str]:
    """Make a key; returns its row and the key itself, ``yb_<prefix>_<secret>``, never shown again.

    Raises `Invalid` for scopes that reach matters unless the actor reaches them as far: who runs the system
    must not make themselves a key to what residents said (GB/T 22239-2019, three kinds of officer).
    """
    require_everywhere(actor, Power.OPERATE)
    names = check_scopes(scopes)
    if beyond := [name for name in names if name not in givable_by(actor)]:
        raise Invalid(
            _("Your post does not reach matters itself, so it can't give this: %(scopes)s.")
            % {"scopes": ", ".join(beyond)},
            field="scopes",
            code="beyond_reach",
        )
    prefix = "".join(secrets.choice(_LETTERS) for _place in range(8))
    raw = f"yb_{prefix}_{secrets.token_urlsafe(32)}"
    key = ApiKey(
        label=checked_text(label, "label", at_most=80),
        prefix=prefix,
        digest=digest_of(raw),
        scopes=names,
        organization=organization,
        created_at=at,
    )
    with transaction.atomic():
        data = {"prefix": prefix, "scopes": names, "organization": organization.pk if organization else None}
        add(key, "created", actor=actor, at=at, data=data)
    return key, raw


def revoke_api_key(key_id: int, *, actor: Viewer, at: datetime) -> ApiKey:
    """The key opens nothing from now on; revoking twice changes nothing."""
    require_everywhere(actor, Power.OPERATE)
    with transaction.atomic():
        key = ApiKey.objects.select_for_update().filter(pk=key_id).first()
        if key is None:
            raise Missing(_("There is no such key."))
        if key.revoked_at is None:
            key.revoked_at = at
            change(key, "revoked", "revoked_at", actor=actor, at=at)
    return key


def digest_of(raw: str) -> str:
    """What is kept of a key: SHA-256 over the whole of it."""
    return sha256(raw.encode()).hexdigest()


def note_use(key: ApiKey, today: date) -> None:
    """Remember the day of use, once a day, so that unused keys can be found; no entry, for nothing was
    decided.
    """
    ApiKey.objects.filter(pk=key.pk).update(last_used_on=today)
