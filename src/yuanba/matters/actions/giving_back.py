"""Until when an office may give back what it was sent and has not claimed, by refusing or by passing it up."""

from datetime import datetime

from django.utils.translation import gettext as _

from yuanba.kernel.errors import NotAllowed
from yuanba.matters import clockwork
from yuanba.matters.models import Matter


def check_may_give_back(matter: Matter, at: datetime) -> None:
    """Raises `NotAllowed` for an unclaimed matter once the centre has decided whose it is, or the playbook's time to
    refuse is over: then it is claimed first.
    """
    if is_bound(matter):
        raise NotAllowed(_("The centre has decided that this is yours."), code="binding", allowed=["claim"])
    if is_late_to_give_back(matter, at):
        raise NotAllowed(_("The time to give it back unclaimed is over."), code="too_late")


def may_give_back(matter: Matter, at: datetime) -> bool:
    """Whether an unclaimed matter may still be given back at that time."""
    return not is_bound(matter) and not is_late_to_give_back(matter, at)


def is_bound(matter: Matter) -> bool:
    """Whether the centre has decided about this matter after the refusals that the playbook allows."""
    return matter.refusals >= clockwork.playbook_of(matter).playbook.refusals.before_arbitration


def is_late_to_give_back(matter: Matter, at: datetime) -> bool:
    """Whether the playbook's time to refuse was over at that time."""
    edition = clockwork.playbook_of(matter)
    calendar = clockwork.calendar_of(edition, matter.tier)
    return at > edition.playbook.refusals.within.due_from(matter.stage_started_at, calendar)
