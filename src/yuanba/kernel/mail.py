"""The mail server as one address in the environment, as in ``smtps://user:password@mail.example.org``; and a mail to
one address, of which no failure tells.
"""

from collections.abc import Mapping
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

_BACKENDS = "django.core.mail.backends"
_NONE = f"{_BACKENDS}.dummy.EmailBackend"
# Scheme: port, then which of Django's two switches for encryption.
_SCHEMES = {"smtp": (25, ""), "smtp+tls": (587, "EMAIL_USE_TLS"), "smtps": (465, "EMAIL_USE_SSL")}

# RFC 3463, section 3.2: what is wrong is the address. A bare 550 may as well be a server that wants fewer letters.
_NO_BOX = b"5.1."
_LASTING = 500

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
        return {"EMAIL_BACKEND": _NONE}
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


def sends_mail() -> bool:
    """Whether a mail server is configured: what can only be told by mail is not offered without one."""
    from django.conf import settings

    return bool(settings.EMAIL_BACKEND != _NONE)


class NotSent(Exception):
    """A mail was not taken. Says what kind of failure and the server's code, never the address: logs and dead letters
    keep it.

    ``of_address`` tells that the server refused this address, so that letters to others may be taken; ``lasting`` that
    it need not be asked again soon; ``for_good`` that it says there is no such box.
    """

    def __init__(
        self, said: str, *, of_address: bool = False, lasting: bool = False, for_good: bool = False
    ) -> None:
        super().__init__(said)
        self.of_address, self.lasting, self.for_good = of_address, lasting, for_good


def send(subject: str, body: str, to: str, headers: Mapping[str, str] | None = None) -> None:
    """Send a mail to one address. Raises `NotSent` when the server does not take it, OSError when it is away."""
    # Settings read this module before they are there.
    from django.core.mail import EmailMessage

    try:
        EmailMessage(subject, body, None, [to], headers=dict(headers or {})).send()
    except SMTPException as error:
        said = f"{type(error).__name__} {_code(error)}".strip()
        answers = list(error.recipients.values()) if isinstance(error, SMTPRecipientsRefused) else []
        raise NotSent(
            said,
            of_address=bool(answers),
            lasting=bool(answers) and all(code >= _LASTING for code, _said in answers),
            for_good=bool(answers) and all(said.startswith(_NO_BOX) for _code, said in answers),
        ) from None


def _code(error: SMTPException) -> str:
    if isinstance(error, SMTPRecipientsRefused):
        return ", ".join(str(code) for code, _said in error.recipients.values())
    return str(error.smtp_code) if isinstance(error, SMTPResponseException) else ""


def _port(parts: SplitResult) -> int | None:
    """The port given, 0 for none, None for what is no port. What Python says of it may hold half a password."""
    try:
        return parts.port or 0
    except ValueError:
        return None
