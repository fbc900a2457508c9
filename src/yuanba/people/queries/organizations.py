"""Finding organizations by what they are responsible for. Their names and office numbers are public."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Fields, Power, Viewer
from yuanba.kernel.errors import Missing
from yuanba.kernel.paths import subtree_range
from yuanba.people.models import Organization, OrganizationKind
from yuanba.people.models.organizations import SIGNING_KINDS

PAGE = 50
_FIELDS = Fields("place__path", "place__street_id", "place__community_id", "id", accused="")
_READING = (Power.SEE, Power.SEE_BOARD, Power.MANAGE_POSTS, Power.MANAGE_PEOPLE)


def organizations_under(
    top: Organization | None = None, *, kind: str = "", after: str = "", limit: int = PAGE
) -> QuerySet[Organization]:
    """Open organizations at or below `top` (None: all) in the order of the tree, the next page `after` a
    path.
    """
    rows = Organization.objects.filter(closed_on=None, path__gt=after)
    if top is not None:
        first, past = subtree_range(top.path)
        rows = rows.filter(path__gte=first, path__lt=past)
    if kind:
        rows = rows.filter(kind=kind)
    return rows.select_related("place").order_by("path")[:limit]


def community_for(viewer: Viewer, organization_id: int, *powers: Power) -> Organization:
    """An open community committee within reach of one of `powers` (by default those that read). Raises
    `Missing`.
    """
    reach = Q(pk__in=[])
    for power in powers or _READING:
        reach |= viewer.scope(power).condition(_FIELDS)
    rows = Organization.objects.filter(
        reach, kind=OrganizationKind.COMMUNITY, closed_on=None, pk=organization_id
    )
    found = rows.select_related("place").first()
    if found is None:
        raise Missing(_("There is no such community."))
    return found


def communities_near(viewer: Viewer, *, limit: int = PAGE) -> list[Organization]:
    """The open communities inside the viewer's own territories and offices, whose people and posts they may read: a
    secretary's one, a street's all. Empty where there would be more than `limit`; a whole district is no way in.
    """
    reach = Q(pk__in=[])
    for power in _READING:
        scope = viewer.scope(power)
        if not scope.everywhere:
            reach |= scope.condition(_FIELDS)
    rows = Organization.objects.filter(reach, kind=OrganizationKind.COMMUNITY, closed_on=None)
    found = list(rows.select_related("place").order_by("path")[: limit + 1])
    return found if len(found) <= limit else []


def may_reach(viewer: Viewer, power: Power, organization: Organization) -> bool:
    """Whether a power covers an organization, for showing a button; the action asks again."""
    scope = viewer.scope(power)
    return organization.pk in scope.organizations or (
        scope.covers_place(organization.place.path) if organization.place else scope.everywhere
    )


def units_of(community: Organization) -> QuerySet[Organization]:
    """Organizations that a community can sign agreements with: open ones below it or standing inside its
    place.
    """
    first, past = subtree_range(community.path)
    near = Q(path__gte=first, path__lt=past)
    if community.place is not None:
        inside, beyond = subtree_range(community.place.path)
        near |= Q(place__path__gte=inside, place__path__lt=beyond)
    rows = Organization.objects.filter(near, closed_on=None, kind__in=SIGNING_KINDS)
    return rows.order_by("name", "pk")
