"""Many requests, one trouble: handled as one, answered to each.

唐山市条例 article 15(5): many people with one issue are merged, not dispatched again.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Viewer
from yuanba.kernel.errors import Invalid, NotAllowed
from yuanba.kernel.journal.append import append
from yuanba.matters.actions.timing import lapse_request
from yuanba.matters.changing import Change, changing, lock_together
from yuanba.matters.flow import IN_HAND
from yuanba.matters.models import Matter, Outcome


def merge_into(
    matter_id: int,
    lead_id: int,
    *,
    actor: Viewer,
    version: int | None = None,
    at: datetime | None = None,
) -> Matter:
    """Handle a matter together with another that asks for the same.

    The requester keeps number, page, notices, confirmation and rating; only the work is one. What was merged
    into the matter before goes with it. Raises `Invalid` for a lead that is the matter itself, answered
    already, closed or merged, or that complains about another office.
    """
    if matter_id == lead_id:
        raise Invalid(_("A matter can't join itself."), field="lead")
    with transaction.atomic():
        joined = Matter.objects.filter(lead=matter_id).values_list("pk", flat=True)
        rows = lock_together([matter_id, lead_id, *joined])
        lead = rows[lead_id]
        with changing(matter_id, "merge", actor=actor, version=version, at=at, row=rows[matter_id]) as change:
            matter = change.matter
            _check_lead(matter, lead, actor)
            lapse_request(change)
            # Verdicts are kept by round: an earlier word on another answer must not count for the lead's next.
            lead.round = max(lead.round, matter.round)
            matter.lead, matter.outcome = lead, Outcome.MERGED
            change.data |= {"lead": lead.pk, "round": lead.round}
            change.tell_requester("merged", lead_number=lead.number)
        _bring_along(change, lead)
        data = {"matter": matter_id, "round": lead.round}
        append(lead, kind="joined_by", actor=actor.actor, at=change.at, data=data)
        lead.save(update_fields=["round", "version", "journal_hash"])
    return change.matter


def _bring_along(change: Change, lead: Matter) -> None:
    """What joined the matter before joins its lead now; the caller holds their rows."""
    key = change.matter.pk
    for other in Matter.objects.filter(lead=key).order_by("pk"):
        other.lead = lead
        data = {"lead": lead.pk, "with": key}
        append(other, kind="merge", actor=change.actor.actor, at=change.at, data=data)
        other.save(update_fields=["lead", "version", "journal_hash"])


def _check_lead(matter: Matter, lead: Matter, actor: Viewer) -> None:
    if lead.state not in IN_HAND or not actor.may("merge", lead):
        raise Invalid(_("Choose an open matter that you may join others to."), field="lead")
    if lead.accused_path != matter.accused_path:
        # Else the office complained about would own the complaint, or read of it in what joined its own matter.
        raise Invalid(
            _("A complaint about an office joins only complaints about the same office."),
            field="lead",
            code="accused",
        )
    if matter.parts.exists() or matter.part_of_id is not None or lead.part_of_id is not None:
        raise NotAllowed(_("A matter with parts can't join another."), code="has_parts")
