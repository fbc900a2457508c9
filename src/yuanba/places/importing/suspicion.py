"""Noticing coordinates in another datum than they are taken for: the whole file lies half a kilometre off."""

from math import cos, hypot, radians
from statistics import median

from django.utils.translation import gettext as _

from yuanba.places.datum import Datum, Point, from_wgs84, to_wgs84

ENOUGH = 20
MOST = 500
SUSPICIOUS_M = 150.0
MUCH_NEARER = 3.0
_DEGREE_M = 111_320.0


def distance_m(one: Point, other: Point) -> float:
    """Metres between two points less than a few kilometres apart."""
    east = (one.lon - other.lon) * cos(radians(one.lat))
    return hypot(east, one.lat - other.lat) * _DEGREE_M


class Suspicion:
    """Compares points of a file with what was known: the place itself before, or what it lies in."""

    def __init__(self) -> None:
        self._pairs: list[tuple[Point, Point]] = []

    def note(self, read: Point, known: Point) -> None:
        """`read` is a point of the file, converted to WGS-84; `known` one that was there before."""
        if len(self._pairs) < MOST:
            self._pairs.append((read, known))

    def hint(self, taken_for: Datum) -> str:
        """A sentence when another datum than the file is `taken_for` would fit far better, else empty."""
        if len(self._pairs) < ENOUGH:
            return ""
        off_m = {datum: self._typical_m(taken_for, datum) for datum in Datum}
        best = min(off_m, key=lambda datum: off_m[datum])
        if off_m[taken_for] < SUSPICIOUS_M or off_m[best] * MUCH_NEARER > off_m[taken_for]:
            return ""
        return _(
            "The coordinates lie some %(metres)d metres from what is known here. Taken as %(other)s instead "
            "of %(taken)s they would fit: check which map they come from."
        ) % {"metres": round(off_m[taken_for], -1), "other": _NAMES[best], "taken": _NAMES[taken_for]}

    def _typical_m(self, taken_for: Datum, tried: Datum) -> float:
        raw = ((from_wgs84(*read, taken_for), known) for read, known in self._pairs)
        return median(distance_m(to_wgs84(*point, tried), known) for point, known in raw)


_NAMES = {Datum.WGS84: "WGS-84", Datum.GCJ02: "GCJ-02", Datum.BD09: "BD-09"}
