"""Who must sign in with a second factor, whether they have one, and how its secrets are kept."""

from allauth.mfa.models import Authenticator
from django.conf import settings

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.crypto import decrypt, encrypt
from yuanba.people.models import Account

_SECRETS = "mfa_authenticator.data"
_HARMLESS = frozenset({Power.SEE_BOARD})


def needs_second_factor(account: Account, viewer: Viewer) -> bool:
    """Whoever may do more than look at a board needs one, unless the operator has switched that off (the
    demo does).
    """
    required = getattr(settings, "REQUIRE_SECOND_FACTOR", not settings.DEMO)
    return bool(required) and (account.is_staff or bool(viewer.powers - _HARMLESS))


def has_second_factor(account: Account) -> bool:
    """Whether an authenticator app or a passkey is enrolled; recovery codes alone don't count."""
    enrolled = Authenticator.objects.filter(user=account).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return bool(enrolled.exists())


def sealed(secret: str) -> str:
    """A second factor's secret as it is stored."""
    return encrypt(secret, _SECRETS)


def opened(stored: str) -> str:
    """Counterpart of `sealed`."""
    return decrypt(stored, _SECRETS)
