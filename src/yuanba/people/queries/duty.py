"""The duty board: who is responsible here, from the building up to the district. Public, so names and
office numbers only.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from yuanba.kernel.paths import ancestors_and_self, subtree_range
from yuanba.people.models import Holding, Organization, OrganizationKind, Post
from yuanba.people.queries.posts import held_on
from yuanba.places.models import Place

PAGE = 50
# Offices whose posts answer for a place because the office stands for it. The district's own posts and its
# departments answer for kinds of matters; its leaders appear through the streets they are paired with.
_LOCAL = (
    OrganizationKind.STREET,
    OrganizationKind.COMMUNITY,
    OrganizationKind.PARTY,
    OrganizationKind.OWNERS_COMMITTEE,
    OrganizationKind.PROPERTY_COMPANY,
)


@dataclass(frozen=True, slots=True)
class DutyLine:
    """One post on the board. ``holder`` is empty while it is vacant; ``phone`` is the office's published
    number.
    """

    post_id: int
    title: str
    holder: str
    where: str
    phone: str = ""
    duty: str = ""
    promise: str = ""


def posts_on(place: Place, on: date | None = None) -> list[DutyLine]:
    """Who is responsible for `place`, nearest first: two queries."""
    around = ancestors_and_self(place.path)
    local = Q(
        place=None, territories=None, organization__kind__in=_LOCAL, organization__place__path__in=around
    )
    covering = Q(place__path__in=around) | Q(territories__place__path__in=around) | local
    posts = _with_holders(Post.objects.filter(covering), on).distinct()
    return _lines(sorted(posts, key=lambda post: (-_depth(post, around), post.pk)))


def posts_of(
    community: Organization, *, after: int = 0, limit: int = PAGE, on: date | None = None
) -> list[DutyLine]:
    """The posts of an organization, of those under it, and of everything inside its place; by key."""
    first, past = subtree_range(community.path)
    belonging = Q(organization__path__gte=first, organization__path__lt=past)
    if community.place is not None:
        inside, beyond = subtree_range(community.place.path)
        belonging |= Q(place__path__gte=inside, place__path__lt=beyond)
    posts = _with_holders(Post.objects.filter(belonging, pk__gt=after), on)
    return _lines(posts.order_by("pk")[:limit])


def posts_called(text: str, *, limit: int = 10) -> list[DutyLine]:
    """Posts found by the words of their title, office or place, never by who holds them; a word may stand in any
    of the three.
    """
    said = Q()
    for word in text.split():
        said &= (
            Q(title__icontains=word)
            | Q(organization__name__icontains=word)
            | Q(organization__short_name__icontains=word)
            | Q(place__name__icontains=word)
        )
    return _lines(_with_holders(Post.objects.filter(said), None).order_by("pk")[:limit]) if said else []


def _with_holders(posts: QuerySet[Post], on: date | None) -> QuerySet[Post]:
    holding = Holding.objects.filter(held_on(on or timezone.localdate())).select_related("person")
    return (
        posts.filter(abolished_on=None)
        .select_related("organization__place", "place")
        .prefetch_related(Prefetch("holdings", holding, to_attr="present"))
    )


def _depth(post: Post, around: list[str]) -> int:
    """How near the post's place is; paired posts stand above those of the offices they are paired with."""
    place = post.place or (post.organization.place if post.organization else None)
    return len(place.path) if place is not None and place.path in around else 0


def _lines(posts: Iterable[Post]) -> list[DutyLine]:
    return [
        DutyLine(
            post_id=post.pk,
            title=post.title,
            holder=_holder(post),
            where=_where(post),
            phone=post.organization.phone if post.organization else "",
            duty=post.duty,
            promise=post.promise,
        )
        for post in posts
    ]


def _holder(post: Post) -> str:
    present: list[Holding] = getattr(post, "present", [])
    return present[0].person.name if present else ""


def _where(post: Post) -> str:
    if post.place is not None:
        return post.place.name
    return post.organization.called if post.organization else ""
