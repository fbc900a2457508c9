"""What the worker does for people."""

from django.utils import timezone

from yuanba.kernel.authority import Power, system
from yuanba.kernel.worker import every
from yuanba.people.actions import forget_expired

DAY_S = 24 * 3600


@every(DAY_S)
def forget_persons_in_time() -> None:
    """Forget persons whose time to be kept is over."""
    keeper = system("retention", [Power.MANAGE_PEOPLE])
    while forget_expired(actor=keeper, at=timezone.now()):
        pass
