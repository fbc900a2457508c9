"""Posts and who holds them."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Fields, Power, Scope, Viewer
from yuanba.kernel.errors import Missing
from yuanba.people.models import Holding, Person, Post

PAGE = 50
_AT_PLACE = Fields("place__path", "place__street_id", "place__community_id", "organization_id", accused="")
_AT_ORGANIZATION = Fields(
    "organization__place__path",
    "organization__place__street_id",
    "organization__place__community_id",
    "organization_id",
    accused="",
)


def held_on(day: date) -> Q:
    """Holdings in force on `day`."""
    return Q(from_on__lte=day) & (Q(to_on=None) | Q(to_on__gt=day))


def holder_of(post_id: int, on: date | None = None) -> Holding | None:
    """Who holds the post on a day (today), with the person; None when it is vacant."""
    rows = Holding.objects.filter(held_on(on or timezone.localdate()), post_id=post_id)
    return rows.select_related("person", "post").first()


def holders_in(organization_ids: Iterable[int], on: date | None = None) -> QuerySet[Holding]:
    """Holdings in force in these organizations, with post and person, in the order of their posts."""
    rows = Holding.objects.filter(
        held_on(on or timezone.localdate()),
        post__organization_id__in=list(organization_ids),
        post__abolished_on=None,
    )
    return rows.select_related("person", "post").order_by("post_id")


def vacant_on(day: date) -> QuerySet[Post]:
    """Every post that nobody holds on `day`; for audits, not narrowed to any viewer."""
    held = Holding.objects.filter(held_on(day), post=OuterRef("pk"))
    return Post.objects.filter(~Exists(held), abolished_on=None)


def vacancies(viewer: Viewer, *, on: date | None = None, after: int = 0, limit: int = PAGE) -> list[Post]:
    """Vacant posts that the viewer may fill, by key, the next page `after` a key."""
    reach = _reach(viewer.scope(Power.MANAGE_POSTS))
    rows = vacant_on(on or timezone.localdate()).filter(reach, pk__gt=after)
    return list(rows.select_related("organization", "place").order_by("pk")[:limit])


def post_for(viewer: Viewer, post_id: int, power: Power = Power.MANAGE_POSTS) -> Post:
    """A post within reach of the viewer's `power`. Raises `Missing` for any other, as if it did not exist."""
    rows = Post.objects.select_related("organization", "place").filter(_reach(viewer.scope(power)))
    post = rows.filter(pk=post_id, abolished_on=None).first()
    if post is None:
        raise Missing(_("There is no such post."))
    return post


def candidates_for(post: Post, *, limit: int = 100) -> list[Person]:
    """Who may be meant when the post is handed over: everyone who holds or held a post in the same office
    or place.
    """
    same = (
        Q(post__organization=post.organization_id) if post.organization_id else Q(post__place=post.place_id)
    )
    near = Holding.objects.filter(same).values("person_id")
    held = Holding.objects.filter(post=post, to_on=None).values("person_id")
    rows = Person.objects.filter(pk__in=near, forgotten_at=None).exclude(pk__in=held)
    return list(rows.order_by("-pk")[:limit])


def my_holdings(viewer: Viewer) -> QuerySet[Holding]:
    """The viewer's own holdings, present and to come first, then past ones."""
    rows = Holding.objects.filter(person_id=viewer.person_id or 0)
    return rows.select_related("post__organization", "post__place").order_by("-from_on", "-pk")


def _reach(scope: Scope) -> Q:
    """The posts that a scope covers: by their place, else by their organization's."""
    at_place = Q(place__isnull=False) & scope.condition(_AT_PLACE)
    return at_place | Q(place=None) & scope.condition(_AT_ORGANIZATION)
