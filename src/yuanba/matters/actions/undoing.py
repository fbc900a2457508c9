"""Taking back a slip (撤销): the dispatch or claim that one has just made, before anybody has acted on it."""

import json
from datetime import datetime

from yuanba.kernel.authority import Viewer
from yuanba.kernel.clock import TakenBack
from yuanba.matters.actions.sorting import SUGGESTIONS
from yuanba.matters.changing import Change, changing
from yuanba.matters.flow import State
from yuanba.matters.models import Matter, Suggestion
from yuanba.matters.owners import check_reachable, is_accused, sorter_of, unaccused
from yuanba.matters.undoing import slip_of
from yuanba.people.models import Organization


def undo(matter_id: int, *, actor: Viewer, version: int | None = None, at: datetime | None = None) -> Matter:
    """Take back the dispatch or claim that the actor has just made. The journal keeps both; the clock goes on as
    if neither had been, and neither counts as a refusal or a return. What was sorted with a dispatch stays sorted.

    Raises `NotAllowed` when anything has happened since or the time for it is over, `Denied` for anybody else.
    """
    with changing(matter_id, "undo", actor=actor, version=version, at=at) as change:
        slip = slip_of(actor, change.matter, change.at)
        told = json.loads(slip.data)
        change.data["undone"] = slip.kind
        if slip.kind == "dispatch":
            _take_back(change, told.get("from_owner"))
        else:
            change.matter.state = State.DISPATCHED
        if events := len(told.get("clock", ())):
            change.events.append(TakenBack(at=change.at, events=events))
    return change.matter


def _take_back(change: Change, from_owner: int | None) -> None:
    """To whom it lay with before; the office that got it is told, where that is another than the sender's."""
    matter, sent_to = change.matter, change.matter.owner
    before = Organization.objects.filter(pk=from_owner or 0).first() or sorter_of(matter)
    matter.owner = unaccused(matter, before)
    check_reachable(matter, matter.owner)
    change.data["owner"] = matter.owner_id
    matter.state = State.TRIAGED
    # A decision that was taken back agreed with nothing.
    suggestion = Suggestion.objects.filter(pk=matter.pk).first()
    if suggestion is not None:
        suggestion.owner_agreed = None
        SUGGESTIONS.update(suggestion)
    if sent_to.pk not in {matter.owner_id, *change.actor.organizations} and not is_accused(matter, sent_to):
        change.tell_organization(sent_to.pk, "recalled")
