"""Addresses for everyone's eyes: down to the building, never the unit or the door."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from yuanba.kernel.paths import ancestors_and_self
from yuanba.matters.models import Matter
from yuanba.places.kinds import PlaceKind
from yuanba.places.models import Place
from yuanba.places.queries import join_names

PRIVATE = frozenset({PlaceKind.UNIT, PlaceKind.HOUSEHOLD})
# All that is told of matters whose category often speaks of health, family or money.
COARSE = frozenset(
    {
        PlaceKind.NATION,
        PlaceKind.PROVINCE,
        PlaceKind.CITY,
        PlaceKind.DISTRICT,
        PlaceKind.STREET,
        PlaceKind.COMMUNITY,
    }
)


@dataclass(frozen=True, slots=True)
class Address:
    """A public address: words in Chinese order, the id it can be named by, WGS-84 degrees if known."""

    text: str
    id: str
    lon: float | None
    lat: float | None


@dataclass(frozen=True, slots=True)
class _Row:
    pk: int
    kind: str
    name: str
    code: str
    lon: float | None
    lat: float | None


def public_addresses(matters: Sequence[Matter], sensitive: Collection[int]) -> dict[int, Address]:
    """An address for each matter by its key, in one query; of `sensitive` ones only the community."""
    paths = {path for matter in matters for path in ancestors_and_self(matter.place_path)}
    columns = ("path", "pk", "kind", "name", "code", "lon", "lat")
    rows = {path: _Row(*row) for path, *row in Place.objects.filter(path__in=paths).values_list(*columns)}
    return {matter.pk: _address(matter, rows, coarse=matter.pk in sensitive) for matter in matters}


def _address(matter: Matter, rows: dict[str, _Row], *, coarse: bool) -> Address:
    chain = [rows[path] for path in ancestors_and_self(matter.place_path)]
    told = [row for row in chain if (row.kind in COARSE if coarse else row.kind not in PRIVATE)]
    if not told:
        return Address("", "", None, None)
    point = next((row for row in reversed(told) if row.lat is not None), None)
    return Address(
        text=join_names((row.kind, row.name) for row in told),
        id=told[-1].code or str(told[-1].pk),
        lon=point.lon if point else None,
        lat=point.lat if point else None,
    )
