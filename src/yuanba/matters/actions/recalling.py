"""Calling a matter back from the office that has it, to be sorted anew (收回重派)."""

from datetime import datetime

from yuanba.kernel.authority import Viewer
from yuanba.matters.actions.accusing import accuse, locked_to_sort
from yuanba.matters.actions.proposing import drop_proposed_owner
from yuanba.matters.actions.returning import link_return
from yuanba.matters.actions.sorting import give_to
from yuanba.matters.actions.timing import lapse_request
from yuanba.matters.actions.together import end_calls
from yuanba.matters.changing import changing
from yuanba.matters.flow import State
from yuanba.matters.models import Matter, Note
from yuanba.matters.owners import centre_for, is_accused, unaccused
from yuanba.matters.reporting import checked_text
from yuanba.people.models import Organization


def recall(
    matter_id: int,
    reason: str,
    *,
    accused: Organization | None = None,
    actor: Viewer,
    version: int | None = None,
    at: datetime | None = None,
) -> Matter:
    """Call a matter back to the centre, which sorts it anew: the wrong office has it, or the resident's words turn
    out to complain about the one that does.

    ``accused`` is the office that it complains about: out of its reach from then on, and told nothing.

    What its owner had asked for or called for ends with it, and all of them are told. Its total deadline stays.
    Raises `Invalid` without a reason, and for a complaint about the district itself.
    """
    with (
        locked_to_sort(matter_id, reaching=accused is not None) as row,
        changing(matter_id, "recall", actor=actor, version=version, at=at, row=row) as change,
    ):
        matter, before = change.matter, change.matter.owner
        change.note(Note.Kind.REASON, checked_text(reason, "reason"))
        change.data["from_owner"] = before.pk
        if accused is not None:
            # Before anybody is told: what is taken out of its reach tells it nothing.
            accuse(change, accused)
            link_return(change)
        lapse_request(change)
        end_calls(change)
        give_to(change, unaccused(matter, centre_for(matter)), "to_dispatch")
        change.to(State.TRIAGED, anew=True)
        matter.state_before, matter.refusals = "", 0
        drop_proposed_owner(change)
        if before.pk != matter.owner_id and not is_accused(matter, before):
            change.tell_organization(before.pk, "recalled")
        if matter.supervisor_id is not None:
            change.tell_post(matter.supervisor_id, "recalled")
        change.tell_requester("recalled", owner=matter.owner.called)
    return change.matter
