"""The mail server as one address in the environment, as in ``smtps://user:password@mail.example.org``."""

from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

_BACKENDS = "django.core.mail.backends"
# Scheme: port, then which of Django's two switches for encryption.
_SCHEMES = {"smtp": (25, ""), "smtp+tls": (587, "EMAIL_USE_TLS"), "smtps": (465, "EMAIL_USE_SSL")}

WRITE = (
    "EMAIL_URL: write smtp://, smtp+tls:// or smtps://user:password@host:port; "
    "a / in the password is written %2F"
)


def mail_settings(url: str) -> dict[str, Any]:
    """Django's mail settings from ``smtp://``, ``smtp+tls://`` (STARTTLS) or ``smtps://``, or ``console://``.

    Without an address no mail is sent, and none is missed: notices show in the product. Raises ValueError for
    anything else.
    """
    if not url.strip():
        return {"EMAIL_BACKEND": f"{_BACKENDS}.dummy.EmailBackend"}
    parts = urlsplit(url.strip())
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": f"{_BACKENDS}.console.EmailBackend"}
    given_port = _port(parts)
    if parts.scheme not in _SCHEMES or not parts.hostname or given_port is None:
        raise ValueError(WRITE)
    port, switch = _SCHEMES[parts.scheme]
    found: dict[str, Any] = {
        "EMAIL_BACKEND": f"{_BACKENDS}.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": given_port or port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_TIMEOUT": 20,
    }
    return found | ({switch: True} if switch else {})


def _port(parts: SplitResult) -> int | None:
    """The port given, 0 for none, None for what is no port. What Python says of it may hold half a password."""
    try:
        return parts.port or 0
    except ValueError:
        return None
