"""The places inside a place with what is open there, as the public list and map show them.

Nothing is told here that the boards do not tell: numbers are those of the boards, under five are not told; what is
late or due soon is read from the days that the boards show. A building's board lists nothing, so neither does this.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Avg, Count, Exists, Min, OuterRef, Q, Sum
from django.db.models.functions import Substr
from django.utils import timezone

from yuanba.kernel.paths import WIDTH
from yuanba.matters.boards import Private, listed_on
from yuanba.matters.clockwork import WITH_THE_RESIDENT
from yuanba.matters.models import Tally
from yuanba.matters.queries import at_place
from yuanba.matters.rates import COUNTED, SMALLEST
from yuanba.places.kinds import PlaceKind
from yuanba.places.models import Place
from yuanba.web.due import SOON
from yuanba.web.shapes import Pressing

MOST = 100
"""Places in a list; a district has some fifty streets, a street some thirty communities."""
MOST_POINTS = 500
"""Points on one map, buildings among them."""
LISTED = frozenset({*COUNTED, PlaceKind.ESTATE, PlaceKind.AREA})
"""Kinds of place whose boards list matters."""

OWED = Q(paused_at=None) & ~Q(state__in=sorted(WITH_THE_RESIDENT))
"""Open ones whose answer is still owed; nobody is late by the resident's own time or while the clock stands."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place and what everyone may know of it.

    ``open`` is None for a number too small to publish, and where nothing is told (``told`` False). ``tone``: the
    most pressing of the promised days, or ``none`` where nothing is open. ``point`` is longitude and latitude, WGS-84:
    the place's own, else the middle of those right inside it, else None.
    """

    place: Place
    open: int | None
    told: bool
    tone: Pressing
    point: tuple[float, float] | None


def spots_in(
    place: Place, *, now: datetime | None = None, buildings: bool = False, private: Private | None = None
) -> list[Spot]:
    """What is right inside a place, in the order of its list; with `buildings` for the map. At most `MOST` places,
    and `MOST_POINTS` buildings more. Four queries whatever their number, six with buildings.
    """
    moment = now or timezone.now()
    kinds = sorted(LISTED)
    inside = list(Place.objects.filter(parent=place, retired_on=None, kind__in=kinds).order_by("path")[:MOST])
    told = _counted(inside, moment) | _listed(place, inside, moment, private)
    middles = _middles([each for each in inside if each.lon is None])
    found = [_spot(each, told.get(each.pk), _point(each) or middles.get(each.pk)) for each in inside]
    if buildings and place.kind not in {PlaceKind.DISTRICT, PlaceKind.STREET}:
        found += [Spot(each, None, told=False, tone="", point=_point(each)) for each in _buildings(place)]
    return found


Told = tuple[int, Pressing]


def _spot(place: Place, told: Told | None, point: tuple[float, float] | None) -> Spot:
    count, tone = told or (0, "none")
    return Spot(place, count if count >= SMALLEST or count == 0 else None, told=True, tone=tone, point=point)


def _counted(inside: Sequence[Place], now: datetime) -> dict[int, Told]:
    """Streets and communities: the number from the counts that are kept, the tone by one look into each one's open
    matters, in the order of their deadlines.
    """
    keys = {str(kind): [each.pk for each in inside if each.kind == kind] for kind in COUNTED}
    found: dict[int, Told] = {}
    for kind in ("street", "community"):
        if not keys[kind]:
            continue
        column = f"place__{kind}_id"
        rows = Tally.objects.filter(day=Tally.NOW, measure="open", **{f"{column}__in": keys[kind]})
        counts = dict(rows.order_by().values_list(column).annotate(Sum("count")))
        tones = _tones(kind, keys[kind], now)
        for key in keys[kind]:
            count = max(counts.get(key, 0), 0)
            found[key] = (count, tones[key] if count else "none")
    return found


def _tones(kind: str, keys: Sequence[int], now: datetime) -> dict[int, Pressing]:
    """No step's deadline is past that of the whole answer, so what is promised for soon stands among what is due by
    then: the index of open matters by deadline finds it.
    """
    rows = listed_on(kind).filter(OWED, stopped_at=None, **{f"{kind}_id": OuterRef("pk")})
    soon = now + SOON
    late_there = rows.filter(due_at__lt=now, total_due_at__lt=now)
    soon_there = rows.filter(due_at__lt=soon, total_due_at__lt=soon)
    found = Place.objects.filter(pk__in=keys).values_list("pk", Exists(late_there), Exists(soon_there))
    return {key: "late" if late else "soon" if pressing else "calm" for key, late, pressing in found}


def _listed(place: Place, inside: Sequence[Place], now: datetime, private: Private | None) -> dict[int, Told]:
    """Estates and squares: what the lists of their boards have, counted in one query over what is open around them."""
    wanted = {each.path: each.pk for each in inside if each.kind not in COUNTED}
    if not wanted:
        return {}
    rows = listed_on(PlaceKind.ESTATE, private).filter(at_place(place), stopped_at=None).order_by()
    cells = rows.annotate(cell=Substr("place_path", 1, len(place.path) + WIDTH)).values_list("cell")
    counted = cells.annotate(open=Count("pk"), first=Min("total_due_at", filter=OWED))
    return {wanted[cell]: (count, _tone(first, now)) for cell, count, first in counted if cell in wanted}


def _tone(first: datetime | None, now: datetime) -> Pressing:
    if first is None or first >= now + SOON:
        return "calm"
    return "late" if first < now else "soon"


def _point(place: Place) -> tuple[float, float] | None:
    return None if place.lon is None or place.lat is None else (place.lon, place.lat)


def _middles(places: Sequence[Place]) -> dict[int, tuple[float, float]]:
    """The middle of the points right inside each place that has none of its own."""
    if not places:
        return {}
    rows = Place.objects.filter(parent__in=places, retired_on=None, lat__isnull=False).order_by()
    found = rows.values_list("parent_id").annotate(Avg("lon"), Avg("lat"))
    return {key: (lon, lat) for key, lon, lat in found}


def _buildings(place: Place) -> list[Place]:
    rows = Place.objects.filter(kind=PlaceKind.BUILDING, retired_on=None, lat__isnull=False)
    first = rows.filter(community=place) if place.kind == PlaceKind.COMMUNITY else rows.filter(parent=place)
    return list(first.order_by("path")[:MOST_POINTS])


def as_geojson(spots: Sequence[Spot], address: Callable[[Place], str]) -> dict[str, Any]:
    """The places that have a point, as RFC 7946 writes them; `address` gives a place's own page."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": spot.place.pk,
                "geometry": {"type": "Point", "coordinates": [round(degree, 5) for degree in spot.point]},
                "properties": {
                    "name": spot.place.name,
                    "kind": spot.place.kind,
                    "url": address(spot.place),
                    "open": spot.open,
                    "told": spot.told,
                    "tone": spot.tone,
                },
            }
            for spot in spots
            if spot.point is not None
        ],
    }
