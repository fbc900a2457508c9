"""What the software proposes anew for a matter that climbed to an office which dispatches it further."""

from django.utils.translation import gettext as _

from yuanba.matters import clockwork
from yuanba.matters.changing import Change
from yuanba.matters.flow import State
from yuanba.matters.models import Matter, Suggestion
from yuanba.matters.owners import is_accused
from yuanba.matters.suggesting import Proposal
from yuanba.people.models import Organization, OrganizationKind

SURE = 0.7


def propose_department(change: Change) -> None:
    """Put the department of its category in place of the owner that was proposed when it came in: the levels below
    have tried already. Nothing where it did not arrive to be dispatched.
    """
    matter = change.matter
    if matter.state != State.TRIAGED:
        return
    suggestion = Suggestion.objects.filter(pk=matter.pk).first()
    if suggestion is None:
        return
    proposed = _department_of(matter)
    others = [row for row in suggestion.proposals if row["aspect"] != "owner"]
    suggestion.proposals = [*others, proposed.as_data()] if proposed else others
    suggestion.owner_agreed = None
    suggestion.save(update_fields=["proposals", "owner_agreed"])
    change.data["proposed_owner"] = proposed.value if proposed else 0


def drop_proposed_owner(change: Change) -> None:
    """Propose no owner any more: one press would send it back to where it was wrong."""
    suggestion = Suggestion.objects.filter(pk=change.matter.pk).first()
    if suggestion is None:
        return
    suggestion.proposals = [row for row in suggestion.proposals if row["aspect"] != "owner"]
    suggestion.owner_agreed = None
    suggestion.save(update_fields=["proposals", "owner_agreed"])
    change.data["proposed_owner"] = 0


def _department_of(matter: Matter) -> Proposal | None:
    """The open department that the playbook names for the matter's category, unless the complaint is about it."""
    try:
        code = clockwork.playbook_of(matter).playbook.category(matter.category).department
    except KeyError:
        return None
    rows = Organization.objects.filter(kind=OrganizationKind.DEPARTMENT, closed_on=None)
    office = rows.filter(code__in=(code, f"department-{code}")).order_by("pk").first() if code else None
    if office is None or is_accused(matter, office):
        return None
    why = _("It climbed to be dispatched: the department of its category.")
    return Proposal("owner", office.pk, office.called, SURE, (why,))
