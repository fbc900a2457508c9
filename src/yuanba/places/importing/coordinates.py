"""Coordinates as spreadsheets hold them, brought to WGS-84."""

import math
import re
import unicodedata

from django.utils.translation import gettext as _

from yuanba.places.datum import Datum, Point, outside_china, to_wgs84
from yuanba.places.importing.branches import RowProblem

_WORDS = (
    (Datum.BD09, ("bd09", "baidu", "百度")),
    (Datum.GCJ02, ("gcj02", "gcj", "火星", "高德", "腾讯", "amap")),
    (Datum.WGS84, ("wgs84", "wgs", "gps", "cgcs2000", "国家2000", "2000国家", "天地图", "4326", "4490")),
)
_NOISE = re.compile(r"[\W_]+")


def read_datum(text: str) -> Datum | None:
    """The datum that a cell or a heading names in any usual way; None when it names none.

    CGCS2000 counts as WGS-84: they differ by centimetres.
    """
    plain = _NOISE.sub("", unicodedata.normalize("NFKC", text).casefold())
    return next((datum for datum, words in _WORDS if any(word in plain for word in words)), None)


def read_point(lon: str, lat: str, datum: Datum, columns: tuple[str, str]) -> Point | None:
    """A WGS-84 point from two cells; None when both are empty.

    `columns` are their headings. Raises `RowProblem` for half a pair, for what is no number, for longitude
    and latitude exchanged, and for a point that is not on earth.
    """
    if not lon and not lat:
        return None
    if not lon or not lat:
        raise RowProblem(
            _("One of the two coordinates is missing."), field=columns[0] if not lon else columns[1]
        )
    east, north = _number(lon, columns[0]), _number(lat, columns[1])
    if not -180 <= east <= 180:
        raise RowProblem(_("Longitude is from -180 to 180 degrees."), field=columns[0])
    if not -90 <= north <= 90 or (outside_china(east, north) and not outside_china(north, east)):
        raise RowProblem(_("Longitude and latitude seem to be exchanged."), field=columns[1])
    if east == 0 and north == 0:
        raise RowProblem(_("0, 0 is not a real position."), field=columns[0])
    return to_wgs84(east, north, datum)


def read_pair(text: str, datum: Datum, column: str) -> Point | None:
    """A point from one cell, longitude first, such as ``108.41,30.80``."""
    if not text:
        return None
    parts = [part for part in re.split(r"[,，;；\s]+", text.strip("()（）[] ")) if part]
    if len(parts) != 2:
        raise RowProblem(_("Write longitude and latitude with a comma between them."), field=column)
    return read_point(parts[0], parts[1], datum, (column, column))


def _number(text: str, column: str) -> float:
    try:
        value = float(unicodedata.normalize("NFKC", text).rstrip("°EN "))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise RowProblem(_("“%(text)s” is not a number of degrees.") % {"text": text[:40]}, field=column)
    return value
