"""From a point on the map to the place it belongs to."""

import math
from dataclasses import dataclass

from yuanba.places.datum import Point
from yuanba.places.kinds import PlaceKind
from yuanba.places.models import Place

# Half the side of the square looked through, in degrees of latitude: about 110 m, 550 m, 2.2 km and 11 km.
REACHES = (0.001, 0.005, 0.02, 0.1)
CANDIDATES = 500

DEGREE_M = 111_195.0
"""A degree of latitude on a sphere of 6,371 km."""
# How far from its one pair of coordinates a place still is itself, and how far its community.
AT_M = {PlaceKind.UNIT: 40, PlaceKind.BUILDING: 40, PlaceKind.AREA: 150, PlaceKind.ESTATE: 150}
SAME_COMMUNITY_M = 400
AT_CONFIDENCE, COMMUNITY_CONFIDENCE = 0.55, 0.4


@dataclass(frozen=True, slots=True)
class PlaceAt:
    """A place that a point is likely in, and the place with coordinates it was told by. Places have a point, no
    outline, so this is never as sure as words.
    """

    place: Place
    beside: str
    distance_m: float
    confidence: float


def place_at(point: Point) -> PlaceAt | None:
    """Where a point (WGS-84) likely is: the estate or building it is at, else the community of the nearest place
    within 400 m; None where nothing is so near.
    """
    nearest = nearest_place(point.lon, point.lat)
    if nearest is None or nearest.lon is None:
        return None
    narrow = max(0.05, math.cos(math.radians(point.lat)))
    away = math.sqrt(max(0.0, _distance(nearest, point.lon, point.lat, narrow))) * DEGREE_M
    if away <= AT_M.get(PlaceKind(nearest.kind), 0):
        return PlaceAt(nearest, nearest.name, away, AT_CONFIDENCE)
    community = nearest.community
    if community is None or away > SAME_COMMUNITY_M:
        return None
    return PlaceAt(community, nearest.name, away, COMMUNITY_CONFIDENCE)


def nearest_place(lon: float, lat: float) -> Place | None:
    """The place in use whose coordinates (WGS-84 degrees) lie nearest, within about 11 km; never a household. None
    when the point lies elsewhere, or no place has coordinates yet.
    """
    narrow = max(0.05, math.cos(math.radians(lat)))
    for reach in REACHES:
        found = _inside(lon, lat, reach / narrow, reach)
        if found:
            return min(found, key=lambda place: _distance(place, lon, lat, narrow))
    return None


def _inside(lon: float, lat: float, wide: float, high: float) -> list[Place]:
    rows = Place.objects.filter(
        lat__gte=lat - high,
        lat__lte=lat + high,
        lon__gte=lon - wide,
        lon__lte=lon + wide,
        retired_on=None,
    )
    return list(rows.exclude(kind=PlaceKind.HOUSEHOLD)[:CANDIDATES])


def _distance(place: Place, lon: float, lat: float, narrow: float) -> float:
    """Squared distance in degrees of latitude; a nearer kind of place wins between equals."""
    if place.lon is None or place.lat is None:
        return math.inf
    return ((place.lon - lon) * narrow) ** 2 + (place.lat - lat) ** 2 - len(place.path) * 1e-12


def some_have_coordinates() -> bool:
    """Whether any place in use that a point can be told by has coordinates."""
    rows = Place.objects.filter(lat__isnull=False, retired_on=None)
    return rows.exclude(kind=PlaceKind.HOUSEHOLD).exists()
