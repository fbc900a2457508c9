"""Taking a suggestion into a matter that nobody has sorted yet."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from yuanba.kernel.authority import system
from yuanba.kernel.journal.append import chain
from yuanba.kernel.journal.models import Entry
from yuanba.matters import clockwork
from yuanba.matters.actions.sorting import set_place, set_tier
from yuanba.matters.directory import Directory
from yuanba.matters.flow import State
from yuanba.matters.models import Matter, Suggestion
from yuanba.matters.suggesting import Proposal

TRIAGE = system("triage")


def take_suggestion(
    matter: Matter,
    proposals: Sequence[Proposal],
    made_by: str,
    directory: Directory,
    *,
    at: datetime | None = None,
) -> tuple[Suggestion, Entry]:
    """Fill in what nobody has decided: category, tier, place and with it who sorts it.

    The caller holds the matter's row in a transaction, and saves the matter and what is returned.
    """
    at = at or timezone.now()
    by_aspect = {proposal.aspect: proposal for proposal in reversed(proposals)}
    if matter.state == State.RECEIVED:
        _fill_in(matter, by_aspect, directory)
    data = {
        "by": made_by,
        "proposed": [[row.aspect, str(row.value), round(row.confidence * 1000)] for row in proposals],
        "tier": matter.tier,
        "owner": matter.owner_id,
        "place": matter.place_id,
    }
    entry = chain(matter, kind="suggested", actor=TRIAGE.actor, at=at, data=data)
    suggestion = Suggestion(
        matter=matter, proposals=[proposal.as_data() for proposal in proposals], made_by=made_by, made_at=at
    )
    return suggestion, entry


def _fill_in(matter: Matter, by_aspect: dict[str, Proposal], directory: Directory) -> None:
    if not matter.category and "category" in by_aspect:
        matter.category = str(by_aspect["category"].value)
        kind = clockwork.playbook_of(matter).playbook.category(matter.category)
        matter.confidential = matter.confidential or kind.confidential
    if "place" in by_aspect:
        place = directory.place(int(by_aspect["place"].value))
        if place.path.startswith(matter.place_path):
            set_place(matter, place)
            matter.owner_id = directory.sorter(place.path).pk
    if "tier" in by_aspect:
        set_tier(matter, clockwork.playbook_of(matter), str(by_aspect["tier"].value))
        clockwork.set_alarm(matter)
