"""Outside services that people may sign in with, and which of them an account is connected with."""

from allauth.socialaccount.models import SocialAccount
from django.conf import settings

from yuanba.kernel.outside import OutsideService
from yuanba.people.models import Account


def services() -> tuple[OutsideService, ...]:
    """All that the operator has set up."""
    found: tuple[OutsideService, ...] = settings.SIGN_IN_WITH
    return found


def service_called(key: str) -> OutsideService | None:
    """The service of that key, if it is set up."""
    return next((service for service in services() if service.key == key), None)


def services_of(account: Account) -> list[tuple[OutsideService, bool]]:
    """All services, and whether `account` is connected with each; asks nothing where there are none."""
    if not services():
        return []
    connected = set(SocialAccount.objects.filter(user=account).values_list("provider", flat=True))
    return [(service, service.key in connected) for service in services()]
