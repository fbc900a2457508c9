"""Where a visitor without an account comes from, and how often they may ask."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from yuanba.kernel.ratelimit import Rate, take

# Guessing a number and a telephone must not pay; somebody who mistypes a few times is not hindered.
FINDING = Rate("find", 20, 3600)


def address_of(request: HttpRequest) -> str:
    """The visitor's network address; behind the operator's own proxy, what that proxy wrote down last."""
    if settings.SECURE_PROXY_SSL_HEADER:
        said = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if said:
            return said
    return str(request.META.get("REMOTE_ADDR", ""))


def check_finding(request: HttpRequest) -> None:
    """Raises `TooMany` after too many tries to find a matter from one address."""
    take(
        FINDING,
        address_of(request),
        _("Too many tries from here. Please wait an hour, or ask your community."),
    )
