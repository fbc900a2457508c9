"""Who may see which matters: one rule for the page of one matter and for every list."""

from django.db.models import Exists, OuterRef, Q

from yuanba.kernel.authority import Fields, Power, Viewer
from yuanba.matters.models import Matter, Party

FIELDS = Fields()


def can_see(viewer: Viewer, matter: Matter) -> bool:
    """Whether the viewer may know of this matter: by post, as an organization called in, or as its requester."""
    if viewer.matter_id is not None:
        return viewer.matter_id == matter.pk
    scope = viewer.scope(Power.SEE)
    if scope.covers(matter):
        return True
    if matter.accused_path and matter.accused_path in scope.barred:
        return False
    return (
        bool(viewer.organizations)
        and Party.objects.filter(matter=matter, organization_id__in=viewer.organizations).exists()
    )


def visible(viewer: Viewer) -> Q:
    """The same rule as a condition on the matters table."""
    if viewer.matter_id is not None:
        return Q(pk=viewer.matter_id)
    scope = viewer.scope(Power.SEE)
    reach = scope.condition(FIELDS)
    if viewer.organizations:
        called = Q(
            Exists(Party.objects.filter(matter=OuterRef("pk"), organization_id__in=viewer.organizations))
        )
        if scope.barred:
            called &= ~Q(accused_path__in=sorted(scope.barred))
        reach |= called
    return reach


def sees_requester(viewer: Viewer, matter: Matter) -> bool:
    """Whether the requester's masked name and number may be shown; confidential ones only to those who
    triage.
    """
    if viewer.matter_id == matter.pk:
        return True
    if matter.confidential:
        return viewer.may(Power.ARBITRATE, matter) and viewer.may(Power.SEE_REQUESTER, matter)
    return viewer.may(Power.SEE_REQUESTER, matter)
