"""Posts that stand already, with who holds them: each looked up once, when its first row comes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Q

from yuanba.people.models import Holding, Post, PostTerritory

CHUNK = 5_000

Seat = tuple[int, int, str, str]
"""What tells posts apart: keys of organization and place (0: none), kind, title. Several may be alike."""


@dataclass(frozen=True, slots=True)
class Held:
    """A holding that goes on or is still to come."""

    person_id: int
    name: str
    phone: str
    from_on: date
    to_on: date | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A post of the register: who holds it, which places are paired with it, when it was last left."""

    post_id: int
    held: tuple[Held, ...]
    paired: frozenset[int]
    left_on: date | None


class Seats:
    """Posts that no row of the file has spoken of yet, by seat."""

    def __init__(self, today: date) -> None:
        self._today = today
        self._free: dict[Seat, list[Standing]] = {}
        self._looked_up: set[int] = set()

    def look_up(self, seats: Iterable[Seat]) -> None:
        """Bring in what stands on these seats; a few queries for all that are new."""
        fresh = {seat for seat in seats if hash(seat) not in self._looked_up and min(seat[:2]) >= 0}
        if not fresh:
            return
        self._looked_up.update(map(hash, fresh))
        posts = self._posts(fresh)
        held, paired = self._around([post.pk for post in posts])
        for post in posts:
            left_on = post.left_on  # type: ignore[attr-defined]
            standing = Standing(post.pk, held.get(post.pk, ()), paired.get(post.pk, frozenset()), left_on)
            self._free.setdefault(_seat(post), []).append(standing)

    def _posts(self, seats: set[Seat]) -> list[Post]:
        offices, places = {seat[0] for seat in seats}, {seat[1] for seat in seats}
        rows = Post.objects.filter(
            Q(organization_id__in=offices - {0}) | (Q(organization=None) if 0 in offices else Q(pk__in=[])),
            Q(place_id__in=places - {0}) | (Q(place=None) if 0 in places else Q(pk__in=[])),
            kind__in={seat[2] for seat in seats},
            title__in={seat[3] for seat in seats},
            abolished_on=None,
        )
        found = rows.annotate(left_on=Max("holdings__to_on")).order_by("pk")
        return [post for post in found if _seat(post) in seats]

    def _around(self, keys: list[int]) -> tuple[dict[int, tuple[Held, ...]], dict[int, frozenset[int]]]:
        """Who holds each post, and the places paired with it."""
        held: dict[int, tuple[Held, ...]] = {}
        paired: dict[int, frozenset[int]] = {}
        goes_on = Q(to_on=None) | Q(to_on__gt=self._today)
        for first in range(0, len(keys), CHUNK):
            part = keys[first : first + CHUNK]
            holdings = Holding.objects.filter(goes_on, post_id__in=part).select_related("person")
            for row in holdings.order_by("from_on"):
                person = row.person
                one = Held(person.pk, person.name, person.phone, row.from_on, row.to_on)
                held[row.post_id] = (*held.get(row.post_id, ()), one)
            for territory in PostTerritory.objects.filter(post_id__in=part):
                before = paired.get(territory.post_id, frozenset())
                paired[territory.post_id] = before | {territory.place_id}
        return held, paired

    def free(self, seat: Seat) -> list[Standing]:
        return self._free.get(seat, [])

    def take(self, seat: Seat, standing: Standing) -> None:
        """A row speaks of this post: no other row can mean it."""
        self._free[seat].remove(standing)
        if not self._free[seat]:
            del self._free[seat]


def _seat(post: Post) -> Seat:
    return post.organization_id or 0, post.place_id or 0, post.kind, post.title
