"""Keeping second factors readable through a change of keys."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from yuanba.people.second_factor import opened, sealed


def renew_second_factors(*, after: int = 0, limit: int = 500) -> int | None:
    """Encrypt the secrets of the next `limit` second factors after key `after` under the present key.

    Returns the last key done, None when there are no more. Once this and `renew_encryption` have run to
    their end, an old key can be taken out of the settings.
    """
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
    with transaction.atomic():
        rows = (
            Authenticator.objects.select_for_update()
            .filter(pk__gt=after, type__in=kinds)
            .order_by("pk")[:limit]
        )
        done = list(rows)
        for row in done:
            row.data = {name: _renewed(name, value) for name, value in row.data.items()}
            row.save(update_fields=["data"])
    return done[-1].pk if done else None


def _renewed(name: str, value: Any) -> Any:
    """allauth keeps an app's ``secret``, and the ``seed`` or ``migrated_codes`` that recovery codes come
    from.
    """
    if name in {"secret", "seed"}:
        return sealed(opened(value))
    if name == "migrated_codes":
        return [sealed(opened(code)) for code in value]
    return value
