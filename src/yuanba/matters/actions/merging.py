"""Many requests, one trouble: handled as one, answered to each.

唐山市条例 article 15(5): many people with one issue are merged, not dispatched again.
"""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from yuanba.kernel.as_one import as_one
from yuanba.kernel.authority import Viewer
from yuanba.kernel.errors import Denied, Invalid, NotAllowed
from yuanba.kernel.journal.append import append
from yuanba.matters import clockwork
from yuanba.matters.actions.timing import lapse_request
from yuanba.matters.actions.together import end_calls
from yuanba.matters.changing import Change, changing, lock_together
from yuanba.matters.flow import IN_HAND, State
from yuanba.matters.models import Matter, Outcome
from yuanba.matters.owners import is_accused_post, stands_over


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
    into the matter before goes with it, and a leader's watch passes to the lead where nobody watches that. Its
    owner, its leader and those called for it are told.

    Raises `Invalid` for a lead that is the matter itself, answered already, closed or merged, that complains about
    another office, or that has a lower tier or a later deadline; `Denied` for whoever works neither for the matter's
    owner nor for a level above it.
    """
    if matter_id == lead_id:
        raise Invalid(_("A matter can't join itself."), field="lead")
    with as_one():
        joined = Matter.objects.filter(lead=matter_id).values_list("pk", flat=True)
        rows = lock_together([matter_id, lead_id, *joined])
        lead, is_sorted = rows[lead_id], _is_sorted(rows[matter_id])
        with changing(matter_id, "merge", actor=actor, version=version, at=at, row=rows[matter_id]) as change:
            matter = change.matter
            _check_lead(matter, lead, actor)
            _check_promise(matter, lead, is_sorted=is_sorted)
            lapse_request(change)
            end_calls(change)
            carried = _pass_on(change, lead)
            # Verdicts are kept by round: an earlier word on another answer must not count for the lead's next.
            lead.round = max(lead.round, matter.round)
            matter.lead, matter.outcome = lead, Outcome.MERGED
            change.data |= {"lead": lead.pk, "round": lead.round}
            change.tell_requester("merged", lead_number=lead.number)
        _bring_along(change, lead)
        data = {"matter": matter_id, "round": lead.round} | carried
        append(lead, kind="joined_by", actor=actor.actor, at=change.at, data=data)
        lead.save(update_fields=["round", "supervisor", "version", "journal_hash"])
    return change.matter


def _bring_along(change: Change, lead: Matter) -> None:
    """What joined the matter before joins its lead now; the caller holds their rows."""
    key = change.matter.pk
    for other in Matter.objects.filter(lead=key).order_by("pk"):
        other.lead = lead
        data = {"lead": lead.pk, "with": key}
        append(other, kind="merge", actor=change.actor.actor, at=change.at, data=data)
        other.save(update_fields=["lead", "version", "journal_hash"])


def _pass_on(change: Change, lead: Matter) -> dict[str, int]:
    """Tell who had the matter in hand that it has joined another, and let its leader watch over that one where
    nobody does; returns what the lead's entry keeps of that.
    """
    matter, leader = change.matter, change.matter.supervisor
    if matter.owner_id != lead.owner_id:
        change.tell_organization(matter.owner_id, "joined_another")
    if leader is None:
        return {}
    change.tell_post(leader.pk, "joined_another")
    if lead.supervisor_id is not None or is_accused_post(lead, leader):
        return {}
    lead.supervisor = leader
    return {"supervisor": leader.pk}


def _is_sorted(matter: Matter) -> bool:
    """Whether a person has decided what it is; one that was asked about before waits in another state."""
    return State.RECEIVED not in {matter.state, matter.state_before}


def _check_promise(matter: Matter, lead: Matter, *, is_sorted: bool) -> None:
    """Raises `Invalid` where joining would take from the matter what a person has promised: its tier, or the day by
    which it is answered. What nobody has sorted yet takes the lead's tier, and has the day that this gives it.
    """
    ranks = [clockwork.playbook_of(each).playbook.tier_rank(each.tier) for each in (lead, matter)]
    if ranks[0] < ranks[1]:
        raise Invalid(
            _("The other one has a lower tier. Join them the other way round."),
            field="lead",
            code="lower_tier",
        )
    due_at = matter.total_due_at if is_sorted else clockwork.total_due_under(matter, lead.tier)
    if timezone.localdate(lead.total_due_at) > timezone.localdate(due_at):
        raise Invalid(
            _(
                "The other one is due later, and this one's day was promised. Give both the same tier if they are "
                "one trouble, and join the later one to the earlier."
            ),
            field="lead",
            code="later_deadline",
        )


def _check_lead(matter: Matter, lead: Matter, actor: Viewer) -> None:
    if not stands_over(actor, matter.owner):
        # Else a community could end what a street, a department or the centre has in hand.
        raise Denied(_("Only who works for its owner, or for a level above that, can join it with another."))
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
