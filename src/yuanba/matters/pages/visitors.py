"""Where a visitor without an account comes from, and how often they may ask."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from yuanba.kernel.addresses import address_of
from yuanba.kernel.ratelimit import Rate, take

# Guessing a number and a telephone must not pay; somebody who mistypes a few times is not hindered.
FINDING = Rate("find", 20, 3600)
PROVING = Rate("proof", 60, 3600)


def check_finding(request: HttpRequest) -> None:
    """Raises `TooMany` after too many tries to find a matter from one address."""
    take(
        FINDING,
        address_of(request),
        _("Too many tries from here. Please wait an hour, or ask your community."),
    )


def check_proving(request: HttpRequest) -> None:
    """Raises `TooMany` after more proofs than anybody checks by hand: each reads a whole day of the journal."""
    take(PROVING, address_of(request), _("Too many proofs from here. Please wait an hour."))
