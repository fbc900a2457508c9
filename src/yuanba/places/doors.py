"""The QR codes on doors: each leads to the page where one tells what is wrong here."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from yuanba.places.kinds import WITH_DOOR
from yuanba.places.models import Place
from yuanba.places.queries import full_names, subtree
from yuanba.web.qr import qr_svg

SHEET_DOORS = 60


@dataclass(frozen=True, slots=True)
class Door:
    """What a sign on a door shows. ``code`` is spaced for typing; ``svg`` is an element, safe in a page."""

    place_id: int
    name: str
    url: str
    code: str
    svg: SafeString


@dataclass(frozen=True, slots=True)
class DoorSheet:
    """One page of signs; ``after`` asks for the next, empty at the end."""

    doors: tuple[Door, ...]
    after: str


def door_url(place: Place) -> str:
    """The address behind a place's QR code. Raises ValueError for a place without one."""
    if not place.door_code:
        raise ValueError(f"place {place.pk} has no door code")
    return f"{settings.BASE_URL.rstrip('/')}/d/{place.door_code}"


def door_svg(place: Place) -> SafeString:
    """The QR code as an SVG element."""
    return qr_svg(door_url(place), _("QR code of this door"), "door__qr")


def door_sheet(place: Place, *, after: str = "", limit: int = SHEET_DOORS) -> DoorSheet:
    """The signs of `place` and of every door in use below it, in the order of the tree, paged by key."""
    rows = Place.objects.filter(subtree(place.path), kind__in=WITH_DOOR, retired_on=None, path__gt=after)
    found = list(rows.exclude(door_code="").order_by("path")[: limit + 1])
    shown = found[:limit]
    names = full_names(shown)
    doors = tuple(_door(one, names[one.pk]) for one in shown)
    return DoorSheet(doors, shown[-1].path if len(found) > limit else "")


def _door(place: Place, name: str) -> Door:
    code = place.door_code
    return Door(place.pk, name, door_url(place), f"{code[:5]} {code[5:]}", door_svg(place))
