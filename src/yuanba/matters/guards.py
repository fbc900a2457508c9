"""What other packages' actions may not do while matters depend on it."""

from django.utils.translation import gettext as _

from yuanba.kernel.errors import NotAllowed
from yuanba.matters.models import Matter
from yuanba.people.actions import before_closing
from yuanba.people.models import Organization


@before_closing
def keep_open_matters(organization: Organization) -> None:
    """An office that still owns open matters can't be closed: hand them over first."""
    if Matter.objects.filter(owner=organization, stopped_at=None).exists():
        raise NotAllowed(
            _("This office still owns open matters. Give them to its successor first."), code="owns_matters"
        )
