"""Coordinates at the border: WGS-84 inside, GCJ-02 and BD-09 as Chinese maps publish them.

GCJ-02 is the offset that maps sold in China must carry; the formula is the one that every published
re-implementation agrees on. BD-09 is Baidu's further turn of GCJ-02. Both inverses are found by iteration, to
far below a millimetre of the forward formula.
"""

from enum import StrEnum
from math import atan2, cos, pi, sin, sqrt
from typing import NamedTuple

SEMI_MAJOR_M = 6378245.0  # Krasovsky 1940, which GCJ-02 is computed on
ECCENTRICITY_SQUARED = 0.00669342162296594323
BD_TURN = pi * 3000.0 / 180.0
TOLERANCE_DEGREES = 1e-9


class Datum(StrEnum):
    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


class Point(NamedTuple):
    """Degrees, longitude first."""

    lon: float
    lat: float


def outside_china(lon: float, lat: float) -> bool:
    """Whether GCJ-02 leaves a point alone: outside the rectangle that its makers applied it in."""
    return not (72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271)


def _ripple(x: float) -> float:
    return (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0


def _offset(lon: float, lat: float) -> Point:
    """What GCJ-02 adds to a WGS-84 point, in degrees."""
    x, y = lon - 105.0, lat - 35.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + _ripple(x)
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + _ripple(x)
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    radians = lat / 180.0 * pi
    magic = 1 - ECCENTRICITY_SQUARED * sin(radians) ** 2
    meridian = SEMI_MAJOR_M * (1 - ECCENTRICITY_SQUARED) / (magic * sqrt(magic))
    parallel = SEMI_MAJOR_M / sqrt(magic) * cos(radians)
    return Point(east * 180.0 / (parallel * pi), north * 180.0 / (meridian * pi))


def gcj02_from_wgs84(lon: float, lat: float) -> Point:
    if outside_china(lon, lat):
        return Point(lon, lat)
    offset = _offset(lon, lat)
    return Point(lon + offset.lon, lat + offset.lat)


def wgs84_from_gcj02(lon: float, lat: float) -> Point:
    """The WGS-84 point that GCJ-02 moves to this one; unchanged outside China."""
    if outside_china(lon, lat):
        return Point(lon, lat)
    guess = Point(lon, lat)
    for _ in range(30):
        offset = _offset(*guess)
        better = Point(lon - offset.lon, lat - offset.lat)
        step = max(abs(better.lon - guess.lon), abs(better.lat - guess.lat))
        guess = better
        if step < TOLERANCE_DEGREES:
            break
    return guess


def bd09_from_gcj02(lon: float, lat: float) -> Point:
    if outside_china(lon, lat):
        return Point(lon, lat)
    radius = sqrt(lon * lon + lat * lat) + 0.00002 * sin(lat * BD_TURN)
    angle = atan2(lat, lon) + 0.000003 * cos(lon * BD_TURN)
    return Point(radius * cos(angle) + 0.0065, radius * sin(angle) + 0.006)


def gcj02_from_bd09(lon: float, lat: float) -> Point:
    """The GCJ-02 point that Baidu turns to this one; unchanged outside China."""
    if outside_china(lon, lat):
        return Point(lon, lat)
    guess = Point(lon - 0.0065, lat - 0.006)
    for _ in range(30):
        forward = bd09_from_gcj02(*guess)
        miss = Point(lon - forward.lon, lat - forward.lat)
        guess = Point(guess.lon + miss.lon, guess.lat + miss.lat)
        if max(abs(miss.lon), abs(miss.lat)) < TOLERANCE_DEGREES:
            break
    return guess


def to_wgs84(lon: float, lat: float, datum: Datum) -> Point:
    """A point of any of the three datums as WGS-84."""
    if datum is Datum.BD09:
        return wgs84_from_gcj02(*gcj02_from_bd09(lon, lat))
    if datum is Datum.GCJ02:
        return wgs84_from_gcj02(lon, lat)
    return Point(lon, lat)


def from_wgs84(lon: float, lat: float, datum: Datum) -> Point:
    """A WGS-84 point as another map wants it."""
    if datum is Datum.WGS84:
        return Point(lon, lat)
    gcj02 = gcj02_from_wgs84(lon, lat)
    return gcj02 if datum is Datum.GCJ02 else bd09_from_gcj02(*gcj02)
