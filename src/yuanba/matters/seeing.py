"""Who may see which matters: one rule for the page of one matter and for every list."""

from django.db.models import Q

from yuanba.kernel.authority import Power, Viewer
from yuanba.matters.models import Matter, Party


def can_see(viewer: Viewer, matter: Matter) -> bool:
    """Whether the viewer may know of this matter: by post, as the one who watches over it, as an organization
    called in, or as its requester.
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
    # A key may speak for the called organization and still not be one that reads.
    called = scope.organizations
    return bool(called) and Party.objects.filter(matter=matter, organization_id__in=called).exists()


def sees_requester(viewer: Viewer, matter: Matter) -> bool:
    """Whether the requester's masked name and number may be shown; confidential ones only to those who
    triage.
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
