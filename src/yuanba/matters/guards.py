"""What other packages' actions may not do while matters depend on it, and what has to go with what they erase."""

from django.utils.translation import gettext as _

from yuanba.kernel.errors import NotAllowed
from yuanba.matters.actions.following import erase_address
from yuanba.matters.models import Matter
from yuanba.people.actions import before_closing, when_forgotten
from yuanba.people.models import Organization, Person


@before_closing
def keep_open_matters(organization: Organization) -> None:
    """An office that still owns open matters can't be closed: hand them over first."""
    if Matter.objects.filter(owner=organization, stopped_at=None).exists():
        raise NotAllowed(
            _("This office still owns open matters. Give them to its successor first."), code="owns_matters"
        )


@when_forgotten
def stop_following_of(person: Person) -> None:
    """What is followed by mail under the address of somebody who asks to be forgotten is erased with it."""
    erase_address(person.email)
