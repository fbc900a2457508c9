"""The middle of a GeoJSON geometry, in its own coordinates."""

import math
from typing import Any

from django.utils.translation import gettext as _

from yuanba.places.datum import Point
from yuanba.places.importing.branches import RowProblem

_DEPTH = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
MOST_POINTS = 200_000


def middle(geometry: Any) -> Point | None:
    """A point itself, the centroid of polygons by area, the mean of a line's points; None without a geometry.

    Raises `RowProblem` for what RFC 7946 does not know and for coordinates that are not on earth.
    """
    if geometry is None:
        return None
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in _DEPTH:
        raise RowProblem(_("This geometry is not known: use points, lines or polygons."), field="geometry")
    coordinates = geometry.get("coordinates")
    if kind == "Polygon":
        return _centroid([_outer_ring(coordinates)])
    if kind == "MultiPolygon":
        return _centroid([_outer_ring(polygon) for polygon in _list(coordinates)])
    points = _points(coordinates, _DEPTH[kind])
    return _mean(points) if points else None


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) > MOST_POINTS:
        raise RowProblem(_("The coordinates are not those of a geometry."), field="geometry")
    return value


def _point(value: Any) -> Point:
    pair = _list(value)[:2]
    if len(pair) == 2 and all(isinstance(part, int | float) and math.isfinite(part) for part in pair):
        lon, lat = float(pair[0]), float(pair[1])
        if -180 <= lon <= 180 and -90 <= lat <= 90:
            return Point(lon, lat)
    raise RowProblem(_("The coordinates are not longitude and latitude in degrees."), field="geometry")


def _points(value: Any, depth: int) -> list[Point]:
    if depth == 0:
        return [_point(value)]
    return [point for part in _list(value) for point in _points(part, depth - 1)]


def _outer_ring(polygon: Any) -> list[Point]:
    rings = _list(polygon)
    return _points(rings[0], 1) if rings else []


def _mean(points: list[Point]) -> Point:
    count = len(points)
    return Point(sum(point.lon for point in points) / count, sum(point.lat for point in points) / count)


def _centroid(rings: list[list[Point]]) -> Point | None:
    """By the shoelace formula, relative to a corner so that small polygons keep their digits."""
    corners = [point for ring in rings for point in ring]
    if not corners:
        return None
    base = corners[0]
    area = east = north = 0.0
    for ring in rings:
        ring_area = ring_east = ring_north = 0.0
        for here, there in zip(ring, ring[1:] + ring[:1], strict=True):
            x, y = here.lon - base.lon, here.lat - base.lat
            next_x, next_y = there.lon - base.lon, there.lat - base.lat
            cross = x * next_y - next_x * y
            ring_area += cross
            ring_east += (x + next_x) * cross
            ring_north += (y + next_y) * cross
        # Rings may turn either way; each counts by its size.
        sign = -1.0 if ring_area < 0 else 1.0
        area, east, north = area + sign * ring_area, east + sign * ring_east, north + sign * ring_north
    if abs(area) < 1e-14:
        return _mean(corners)
    return Point(base.lon + east / (3 * area), base.lat + north / (3 * area))
