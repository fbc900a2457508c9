"""GeoJSON (RFC 7946) as branches: points as they are, lines and polygons by their middle."""

import os
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from django.utils.translation import gettext as _

from yuanba.kernel.errors import Invalid
from yuanba.kernel.sheets.encodings import SAMPLE_BYTES, choose
from yuanba.kernel.sheets.limits import MB
from yuanba.kernel.sheets.problems import UnreadableFile
from yuanba.kernel.sheets.rows import Row
from yuanba.places.codes import read_code
from yuanba.places.datum import Datum, Point, to_wgs84
from yuanba.places.importing.branches import Branch, RowProblem
from yuanba.places.importing.coordinates import read_datum
from yuanba.places.importing.fields import HEADINGS, find_columns
from yuanba.places.importing.geometry import middle
from yuanba.places.importing.rows import RowReader
from yuanba.places.kinds import PlaceKind

LARGEST_BYTES = 256 * MB
EXTRA = {
    "kind": ("kind", "类型", "类别"),
    "code": ("code", "代码"),
    "parent": ("parent", "上级", "所属"),
    "parent_code": ("parent_code", "上级代码"),
    "parent_kind": ("parent_kind", "上级类型"),
}
_FIELD_OF_KIND = {PlaceKind.AREA: "spot"}
_USUAL_PARENT = {
    PlaceKind.HOUSEHOLD: PlaceKind.UNIT,
    PlaceKind.UNIT: PlaceKind.BUILDING,
    PlaceKind.BUILDING: PlaceKind.ESTATE,
    PlaceKind.ESTATE: PlaceKind.COMMUNITY,
    PlaceKind.AREA: PlaceKind.COMMUNITY,
    PlaceKind.COMMUNITY: PlaceKind.STREET,
    PlaceKind.STREET: PlaceKind.DISTRICT,
    PlaceKind.DISTRICT: PlaceKind.CITY,
}


def is_json(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in {b"{", b"["}


class FeatureReader:
    """The features of a FeatureCollection, numbered from 1.

    A feature's properties are read like a table's columns (see `fields.HEADINGS`), and also as ``name`` with
    ``kind``, ``code``, and ``parent`` or ``parent_code``. Coordinates are WGS-84, as the standard has it,
    unless `datum` says otherwise. Raises `UnreadableFile` when the file is no such collection.
    """

    def __init__(
        self, path: str | os.PathLike[str], mapping: Mapping[str, str] | None, datum: Datum | None
    ) -> None:
        document = _load(Path(path))
        self._features: list[Any] = document["features"]
        self._mapping = mapping
        self.datum = datum or _declared(document)
        self.total = len(self._features)

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        """(number, feature); each feature is let go of once it was given."""
        self._features.reverse()
        for number in range(1, self.total + 1):
            yield number, self._features.pop()

    def read(self, number: int, feature: Any) -> Branch:
        """One feature as a branch. Raises `RowProblem` naming the property at fault."""
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise RowProblem(_("This is not a GeoJSON feature."), field="type")
        properties = feature.get("properties")
        if not isinstance(properties, dict):
            raise RowProblem(_("The feature has no properties, so no name."), field="properties")
        fields = self._fields(properties)
        if (point := self._point(feature.get("geometry"))) is not None:
            fields["lon"], fields["lat"] = Told(point.lon, "geometry"), Told(point.lat, "geometry")
        reader = _reader(tuple(fields), tuple(told.name for told in fields.values()))
        return reader.read(Row(number, tuple(told.value for told in fields.values())))

    def _point(self, geometry: Any) -> Point | None:
        point = middle(geometry)
        return None if point is None else to_wgs84(*point, self.datum)

    def _fields(self, properties: dict[Any, Any]) -> dict[str, "Told"]:
        names = tuple(properties)
        columns = _columns(names, tuple(sorted((self._mapping or {}).items())))
        told = {
            field: Told(_plain(properties[names[at]], names[at]), names[at]) for field, at in columns.items()
        }
        return _by_kind({field: one for field, one in told.items() if one.value not in {None, ""}})


class Told(NamedTuple):
    """A value and the name of the property it stood in."""

    value: str | int | float | None
    name: str


def _load(path: Path) -> dict[str, Any]:
    if path.stat().st_size > LARGEST_BYTES:
        message = _("The file has more than %(limit)d MB. Split it into several files.")
        raise UnreadableFile(message % {"limit": LARGEST_BYTES // MB}, code="file_too_large")
    data = path.read_bytes()
    codec = choose(data[:SAMPLE_BYTES])
    try:
        document = orjson.loads(data.decode(codec).encode() if codec != "utf-8" else data)
    except (orjson.JSONDecodeError, UnicodeError):
        raise UnreadableFile(_("The JSON is damaged or incomplete."), code="file_damaged") from None
    if not isinstance(document, dict) or not isinstance(document.get("features"), list):
        raise UnreadableFile(
            _("This is JSON but not a GeoJSON FeatureCollection."), code="file_wrong_kind", looks_like="JSON"
        )
    return document


def _declared(document: dict[str, Any]) -> Datum:
    """The datum by the ``crs`` member of the GeoJSON of 2008; the standard of 2016 knows WGS-84 only."""
    try:
        name = str(document["crs"]["properties"]["name"])
    except (KeyError, TypeError):
        return Datum.WGS84
    if name.endswith("CRS84"):
        return Datum.WGS84
    if (datum := read_datum(name)) is None:
        raise UnreadableFile(
            _("The coordinates are in %(name)s. Export the file in WGS-84 (EPSG:4326).")
            % {"name": name[:60]},
            code="file_wrong_datum",
        )
    return datum


def _plain(value: Any, name: str) -> str | int | float | None:
    if value is None or isinstance(value, str | int | float):
        return int(value) if isinstance(value, bool) else value
    raise RowProblem(_("The value is neither text nor a number."), field=name)


@lru_cache(maxsize=256)
def _columns(names: tuple[str, ...], mapping: tuple[tuple[str, str], ...]) -> dict[str, int]:
    return find_columns(names, {field: name for field, name in mapping if name in names or not name}, EXTRA)


@lru_cache(maxsize=256)
def _reader(fields: tuple[str, ...], names: tuple[str, ...]) -> RowReader:
    try:
        return RowReader(names, {field: at for at, field in enumerate(fields)}, Datum.WGS84)
    except Invalid as problem:
        raise RowProblem(problem, field="properties") from None


def _by_kind(told: dict[str, Told]) -> dict[str, Told]:
    """The same with name, code and parent under the columns of their kinds."""
    fields = {field: one for field, one in told.items() if field in HEADINGS and field != "name"}
    kind = _kind(told["kind"]) if "kind" in told else None
    if code := told.get("code"):
        kind = kind or _level(code)
        fields[f"{_field(kind)}_code"] = code
    kind = kind or PlaceKind.ESTATE
    if name := told.get("name"):
        fields[_field(kind)] = name
    if parent_code := told.get("parent_code"):
        fields[f"{_field(_level(parent_code))}_code"] = parent_code
    if parent := told.get("parent"):
        above = _kind(told["parent_kind"]) if "parent_kind" in told else _USUAL_PARENT.get(kind)
        if above is not None:
            fields.setdefault(_field(above), parent)
    return fields


def _field(kind: PlaceKind) -> str:
    return _FIELD_OF_KIND.get(kind, kind.value)


def _level(code: Told) -> PlaceKind:
    try:
        return read_code(str(code.value)).kind
    except Invalid as problem:
        raise RowProblem(problem, field=code.name) from None


def _kind(told: Told) -> PlaceKind:
    plain = str(told.value).strip().casefold()
    for kind, words in _KIND_WORDS.items():
        if plain == kind or plain in words:
            return kind
    message = _("“%(text)s” is no kind of place known here: %(kinds)s.")
    kinds = ", ".join(kind.value for kind in _KIND_WORDS)
    raise RowProblem(message % {"text": plain[:40], "kinds": kinds}, field=told.name)


_KIND_WORDS: dict[PlaceKind, frozenset[str]] = {
    PlaceKind.PROVINCE: frozenset({"省"}),
    PlaceKind.CITY: frozenset({"市"}),
    PlaceKind.DISTRICT: frozenset({"区县", "区", "县"}),
    PlaceKind.STREET: frozenset({"街道", "乡镇", "镇", "乡", "镇街"}),
    PlaceKind.COMMUNITY: frozenset({"社区", "村", "村社区"}),
    PlaceKind.ESTATE: frozenset({"小区", "院落", "楼盘"}),
    PlaceKind.BUILDING: frozenset({"楼栋", "楼", "栋"}),
    PlaceKind.UNIT: frozenset({"单元"}),
    PlaceKind.HOUSEHOLD: frozenset({"户", "户室"}),
    PlaceKind.AREA: frozenset({"场所", "广场", "公园", "道路"}),
}
