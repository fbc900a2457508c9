"""Calling a matter back from the office that has it, to be sorted anew (收回重派)."""

from datetime import datetime

from yuanba.kernel.authority import Viewer
from yuanba.matters.actions.proposing import drop_proposed_owner
from yuanba.matters.actions.sorting import give_to
from yuanba.matters.actions.timing import lapse_request
from yuanba.matters.actions.together import end_calls
from yuanba.matters.changing import changing
from yuanba.matters.flow import State
from yuanba.matters.models import Matter, Note
from yuanba.matters.owners import centre_for, unaccused
from yuanba.matters.reporting import checked_text


def recall(
    matter_id: int,
    reason: str,
    *,
    actor: Viewer,
    version: int | None = None,
    at: datetime | None = None,
) -> Matter:
    """Call a matter back to the centre, which sorts it anew: the wrong office has it, or the resident's words turn
    out to complain about the one that does.

    What its owner had asked for or called for ends with it, and all of them are told. Its total deadline stays.
    Raises `Invalid` without a reason.
    """
    with changing(matter_id, "recall", actor=actor, version=version, at=at) as change:
        matter, before = change.matter, change.matter.owner
        change.note(Note.Kind.REASON, checked_text(reason, "reason"))
        change.data["from_owner"] = before.pk
        lapse_request(change)
        end_calls(change)
        give_to(change, unaccused(matter, centre_for(matter)), "to_dispatch")
        change.to(State.TRIAGED, anew=True)
        matter.state_before, matter.refusals = "", 0
        drop_proposed_owner(change)
        if before.pk != matter.owner_id:
            change.tell_organization(before.pk, "recalled")
        if matter.supervisor_id is not None:
            change.tell_post(matter.supervisor_id, "recalled")
        change.tell_requester("recalled", owner=matter.owner.called)
    return change.matter
