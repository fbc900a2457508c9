"""Who owns a matter: the way up the tree of organizations, and who may never be given one."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yuanba.kernel.authority import Power
from yuanba.kernel.errors import Invalid
from yuanba.kernel.paths import contains
from yuanba.matters.models import Matter
from yuanba.people.models import Organization, OrganizationKind
from yuanba.people.queries import holders_in
from yuanba.places.models import Place
from yuanba.playbooks.queries import current_playbook
from yuanba.playbooks.schema.posts import Powers

OUTSIDE = gettext_lazy("This place is outside the district. Please choose another.")
# From the nearest up: who sorts what residents of a place ask.
_SORTERS = (
    OrganizationKind.COMMUNITY,
    OrganizationKind.STREET,
    OrganizationKind.CENTRE,
    OrganizationKind.DISTRICT,
)


def first_owner(place: Place) -> int:
    """The key of the organization that sorts requests from `place`: its community, else street, else the
    centre.

    Raises `Invalid` when the place lies outside every district that has offices here.
    """
    sites = [key for key in (place.community_id, place.street_id) if key is not None]
    here = Organization.objects.filter(closed_on=None, kind__in=_SORTERS)
    rows = here.filter(place_id__in=sites) | here.filter(kind__in=_SORTERS[2:])
    by_kind: dict[str, int] = {}
    for kind, key, path in rows.values_list("kind", "pk", "place__path"):
        if path is None or contains(path, place.path):
            by_kind.setdefault(kind, key)
    for kind in _SORTERS:
        if kind in by_kind:
            return by_kind[kind]
    raise Invalid(
        _("This place is outside the district. Please choose another."), field="place", code="outside"
    )


def level_above(organization: Organization) -> Organization | None:
    """Where a matter climbs to from `organization`, skipping closed ones; the district's work is done by its
    centre.
    """
    above = organization.parent
    while above is not None and above.closed_on is not None:
        above = above.parent
    if (
        above is None
        or above.kind != OrganizationKind.DISTRICT
        or organization.kind == OrganizationKind.CENTRE
    ):
        return above
    centre = Organization.objects.filter(kind=OrganizationKind.CENTRE, closed_on=None, parent=above).first()
    return centre if centre is not None and centre.pk != organization.pk else above


def check_owner(matter: Matter, organization: Organization) -> None:
    """Raises `Invalid` when `organization` can't be given this matter: closed, or the one complained about.

    信访工作条例 (2022) articles 30 and 46: accusations must not reach the accused person or unit.
    """
    if organization.closed_on is not None:
        raise Invalid(
            _("This organization is closed. Please choose its successor."), field="owner", code="closed"
        )
    if matter.accused_path and contains(matter.accused_path, organization.path):
        raise Invalid(
            _(
                "The complaint is about this organization, so it can't be given the matter. Choose the level above."
            ),
            field="owner",
            code="accused",
        )


def unaccused(matter: Matter, organization: Organization) -> Organization:
    """`organization`, or the nearest level above it that the complaint is not about. Raises `Invalid` if
    there is none.
    """
    candidate: Organization | None = organization
    while candidate is not None and matter.accused_path and contains(matter.accused_path, candidate.path):
        candidate = level_above(candidate)
    if candidate is None:
        raise Invalid(_("There is no level above that could take this complaint."), field="accused")
    return candidate


def staffed(organization_ids: Iterable[int]) -> frozenset[int]:
    """Those of the organizations in which somebody holds a post today."""
    found = holders_in(organization_ids).values_list("post__organization_id", flat=True)
    return frozenset(key for key in found if key is not None)


def leader_post(organization_id: int) -> int | None:
    """The post at an organization that may supervise; None while there is none or it is vacant."""
    playbook = current_playbook().playbook
    leading = [post.code for post in playbook.posts if Power.SUPERVISE in _all_powers(post.powers)]
    held = holders_in([organization_id]).filter(post__kind__in=leading).order_by("post_id").first()
    return held.post_id if held else None


def _all_powers(powers: Powers) -> tuple[str, ...]:
    return (*powers.own, *powers.territory, *powers.district)
