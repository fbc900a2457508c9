"""The kinds of place and which may stand inside which: the tree's grammar, as a table."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PlaceKind(models.TextChoices):
    NATION = "nation", _("Nation")
    PROVINCE = "province", _("Province")
    CITY = "city", _("City")
    DISTRICT = "district", _("District")
    STREET = "street", _("Street or town")
    COMMUNITY = "community", _("Community or village")
    ESTATE = "estate", _("Estate")
    BUILDING = "building", _("Building")
    UNIT = "unit", _("Unit")
    HOUSEHOLD = "household", _("Household")
    AREA = "area", _("Square, park or stretch of road")


K = PlaceKind

# Gaps are allowed (a district without a known city, a house standing in no estate), reversals are not.
PARENTS: dict[str, frozenset[str]] = {
    K.NATION: frozenset(),
    K.PROVINCE: frozenset({K.NATION}),
    K.CITY: frozenset({K.NATION, K.PROVINCE}),
    K.DISTRICT: frozenset({K.NATION, K.PROVINCE, K.CITY}),
    K.STREET: frozenset({K.CITY, K.DISTRICT}),
    K.COMMUNITY: frozenset({K.DISTRICT, K.STREET}),
    K.ESTATE: frozenset({K.DISTRICT, K.STREET, K.COMMUNITY}),
    K.BUILDING: frozenset({K.STREET, K.COMMUNITY, K.ESTATE, K.AREA}),
    K.UNIT: frozenset({K.BUILDING}),
    K.HOUSEHOLD: frozenset({K.COMMUNITY, K.ESTATE, K.BUILDING, K.UNIT}),
    K.AREA: frozenset({K.DISTRICT, K.STREET, K.COMMUNITY, K.ESTATE, K.AREA}),
}

ROOTS = frozenset({K.NATION, K.PROVINCE, K.CITY, K.DISTRICT})
CODED = frozenset({K.NATION, K.PROVINCE, K.CITY, K.DISTRICT, K.STREET, K.COMMUNITY})
WITH_DOOR = frozenset({K.COMMUNITY, K.ESTATE, K.BUILDING, K.UNIT, K.AREA})


def may_hold(parent_kind: str | None, kind: str) -> bool:
    """Whether a place of `kind` may stand directly inside one of `parent_kind` (None: at the root)."""
    return kind in ROOTS if parent_kind is None else parent_kind in PARENTS[kind]
