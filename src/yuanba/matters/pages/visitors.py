"""Where a visitor without an account comes from, and how often they may ask."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from yuanba.kernel.addresses import address_of
from yuanba.kernel.ratelimit import Rate, take
from yuanba.matters.models import Matter

# Guessing a number and a telephone must not pay; somebody who mistypes a few times is not hindered.
FINDING = Rate("find", 20, 3600)
FINDING_NUMBER = Rate("find/number", 5, 24 * 3600)
FINDING_PHONE = Rate("find/phone", 10, 24 * 3600)
PROVING = Rate("proof", 60, 3600)
FOLLOWING = Rate("follow", 10, 3600)
SENDING = Rate("photos", 12, 3600)


def check_finding(request: HttpRequest, number: str, phone: str) -> None:
    """Raises `TooMany` after too many tries to find a matter: from one address, for one number, by one telephone
    (however it is written). Without the last two, many addresses would guess together.
    """
    take(
        FINDING,
        address_of(request),
        _("Too many tries from here. Please wait an hour, or ask your community."),
    )
    for rate, source in ((FINDING_NUMBER, _digits(number)), (FINDING_PHONE, _digits(phone)[-11:])):
        take(rate, source, _("Too many tries for this number today. Please wait, or ask your community."))


def _digits(text: str) -> str:
    return "".join(str(int(letter)) for letter in text if letter.isdecimal())


def check_proving(request: HttpRequest) -> None:
    """Raises `TooMany` after more proofs than anybody checks by hand: each reads a whole day of the journal."""
    take(PROVING, address_of(request), _("Too many proofs from here. Please wait an hour."))


def check_following(request: HttpRequest) -> None:
    """Raises `TooMany` after more letters than one visitor orders for themselves: each goes to a box that may be
    somebody else's.
    """
    take(FOLLOWING, address_of(request), _("Too many tries from here. Please wait an hour."))


def check_sending(matter: Matter) -> None:
    """Raises `TooMany` for photos sent again and again through one link: each is stored and drawn anew, whether or not
    the form it came with is right.
    """
    take(SENDING, str(matter.pk), _("Too many photos within an hour. Send it without, or wait."))
