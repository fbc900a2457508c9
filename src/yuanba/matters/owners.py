"""Who owns a matter: the way up the tree of organizations, and who may never be given one."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yuanba.kernel.authority import Power
from yuanba.kernel.errors import Invalid
from yuanba.kernel.paths import ancestors_and_self, contains
from yuanba.matters.models import Matter
from yuanba.people.models import Holding, Organization, OrganizationKind, Post
from yuanba.people.queries import held_on, holders_in
from yuanba.places.models import Place
from yuanba.playbooks.queries import current_playbook, version
from yuanba.playbooks.schema.posts import Powers

OUTSIDE = gettext_lazy("This place is outside the district. Please choose another.")
# From the nearest up: who sorts what residents of a place ask.
SORTERS = (
    OrganizationKind.COMMUNITY,
    OrganizationKind.STREET,
    OrganizationKind.CENTRE,
    OrganizationKind.DISTRICT,
)


def first_owner(place: Place) -> int:
    """The key of the organization that sorts requests from `place`: its community, else street, else the
    centre, else the district; of one kind the nearest going up. `Directory` has the same rule for many at once.

    Raises `Invalid` when the place lies outside every district that has offices here.
    """
    around = ancestors_and_self(place.path)
    rows = Organization.objects.filter(place__path__in=around, closed_on=None, kind__in=SORTERS)
    found = [
        (SORTERS.index(OrganizationKind(kind)), -len(path or ""), key)
        for kind, path, key in rows.values_list("kind", "place__path", "pk")
    ]
    if not found:
        raise Invalid(OUTSIDE, field="place", code="outside")
    return min(found)[2]


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


def is_accused(matter: Matter, organization: Organization) -> bool:
    """Whether the complaint is about this organization, or about one that it stands under."""
    return bool(matter.accused_path) and contains(matter.accused_path, organization.path)


def is_accused_post(matter: Matter, post: Post) -> bool:
    """Whether whoever holds the post works for the organization complained about: at it, or in the place of an
    office where the post belongs to none.
    """
    if post.organization is not None:
        return is_accused(matter, post.organization)
    if post.place is None or not matter.accused_path:
        return False
    around = Organization.objects.filter(place__path__in=ancestors_and_self(post.place.path))
    return any(is_accused(matter, office) for office in around)


def check_owner(matter: Matter, organization: Organization, field: str = "owner") -> None:
    """Raises `Invalid` when `organization` can't be given this matter: closed, the one complained about, or a
    community that the matter was taken off (准入).

    信访工作条例 (2022) articles 30 and 46: accusations must not reach the accused person or unit.
    """
    if organization.closed_on is not None:
        raise Invalid(
            _("This organization is closed. Please choose its successor."), field=field, code="closed"
        )
    if is_accused(matter, organization):
        raise Invalid(
            _(
                "The complaint is about this organization, so it can't be given the matter. "
                "Choose the level above."
            ),
            field=field,
            code="accused",
        )
    if organization.kind == OrganizationKind.COMMUNITY and matter.category in _withdrawn(matter):
        raise Invalid(
            _("This item was taken off the communities' list, so it can't be pushed down to one."),
            field=field,
            code="withdrawn_item",
        )


def _withdrawn(matter: Matter) -> frozenset[str]:
    """Codes of what communities no longer do; a category of the same code is that item."""
    admission = version(matter.playbook_id).playbook.admission
    return frozenset(item.code for item in admission.withdrawn)


def unaccused(matter: Matter, organization: Organization) -> Organization:
    """`organization`, or the nearest level above it that the complaint is not about. Raises `Invalid` if
    there is none.
    """
    candidate: Organization | None = organization
    while candidate is not None and is_accused(matter, candidate):
        candidate = level_above(candidate)
    if candidate is None:
        raise Invalid(_("There is no level above that could take this complaint."), field="accused")
    return candidate


def next_above(matter: Matter) -> Organization | None:
    """The level above the matter's owner that the complaint is not about; None at the top."""
    above = level_above(matter.owner)
    while above is not None and is_accused(matter, above):
        above = level_above(above)
    return above


def taker_above(matter: Matter) -> Organization | None:
    """The nearest level above the matter's owner in which somebody holds a post, and that the complaint is not
    about; None when there is none.
    """
    above = next_above(matter)
    while above is not None and (is_accused(matter, above) or not staffed([above.pk])):
        above = level_above(above)
    return above


def sorter_of(matter: Matter) -> Organization:
    """Who sorts a matter of this place, leaving out whom it complains about. Raises `Invalid`."""
    return unaccused(matter, Organization.objects.get(pk=first_owner(matter.place)))


def local_office(place: Place) -> Organization | None:
    """The highest office that stands for a place inside the district: its street's, else its community's."""
    sites = [key for key in (place.street_id, place.community_id) if key is not None]
    kinds = (OrganizationKind.STREET, OrganizationKind.COMMUNITY)
    rows = Organization.objects.filter(kind__in=kinds, place_id__in=sites, parent__isnull=False)
    return rows.order_by("path").first()


def speaker_of(part: Matter) -> Organization:
    """Who speaks for a part, which has no resident of its own: the owner of its whole, or the nearest level above
    that the part does not complain about. Raises `Invalid` for a matter that is no part.
    """
    if part.part_of is None:
        raise Invalid(_("This is a request of its own; its resident speaks for it."), code="no_part")
    return unaccused(part, part.part_of.owner)


def centre_for(matter: Matter) -> Organization:
    """The governance centre that decides about this matter; the district itself where there is none. Raises
    `Invalid`.
    """
    kinds = (OrganizationKind.CENTRE, OrganizationKind.DISTRICT)
    rows = Organization.objects.filter(kind__in=kinds, closed_on=None).select_related("place").order_by("pk")
    fitting = [row for row in rows if row.place is None or contains(row.place.path, matter.place_path)]
    fitting.sort(key=lambda row: kinds.index(OrganizationKind(row.kind)))
    if not fitting:
        raise Invalid(
            _("This district has no governance centre yet. Ask the operator to set one up."), code="no_centre"
        )
    return fitting[0]


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


def supervising_post(matter: Matter, kind: str) -> Post | None:
    """The post of `kind` that is paired with the matter's street (包片), else one for all; never one at an office
    complained about. A post with somebody in it comes first.
    """
    paired = [key for key in (matter.street_id, matter.community_id) if key is not None]
    open_posts = Post.objects.filter(kind=kind, abolished_on=None).select_related("organization", "place")
    near = open_posts.filter(territories__place_id__in=paired).distinct().order_by("pk")
    found = list(near) or list(open_posts.filter(territories=None).order_by("pk"))
    free = [post for post in found if not is_accused_post(matter, post)]
    if len(free) < 2:
        return free[0] if free else None
    held = set(
        Holding.objects.filter(held_on(timezone.localdate()), post__in=free).values_list("post_id", flat=True)
    )
    return next((post for post in free if post.pk in held), free[0])


def is_vacant(post: Post) -> bool:
    """Whether nobody holds the post today."""
    return not Holding.objects.filter(held_on(timezone.localdate()), post=post).exists()


def _all_powers(powers: Powers) -> tuple[str, ...]:
    return (*powers.own, *powers.territory, *powers.district)
