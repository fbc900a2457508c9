"""Taking a suggestion into a matter that nobody has sorted yet, and noting that trouble came back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from yuanba.kernel.authority import system
from yuanba.kernel.journal.append import chain
from yuanba.kernel.journal.models import Entry
from yuanba.matters import clockwork
from yuanba.matters.actions.accusing import shield
from yuanba.matters.actions.sorting import set_place
from yuanba.matters.directory import Directory
from yuanba.matters.flow import State
from yuanba.matters.models import Matter, MatterLink, Suggestion
from yuanba.matters.owners import unaccused
from yuanba.matters.suggesting import Proposal

TRIAGE = system("triage")


@dataclass(frozen=True, slots=True)
class Taken:
    """What a suggestion leaves behind, unsaved: itself, its entry, and a link where trouble came back."""

    suggestion: Suggestion
    entry: Entry
    link: MatterLink | None


def read_clock(matter: Matter) -> None:
    """Set the clock columns and the next alarm as they are under the matter's present tier."""
    clockwork.show(matter, clockwork.read(matter))
    clockwork.set_alarm(matter)


def fill_in(
    matter: Matter,
    proposals: Sequence[Proposal],
    directory: Directory,
    reclock: Callable[[Matter], None] = read_clock,
) -> None:
    """Fill in what nobody has decided: category, tier, place and with it who sorts it.

    The caller holds the matter's row in a transaction and saves it. A matter that a person has sorted
    meanwhile stays as it is, and one that was taken over stays with who took it.
    """
    if matter.state != State.RECEIVED:
        return
    taken_over = _was_taken_over(matter)
    by_aspect = {proposal.aspect: proposal.value for proposal in reversed(proposals)}
    playbook = clockwork.playbook_of(matter).playbook
    if not matter.category and "category" in by_aspect:
        matter.category = str(by_aspect["category"])
        matter.confidential = matter.confidential or playbook.category(matter.category).confidential
    if "place" in by_aspect:
        _settle_place(matter, int(by_aspect["place"]), directory, with_owner=not taken_over)
    if not taken_over:
        _keep_from_the_accused(matter, directory)
    if "tier" in by_aspect:
        matter.tier = playbook.tier(str(by_aspect["tier"])).code
    shield(matter)
    if matter.accused_path:
        matter.owner = unaccused(matter, matter.owner)
    reclock(matter)


def _was_taken_over(matter: Matter) -> bool:
    """Whether a person gave it to another office before it was sorted; most have their first entry only."""
    if matter.version <= 1:
        return False
    later = Entry.objects.filter(subject_kind=Matter.journal_kind, subject_id=matter.pk, kind="take_over")
    return later.exists()


def _settle_place(matter: Matter, place_id: int, directory: Directory, *, with_owner: bool) -> None:
    """Move the matter to a place inside its own, with the office that sorts there; a part stays with its
    whole's owner.
    """
    place = directory.place(place_id)
    if not place.path.startswith(matter.place_path):
        return
    set_place(matter, place)
    if with_owner and matter.part_of_id is None:
        matter.owner_id = directory.sorter(place.path).pk


def _keep_from_the_accused(matter: Matter, directory: Directory) -> None:
    """What seems to complain about an office is sorted by the centre, not by the office next door to it."""
    if not matter.category or matter.accused_path or matter.part_of_id is not None:
        return
    if clockwork.playbook_of(matter).playbook.category(matter.category).about_officials:
        centre = directory.find("centre", None, matter.place_path)
        matter.owner_id = centre.pk if centre is not None else matter.owner_id


def take_suggestion(
    matter: Matter,
    proposals: Sequence[Proposal],
    made_by: str,
    *,
    watched: Matter | None = None,
    at: datetime,
) -> Taken:
    """Record what was proposed for a matter that `fill_in` was applied to.

    `watched` is the struck-off matter whose trouble is back (M9). The caller saves the matter and all that is
    returned, in the transaction in which it holds the matter's row.
    """
    data = {
        "accused": matter.accused_id or 0,
        "by": made_by,
        "category": matter.category,
        "owner": matter.owner_id,
        "place": matter.place_id,
        "proposed": [[row.aspect, str(row.value), round(row.confidence * 1000)] for row in proposals],
        "tier": matter.tier,
    }
    link = None
    if watched is not None:
        data["came_back"] = watched.pk
        link = MatterLink(matter=matter, other=watched, kind=MatterLink.Kind.RECURRENCE, at=at)
    entry = chain(matter, kind="suggested", actor=TRIAGE.actor, at=at, data=data)
    suggestion = Suggestion(
        matter=matter, proposals=[proposal.as_data() for proposal in proposals], made_by=made_by, made_at=at
    )
    return Taken(suggestion, entry, link)
