"""What `extensions=true` adds, as other cities' servers do: the channel, and each step as a note."""

from collections import defaultdict
from collections.abc import Sequence

import orjson

from yuanba.kernel.journal.models import Entry
from yuanba.matters.flow import State
from yuanba.matters.models import Matter
from yuanba.matters.open311.rendering import Value, moment

# The finer states that FixMyStreet and its adapters know, for each of ours.
EXTENDED = {
    State.RECEIVED: "open",
    State.TRIAGED: "for_triage",
    State.DISPATCHED: "investigating",
    State.CLAIMED: "in_progress",
    State.HANDLING: "in_progress",
    State.ANSWERED: "action_scheduled",
    State.CONFIRMED: "fixed",
    State.CLOSED: "closed",
    State.ARBITRATION: "internal_referral",
    State.AWAITING_INFORMATION: "investigating",
    State.WITHDRAWN: "cancelled",
    State.OUT_OF_SCOPE: "not_councils_responsibility",
    State.MERGED: "duplicate",
}


def extended(matters: Sequence[Matter]) -> list[dict[str, Value]]:
    """The additions to each request, in the same order; one query."""
    notes = _notes(matters)
    return [
        {
            "extended_attributes": {"channel": matter.channel, "status": extended_status(matter.state)},
            "notes": notes[matter.pk],
        }
        for matter in matters
    ]


def extended_status(state: str) -> str:
    return EXTENDED[State(state)]


def _notes(matters: Sequence[Matter]) -> defaultdict[int, list[Value]]:
    found: defaultdict[int, list[Value]] = defaultdict(list)
    keys = [matter.pk for matter in matters]
    rows = Entry.objects.filter(subject_kind=Matter.journal_kind, subject_id__in=keys).order_by(
        "subject_id", "seq"
    )
    for key, at, text in rows.values_list("subject_id", "at", "data"):
        if state := orjson.loads(text).get("to"):
            found[key].append(
                {
                    "datetime": moment(at),
                    "description": str(State(state).label),
                    "type": "submitted" if state == State.RECEIVED else extended_status(state),
                }
            )
    return found
