"""A small town to test in: one district, one street, one community, one estate with two buildings."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from yuanba.kernel.authority import Holding, Territory, Viewer, system
from yuanba.places.actions import add_place
from yuanba.places.kinds import PlaceKind
from yuanba.places.models import Place

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
IMPORTER = system("import")


@dataclass(frozen=True)
class Town:
    district: Place
    street: Place
    community: Place
    estate: Place
    first: Place
    second: Place
    unit: Place


def keeper_of(place: Place) -> Viewer:
    """Somebody whose post includes changing places inside `place`, and nowhere else."""
    holding = Holding(
        post_id=1,
        kind="street_officer",
        title="street officer",
        territory=Territory(place.pk, place.kind, place.path),
        inside=frozenset({"manage_places"}),
    )
    return Viewer(actor="post:1/person:1", person_id=1, holdings=(holding,))


def clear() -> None:
    """Take every place that other tests stand on out of use, so that only this test's are left."""
    Place.objects.update(retired_on=AT.date(), code="", door_code="")


@pytest.fixture
def register(db: None) -> None:
    """A register without places in use."""
    clear()


@pytest.fixture
def town(register: None) -> Town:
    return build_town()


def build_town() -> Town:
    def add(parent: Place | None, kind: str, name: str, code: str = "") -> Place:
        return add_place(parent, kind, name, code=code, actor=IMPORTER, at=AT)

    district = add(None, PlaceKind.DISTRICT, "万州区", "500101")
    street = add(district, PlaceKind.STREET, "沙河街道", "500101009")
    community = add(street, PlaceKind.COMMUNITY, "玉城社区居委会", "500101009003")
    estate = add(community, PlaceKind.ESTATE, "玉城家园")
    first = add(estate, PlaceKind.BUILDING, "1栋")
    second = add(estate, PlaceKind.BUILDING, "2栋")
    unit = add(second, PlaceKind.UNIT, "1单元")
    return Town(district, street, community, estate, first, second, unit)
