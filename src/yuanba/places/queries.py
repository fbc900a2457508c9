"""Reading the tree. Names and codes of places are public; households are shown to those in charge of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Fields, Viewer
from yuanba.kernel.errors import Invalid, Missing
from yuanba.kernel.paths import ancestors_and_self, subtree_range
from yuanba.places.codes import read_code
from yuanba.places.door_codes import read_door_code
from yuanba.places.kinds import PlaceKind
from yuanba.places.models import Place, PlaceCode
from yuanba.places.names import spoken_name

PLACE_FIELDS = Fields(path="path", street="street_id", community="community_id", owner="", accused="")
"""How the table of places answers a scope's questions."""

HAS_CODE, HAS_DOOR = ~Q(code=""), ~Q(door_code="")
"""Said beside every search for codes: only then can the index, which leaves out empty ones, be used."""

_ABOVE_NAMES = frozenset({PlaceKind.NATION, PlaceKind.PROVINCE, PlaceKind.CITY, PlaceKind.DISTRICT})


@dataclass(frozen=True, slots=True)
class PlacePage:
    """A page of places in path order; ``after`` asks for the next one, empty at the end."""

    places: tuple[Place, ...]
    after: str


def subtree(path: str, *, column: str = "path") -> Q:
    """Rows whose `column` holds a path at or below `path`; the empty path means everything."""
    if not path:
        return Q()
    first, past = subtree_range(path)
    return Q(**{f"{column}__gte": first, f"{column}__lt": past})


def in_use() -> QuerySet[Place]:
    return Place.objects.filter(retired_on=None)


def place_for(viewer: Viewer, place_id: int, power: str) -> Place:
    """The place, if `viewer` has `power` there. Raises `Missing` otherwise: both cases look the same."""
    reach = viewer.scope(power).condition(PLACE_FIELDS)
    place = Place.objects.filter(reach, pk=place_id).first()
    if place is None:
        raise Missing(_("There is no such place."))
    return place


def children(
    place: Place, *, kind: str = "", after: str = "", limit: int = 50, retired: bool = False
) -> PlacePage:
    """The places directly inside `place` in the order they were added, paged by key."""
    rows = Place.objects.filter(parent=place, path__gt=after).order_by("path")
    if kind:
        rows = rows.filter(kind=kind)
    if not retired:
        rows = rows.filter(retired_on=None)
    found = tuple(rows[: limit + 1])
    return PlacePage(found[:limit], found[limit - 1].path if len(found) > limit else "")


def roots() -> QuerySet[Place]:
    return in_use().filter(parent=None).order_by("path")


def ancestors(place: Place) -> list[Place]:
    """From the root down to `place` itself."""
    return list(Place.objects.filter(path__in=ancestors_and_self(place.path)).order_by("path"))


def full_names(places: Iterable[Place]) -> dict[int, str]:
    """Names as people say them, by primary key, in one query: 沙河街道 玉城社区 玉城家园 3栋."""
    wanted = {place.pk: place for place in places}
    above = {path for place in wanted.values() for path in ancestors_and_self(place.path)}
    rows = Place.objects.filter(path__in=above).values_list("path", "kind", "name")
    by_path = {path: (kind, name) for path, kind, name in rows}
    return {
        pk: join_names([by_path[path] for path in ancestors_and_self(place.path)])
        for pk, place in wanted.items()
    }


def full_name(place: Place) -> str:
    return full_names([place])[place.pk]


def join_names(chain: Iterable[tuple[str, str]]) -> str:
    """One line out of (kind, name) pairs from the root down; levels above the street only stand alone."""
    rows = [(kind, spoken_name(name, kind)) for kind, name in chain]
    below = [name for kind, name in rows if kind not in _ABOVE_NAMES]
    return " ".join(below) if below else rows[-1][1]


def by_door_code(text: str) -> Place:
    """The place whose door shows this code, as scanned or typed. Raises `Missing`.

    The door of a place that was replaced leads to its successor: signs hang longer than numbers last.
    """
    code = read_door_code(text)
    rows = Place.objects.filter(HAS_DOOR, door_code=code).select_related("replaced_by")
    place = place_now(rows.first()) if code else None
    if place is None:
        raise Missing(_("No door has this code."))
    return place


def place_now(place: Place | None) -> Place | None:
    """The place itself while it is in use, else what has replaced it, however often; None where nothing has."""
    while place is not None and place.retired_on is not None:
        place = place.replaced_by
    return place


def by_code(text: str) -> Place:
    """The place that has this code (12 digits, or fewer as `codes.read_code` takes them), or had it last.

    Raises `Missing`.
    """
    try:
        digits = read_code(text).digits
    except Invalid:
        raise Missing(_("No place has this code.")) from None
    place = Place.objects.filter(HAS_CODE, code=digits).first()
    if place is None:
        former = PlaceCode.objects.filter(code=digits).order_by("-valid_to").select_related("place").first()
        place = former.place if former else None
    if place is None:
        raise Missing(_("No place has this code."))
    return place
