"""Pushing something off the communities' list down to one (准入): proposed by one person, decided by another."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import Denied, Invalid, NotAllowed
from yuanba.kernel.journal.models import Entry
from yuanba.matters import clockwork
from yuanba.matters.actions.moving import check_hands_down
from yuanba.matters.actions.sorting import hand_to
from yuanba.matters.actions.timing import lapse_request
from yuanba.matters.actions.watching import watch
from yuanba.matters.approving import check_not_own, is_own
from yuanba.matters.changing import Change, changing
from yuanba.matters.flow import AT_WORK
from yuanba.matters.models import Matter, Note, PushDown
from yuanba.matters.owners import admitter_above, check_owner, is_below
from yuanba.matters.reporting import checked_text
from yuanba.people.models import Organization, OrganizationKind


def propose_dispatch(
    matter_id: int,
    community: Organization,
    reason: str,
    *,
    actor: Viewer,
    version: int | None = None,
    at: datetime | None = None,
) -> PushDown:
    """Propose to dispatch something off the communities' list to one. Nothing changes before a second person agrees.

    Raises `Invalid` for an owner that is no community, or for what communities take on anyway, `NotAllowed` when
    nobody above could agree.
    """
    with changing(matter_id, "propose_dispatch", actor=actor, version=version, at=at) as change:
        return _propose(change, community, reason)


def propose_hand_down(
    matter_id: int,
    community: Organization,
    reason: str,
    *,
    actor: Viewer,
    version: int | None = None,
    at: datetime | None = None,
) -> PushDown:
    """The same for a matter that its present owner, above that community, would hand down."""
    with changing(matter_id, "propose_hand_down", actor=actor, version=version, at=at) as change:
        check_hands_down(actor, change.matter.owner)
        if not is_below(community, change.matter.owner):
            raise Invalid(_("A matter is handed down to an organization below its owner."), field="owner")
        return _propose(change, community, reason)


def _propose(change: Change, community: Organization, reason: str) -> PushDown:
    matter = change.matter
    if community.kind != OrganizationKind.COMMUNITY:
        raise Invalid(_("Only what goes to a community is proposed first."), field="owner")
    check_owner(matter, community)
    if not matter.category:
        raise Invalid(_("Sort it first: the list goes by category."), field="owner", code="unsorted")
    if not clockwork.playbook_of(matter).playbook.is_off_list(matter.category):
        raise Invalid(
            _("This is on the list of what communities take on. It can go there at once."),
            field="owner",
            code="on_list",
        )
    decider = admitter_above(matter, community)
    if decider is None:
        raise NotAllowed(_("Nobody above this community could agree to it."), code="at_the_top")
    change.note(Note.Kind.REASON, checked_text(reason, "reason"))
    _overtake(change)
    proposed = PushDown.objects.create(
        matter=matter,
        community=community,
        category=matter.category,
        owner=matter.owner,
        asked_by_id=change.post_id,
        asker=change.actor.hand,
        asked_at=change.at,
    )
    change.data |= {"push_down": proposed.pk, "community": community.pk}
    change.tell_organization(decider.pk, "push_down_proposed", owner=community.called)
    return proposed


def _overtake(change: Change) -> None:
    """A new proposal takes the place of one that still waits."""
    waiting = change.matter.push_downs.filter(approved=None).first()
    if waiting is not None:
        waiting.approved, waiting.decided_at = False, change.at
        waiting.save()
        change.data["overtaken"] = waiting.pk


def decide_push_down(
    matter_id: int,
    *,
    approve: bool,
    reason: str,
    actor: Viewer,
    version: int | None = None,
    at: datetime | None = None,
) -> PushDown:
    """Agree that the matter goes down to the community, which gets it at once, or turn the proposal down.

    Raises `NotAllowed` when none waits or the matter was filed under something else or went elsewhere since,
    `Denied` for whoever proposed it and for the community itself.
    """
    with changing(matter_id, "decide_push_down", actor=actor, version=version, at=at) as change:
        matter = change.matter
        proposed = waiting_push_down(matter)
        if proposed is None:
            raise NotAllowed(_("No proposal is waiting."), code="nothing_pending")
        check_not_own(actor, {proposed.asker}, admitter_above(matter, proposed.community) or matter.owner)
        if proposed.community_id in actor.organizations:
            raise Denied(_("A level above the community decides, not the community itself."))
        change.note(Note.Kind.REASON, checked_text(reason, "reason"))
        proposed.approved, proposed.decided_at, proposed.decided_by_id = approve, change.at, change.post_id
        proposed.approver = actor.hand
        proposed.save()
        change.data |= {"push_down": proposed.pk, "approved": approve}
        if approve:
            _push_down(change, proposed.community)
        else:
            change.tell_organization(matter.owner_id, "push_down_refused", owner=proposed.community.called)
    return proposed


def _push_down(change: Change, community: Organization) -> None:
    matter = change.matter
    change.data["from_owner"] = matter.owner_id
    if matter.state in AT_WORK:
        lapse_request(change)
        # What the centre decided bound the owner it named, not whom that one hands it to.
        matter.refusals = 0
    hand_to(change, community)
    watch(change)
    change.tell_requester("dispatched", owner=community.called)


def waiting_push_down(matter: Matter) -> PushDown | None:
    """The proposal that waits, as long as the matter is still what it was proposed for."""
    return waiting_push_downs([matter]).get(matter.pk)


def waiting_push_downs(matters: Iterable[Matter]) -> dict[int, PushDown]:
    """The proposals that wait, by matter; one query for all, none where no matter could have one.

    A matter that had another owner meanwhile, and came back, waits for nothing: somebody proposes it anew.
    """
    listed = {row.pk: row for row in matters if _is_off_list(row)}
    if not listed:
        return {}
    since = Entry.objects.filter(
        subject_kind=Matter.journal_kind, subject_id=OuterRef("matter_id"), at__gt=OuterRef("asked_at")
    )
    went_away = Exists(since.filter(data__contains='"owner":').exclude(kind="suggested"))
    rows = PushDown.objects.filter(~went_away, matter_id__in=listed, approved=None)
    found: dict[int, PushDown] = {}
    for proposed in rows.select_related("community"):
        matter = proposed.matter = listed[proposed.matter_id]
        if (proposed.category, proposed.owner_id) == (matter.category, matter.owner_id):
            found[matter.pk] = proposed
    return found


def _is_off_list(matter: Matter) -> bool:
    return clockwork.playbook_of(matter).playbook.is_off_list(matter.category)


def may_decide_push_down(viewer: Viewer, proposed: PushDown) -> bool:
    """Whether the viewer is the second person: not who proposed it, nor of the community that would get it."""
    own = is_own(viewer, {proposed.asker}) or proposed.community_id in viewer.organizations
    return not own and viewer.may(Power.ADMIT, proposed.matter)
