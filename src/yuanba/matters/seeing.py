"""Who may see which matters: one rule for the page of one matter and for every list."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q

from yuanba.kernel.authority import Fields, Power, Viewer
from yuanba.matters.flow import Stage, State
from yuanba.matters.models import Matter, Party
from yuanba.matters.owners import speaker_of

FIELDS = Fields()
UNSORTED = (
    Q(state=State.RECEIVED) | Q(state_before=State.RECEIVED) | Q(state=State.WITHDRAWN, stage=Stage.TRIAGE)
)
"""Matters that no person has sorted: fresh ones, those asked about before, and those taken back before anybody
dispatched them. What they are filed under is the reporter's word or the software's.
"""


def can_see(viewer: Viewer, matter: Matter) -> bool:
    """Whether the viewer may know of this matter: by post, as the one who watches over it, as the office that
    speaks for a part, as an organization called in, or as its requester.
    """
    if viewer.matter_id is not None:
        return viewer.matter_id == matter.pk
    scope = viewer.scope(Power.SEE)
    if scope.covers(matter):
        return True
    if matter.accused_path and matter.accused_path in scope.barred:
        return False
    if matter.supervisor_id in viewer.posts:
        return True
    if matter.part_of_id is not None and speaker_of(matter).pk in scope.organizations:
        return True
    # A key may speak for the called organization and still not be one that reads.
    called = scope.organizations
    return bool(called) and Party.objects.filter(matter=matter, organization_id__in=called).exists()


def visible(viewer: Viewer) -> Q:
    """The same rule as a condition on the matters table."""
    if viewer.matter_id is not None:
        return Q(pk=viewer.matter_id)
    scope = viewer.scope(Power.SEE)
    reach = scope.condition(FIELDS)
    if not reach:  # everything already
        return reach
    invited = Q(pk__in=[])
    if scope.organizations:
        called = Party.objects.filter(matter=OuterRef("pk"), organization_id__in=scope.organizations)
        invited |= Q(Exists(called)) | Q(part_of__owner_id__in=sorted(scope.organizations))
    if viewer.posts:
        invited |= Q(supervisor_id__in=sorted(viewer.posts))
    if scope.barred:
        invited &= ~Q(accused_path__in=sorted(scope.barred))
    return reach | invited


def is_unsorted(matter: Matter) -> bool:
    """The condition `UNSORTED` for one matter."""
    waits = State.RECEIVED in {matter.state, matter.state_before}
    return waits or (matter.state == State.WITHDRAWN and matter.stage == Stage.TRIAGE)


def seen_of(viewer: Viewer, keys: Iterable[int]) -> frozenset[int]:
    """Those of the matters that the viewer may know of; one query, none for no keys."""
    wanted = set(keys)
    if not wanted:
        return frozenset()
    return frozenset(Matter.objects.filter(visible(viewer), pk__in=wanted).values_list("pk", flat=True))


def sees_requester(viewer: Viewer, matter: Matter) -> bool:
    """Whether the requester's masked name and number may be shown; of a protected request only to those who
    arbitrate: sorting one takes its words, not who wrote them.
    """
    if viewer.matter_id == matter.pk:
        return True
    if matter.confidential:
        return viewer.may(Power.ARBITRATE, matter) and viewer.may(Power.SEE_REQUESTER, matter)
    return viewer.may(Power.SEE_REQUESTER, matter)


def notices_of(viewer: Viewer) -> Q:
    """What the viewer was told, as an organization or in a post, as a condition on the notices table.

    Once a matter turns out to be a complaint about the viewer's own office, what that office was told of it
    before is hidden too.
    """
    mine = Q(organization_id__in=viewer.organizations, post=None) | Q(post_id__in=sorted(viewer.posts))
    barred = viewer.scope(Power.SEE).barred
    return mine & ~Q(matter__accused_path__in=sorted(barred)) if barred else mine
