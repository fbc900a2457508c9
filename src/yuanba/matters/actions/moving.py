"""Up and down the tree: climbing when a level can't solve it (梯度上移), handing down when a lower one can."""

from datetime import datetime

from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import Denied, Invalid, NotAllowed
from yuanba.matters import clockwork
from yuanba.matters.actions.giving_back import check_may_give_back
from yuanba.matters.actions.proposing import propose_department
from yuanba.matters.actions.sorting import check_admitted, give_to, hand_to, set_tier
from yuanba.matters.actions.timing import lapse_request
from yuanba.matters.actions.watching import watch
from yuanba.matters.changing import changing
from yuanba.matters.flow import AT_WORK, State
from yuanba.matters.models import Matter, Note
from yuanba.matters.owners import is_below, next_above, powers_at, staffed, stands_over, taker_above
from yuanba.matters.reporting import checked_text
from yuanba.people.models import Organization


def climb(
    matter_id: int,
    reason: str,
    *,
    tier: str | None = None,
    actor: Viewer,
    version: int | None = None,
    at: datetime | None = None,
) -> Matter:
    """Pass the matter to the level above, with its whole history and a reason; its tier may rise with it.

    A level that does not claim, such as the governance centre, gets it to dispatch, with the department of its
    category proposed. Raises `NotAllowed` at the top, where there is nobody above: the owner has to solve it or ask
    for supervision; and for what is not claimed yet, once it could not be refused any more.
    """
    with changing(matter_id, "climb", actor=actor, version=version, at=at) as change:
        matter = change.matter
        if matter.state == State.DISPATCHED:
            check_may_give_back(matter, change.at)
        above = next_above(matter)
        if above is None:
            raise NotAllowed(_("There is no level above this one."), code="at_the_top")
        change.note(Note.Kind.REASON, checked_text(reason, "reason"))
        change.data["from_owner"] = matter.owner_id
        lapse_request(change)
        if tier is not None:
            _raise_tier(matter, tier)
            change.data["tier"] = tier
        hand_to(change, above)
        # What the centre decided bound the owner before; the level above has not been asked yet.
        matter.refusals = 0
        propose_department(change)
        watch(change)
        change.tell_requester("climbed", owner=matter.owner.called, reason=reason.strip())
    return change.matter


def _raise_tier(matter: Matter, tier: str) -> None:
    edition = clockwork.playbook_of(matter)
    before = edition.playbook.tier_rank(matter.tier)
    set_tier(matter, edition, tier)
    if edition.playbook.tier_rank(tier) < before:
        raise Invalid(_("A matter that climbs keeps its tier or gets a higher one."), field="tier")


def hand_down(
    matter_id: int,
    owner: Organization,
    reason: str,
    *,
    actor: Viewer,
    version: int | None = None,
    at: datetime | None = None,
) -> Matter:
    """Give the matter to an organization below the present owner, which can solve it nearer to the resident.

    Raises `Invalid` when it is not below, or is a community and the matter is off the communities' list: that is
    proposed, and a second person decides. Raises `Denied` for whoever works neither for the owner nor for a level
    above it: what was passed up is for the level above to decide.
    """
    with changing(matter_id, "hand_down", actor=actor, version=version, at=at) as change:
        matter = change.matter
        present = matter.owner
        check_hands_down(actor, present)
        if not is_below(owner, present):
            raise Invalid(_("A matter is handed down to an organization below its owner."), field="owner")
        change.note(Note.Kind.REASON, checked_text(reason, "reason"))
        change.data["from_owner"] = present.pk
        lapse_request(change)
        check_admitted(change, owner)
        hand_to(change, owner)
        # What the centre decided bound the owner it named, not whom that one hands it to.
        matter.refusals = 0
        change.tell_requester("dispatched", owner=owner.called)
    return change.matter


def check_hands_down(actor: Viewer, owner: Organization) -> None:
    """Raises `Denied` for whoever works neither for the matter's owner nor for a level above it."""
    if not stands_over(actor, owner):
        raise Denied(_("Only who works for its owner, or for a level above that, can hand it down."))


def take_over(
    matter_id: int,
    reason: str,
    *,
    actor: Viewer,
    version: int | None = None,
    at: datetime | None = None,
) -> Matter:
    """Take a matter from an office in which nobody holds a post that works on matters to the nearest level above
    that has somebody.

    It is claimed there anew, or dispatched where that level does not claim; one that still waits to be sorted is
    sorted there. Raises `NotAllowed` while somebody holds such a post at the owner, and when nobody does at any level
    above.
    """
    with changing(matter_id, "take_over", actor=actor, version=version, at=at) as change:
        matter = change.matter
        if staffed([matter.owner_id]):
            raise NotAllowed(
                _(
                    "Somebody holds a post at its owner that works on matters. It can be passed up from there."
                ),
                code="staffed",
            )
        above = taker_above(matter)
        if above is None:
            raise NotAllowed(
                _("There is no level above this one with anybody in a post that works on matters."),
                code="at_the_top",
            )
        change.note(Note.Kind.REASON, checked_text(reason, "reason"))
        change.data["from_owner"] = matter.owner_id
        lapse_request(change)
        # An office that can't dispatch, such as a leader's, hands down what was not sorted yet.
        if matter.state in AT_WORK or (matter.category and Power.DISPATCH not in powers_at(above)):
            hand_to(change, above)
            watch(change)
            propose_department(change)
        else:
            give_to(change, above)
            change.data["sorts"] = True
        matter.refusals = 0
        change.tell_requester("climbed", owner=matter.owner.called, reason=reason.strip())
    return change.matter
