"""Who owns a matter: the way up the tree of organizations, and who may never be given one."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import Invalid, Missing
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.kept import KeptValues
from yuanba.kernel.paths import ancestors_and_self, contains
from yuanba.matters.flow import State
from yuanba.matters.models import Matter
from yuanba.people.models import Holding, Organization, OrganizationKind, Post
from yuanba.people.queries import held_on, holders_in
from yuanba.places.models import Place
from yuanba.playbooks.queries import current_playbook, version
from yuanba.playbooks.schema import PostKind

OUTSIDE = gettext_lazy("This place is outside the district. Please choose another.")
# Moves by which a matter changes its level; those of residents where they said too often that it is not solved.
_UP_AND_DOWN = ("climb", "take_over", "hand_down", "recall", "not_solved", "count_verdict")
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
    found: list[tuple[int, int, int]] = [
        (SORTERS.index(OrganizationKind(kind)), -len(path), key)
        for kind, path, key in _sorters_at(len(around)).rows(*around)
    ]
    if not found:
        raise Invalid(OUTSIDE, field="place", code="outside")
    return min(found)[2]


@cache
def _sorters_at(count: int) -> KeptValues:
    """The sorting offices of so many places, given by their paths."""

    def shape(*paths: str) -> QuerySet[Organization, tuple[str, str | None, int]]:
        rows = Organization.objects.filter(place__path__in=paths, closed_on=None, kind__in=SORTERS)
        return rows.values_list("kind", "place__path", "pk")

    return KeptValues(shape, count)


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


def is_below(organization: Organization, owner: Organization) -> bool:
    """Whether a matter of `owner` can be handed down to this organization; the centre's is the whole district."""
    above = owner.parent if owner.kind == OrganizationKind.CENTRE and owner.parent is not None else owner
    return organization.pk != owner.pk and contains(above.path, organization.path)


def stands_over(viewer: Viewer, office: Organization) -> bool:
    """Whether the viewer works for this office or for a level above it; the centre does the district's work. A key
    of no organization speaks for the district.
    """
    if not viewer.holdings:
        return True
    paths = {held.organization_path for held in viewer.holdings if held.organization_path}
    if any(contains(path, office.path) for path in paths):
        return True
    centres = Organization.objects.filter(path__in=paths, kind=OrganizationKind.CENTRE, parent__isnull=False)
    return any(
        contains(path, office.path) and path != office.path
        for path in centres.values_list("parent__path", flat=True)
    )


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


def check_reachable(matter: Matter, organization: Organization, field: str = "owner") -> None:
    """Raises `Invalid` when `organization` can't get this matter at all: closed, or the one complained about.

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


def check_owner(matter: Matter, organization: Organization, field: str = "owner") -> None:
    """Raises `Invalid` when `organization` can't be given this matter to work on: what `check_reachable` refuses,
    and a community that the matter was taken off (准入).
    """
    check_reachable(matter, organization, field)
    playbook = version(matter.playbook_id).playbook
    if organization.kind == OrganizationKind.COMMUNITY and playbook.is_withdrawn(matter.category):
        raise Invalid(
            _("This item was taken off the communities' list, so it can't be pushed down to one."),
            field=field,
            code="withdrawn_item",
        )


def is_off_list(matter: Matter) -> bool:
    """Whether the matter lies at work with a community that takes on its category only with approval (准入)."""
    at_work = matter.is_open and matter.state not in {State.RECEIVED, State.TRIAGED}
    if not at_work or matter.owner.kind != OrganizationKind.COMMUNITY:
        return False
    return version(matter.playbook_id).playbook.is_off_list(matter.category)


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


@dataclass(frozen=True, slots=True)
class WayUp:
    """Who can act on a matter from an office up, and the levels passed over because nobody is in post there.

    Where `held` is false nobody can at any level; `reached` is then the highest with anybody in post, or the top.
    """

    reached: Organization | None
    vacant: tuple[Organization, ...]
    held: bool


def way_up(
    matter: Matter, office: Organization, power: Power | None = None, *, itself: bool = False
) -> WayUp:
    """The nearest level above `office` (or it `itself`) that the complaint is not about and where somebody is in a
    post with `power` over the matter; without one, in a post that can move it on. Three queries beside the way.
    """
    levels = [one for one in _levels(office, itself) if not is_accused(matter, one)]
    kinds = {post.code: post for post in current_playbook().playbook.posts}
    held = _kinds_held([one.pk for one in levels])
    top, vacant = levels[-1] if levels else None, list[Organization]()
    for one in levels:
        posts = [kinds[code] for code in held.get(one.pk, ()) if code in kinds]
        if any(_can(post, power, own=one.pk == matter.owner_id) for post in posts):
            return WayUp(one, tuple(vacant), held=True)
        staffs = any(post.staffs for post in posts)
        top = one if staffs else top
        if not staffs or (power is not None and power in powers_at(one)):
            vacant.append(one)
    return WayUp(top, tuple(vacant), held=False)


def _levels(office: Organization, itself: bool) -> Iterator[Organization]:
    above = office if itself else level_above(office)
    while above is not None:
        yield above
        above = level_above(above)


def _kinds_held(organization_ids: Iterable[int]) -> dict[int, set[str]]:
    """The kinds of the posts that somebody holds today, by organization."""
    found: dict[int, set[str]] = {}
    rows = holders_in(organization_ids).values_list("post__organization_id", "post__kind")
    for key, kind in rows:
        found.setdefault(key, set()).add(kind)
    return found


def _can(post: PostKind, power: Power | None, *, own: bool) -> bool:
    """Whether a post of this kind has the power over a matter that its own office, or one below it, owns."""
    if power is None:
        return post.staffs
    return power in (post.powers.anywhere if own else {*post.powers.territory, *post.powers.district})


def way_to_strike_off(matter: Matter) -> WayUp:
    """Who can strike the matter off: its owner where the playbook gives that, else the nearest level above."""
    return way_up(matter, matter.owner, Power.CLOSE, itself=True)


def taker_above(matter: Matter) -> Organization | None:
    """The nearest level above the matter's owner with somebody in post who can move it on, and that the complaint
    is not about; None when there is none.
    """
    above = next_above(matter)
    while above is not None and (is_accused(matter, above) or not staffed([above.pk])):
        above = level_above(above)
    return above


def sorter_of(matter: Matter) -> Organization:
    """Who sorts this matter, leaving out whom it complains about: the first office of its place, or the one to
    which it has climbed to be dispatched. Raises `Invalid`.
    """
    return unaccused(matter, Organization.objects.get(pk=_climbed_to(matter) or first_owner(matter.place)))


def _climbed_to(matter: Matter) -> int | None:
    """The office above to which the matter last went, where it got it to dispatch."""
    rows = Entry.objects.filter(
        subject_kind=Matter.journal_kind,
        subject_id=matter.pk,
        kind__in=_UP_AND_DOWN,
        data__contains='"owner":',
    )
    last = rows.order_by("-seq").values_list("data", flat=True).first()
    data = json.loads(last) if last else {}
    if data.get("to") != State.TRIAGED and not data.get("sorts"):
        return None
    return Organization.objects.filter(pk=data["owner"], closed_on=None).values_list("pk", flat=True).first()


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


def arrival_at(office: Organization) -> State:
    """How a matter arrives at an office: to be claimed there, or where no post of it may claim, such as the
    governance centre under the shipped playbooks, to be dispatched further.
    """
    if office.kind not in {OrganizationKind.CENTRE, OrganizationKind.DISTRICT}:
        return State.DISPATCHED
    powers = powers_at(office)
    if Power.CLAIM in powers:
        return State.DISPATCHED
    # A leader's office that only hands down takes it as it comes from below; a centre without any post yet will
    # have somebody who dispatches.
    sorts = Power.DISPATCH in powers or (not powers and office.kind == OrganizationKind.CENTRE)
    return State.TRIAGED if sorts else State.DISPATCHED


def powers_at(office: Organization) -> frozenset[Power]:
    """What the posts of an office allow, held or vacant, by the playbook in force."""
    kinds = set(Post.objects.filter(organization=office, abolished_on=None).values_list("kind", flat=True))
    rows = current_playbook().playbook.posts
    return frozenset[Power]().union(*(row.powers.anywhere for row in rows if row.code in kinds))


def staffed(organization_ids: Iterable[int]) -> frozenset[int]:
    """Those of the organizations in which somebody today holds a post that can move a matter on, by the playbook in
    force. The one rule for vacancies, taking over and the audit.
    """
    return _held_in(organization_ids, lambda post: post.staffs)


def works_on_matters(post: Post) -> bool:
    """Whether this post can move a matter of its office on, by the playbook in force."""
    return any(kind.code == post.kind and kind.staffs for kind in current_playbook().playbook.posts)


def admitter_above(matter: Matter, community: Organization) -> Organization | None:
    """The nearest level above a community in which somebody may agree that something off the communities' list is
    pushed down to it, and that the complaint is not about; None when there is none.
    """
    above = level_above(community)
    while above is not None:
        able = _held_in([above.pk], lambda post: Power.ADMIT in post.powers.anywhere)
        if able and not is_accused(matter, above):
            return above
        above = level_above(above)
    return None


def _held_in(organization_ids: Iterable[int], fits: Callable[[PostKind], bool]) -> frozenset[int]:
    """Those of the organizations in which somebody holds a post of a kind that `fits` today."""
    keys = set(organization_ids)
    if not keys:
        return frozenset()
    try:
        kinds = [post.code for post in current_playbook().playbook.posts if fits(post)]
    except Missing:
        kinds = []  # without a playbook no post gives anything
    found = holders_in(keys).filter(post__kind__in=kinds).values_list("post__organization_id", flat=True)
    return frozenset(key for key in found if key is not None)


def leader_post(organization_id: int) -> int | None:
    """The post at an organization that may supervise; None while there is none or it is vacant."""
    playbook = current_playbook().playbook
    leading = [post.code for post in playbook.posts if Power.SUPERVISE in post.powers.anywhere]
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
