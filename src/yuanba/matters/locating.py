"""Where a request from outside is about: a place of the tree, from whatever names it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import Denied, Invalid, Missing
from yuanba.kernel.kept import KeptSelect
from yuanba.places.models import Place
from yuanba.places.nearest import nearest_place, some_have_coordinates
from yuanba.places.queries import by_code, by_door_code, in_use
from yuanba.places.resolve import resolve

SURE_ENOUGH = 0.5


@dataclass(frozen=True, slots=True)
class Where:
    """What a caller knows of the place, the surest first. ``lon`` and ``lat`` are WGS-84 degrees."""

    place_id: int | None = None
    code: str = ""
    door_code: str = ""
    lon: float | None = None
    lat: float | None = None
    address: str = ""


def find_place(where: Where) -> Place:
    """The place meant, by the first that is given of id, code, door code, text that names one, point.

    Raises `Invalid` naming the field when nothing is given or it leads nowhere in this district.
    """
    if (where.lon is None) != (where.lat is None):
        raise Invalid(_("Give both latitude and longitude."), field="lon" if where.lon is None else "lat")
    try:
        named = _named(where)
    except Missing as error:
        field = "place_id" if where.place_id is not None else "code" if where.code else "door_code"
        raise Invalid(error.message, field=field, code="unknown_place") from None
    place = named or _by_text(where) or _by_point(where)
    if place is None:
        raise Invalid(
            _("Say where it is: a place, an address or a point on the map."), field="place", code="empty"
        )
    return place


def check_ground(viewer: Viewer, place: Place) -> None:
    """Raises `Denied` when the viewer may not bring in requests from this place."""
    scope = viewer.scope(Power.RECEIVE)
    # A department serves no single place, so what it hears may come from anywhere.
    anywhere = scope.organizations and not scope.territories
    if not (anywhere or scope.covers_place(place.path)):
        raise Denied(_("You can't bring in requests from this place."))


_IN_USE = KeptSelect(lambda key: in_use().filter(pk=key))


def _named(where: Where) -> Place | None:
    if where.place_id is not None:
        found = _IN_USE.rows(where.place_id)
        if not found:
            raise Missing(_("There is no such place."))
        return found[0]
    if where.code:
        return by_code(where.code)
    return by_door_code(where.door_code) if where.door_code else None


def _by_text(where: Where) -> Place | None:
    if not where.address:
        return None
    found = resolve(where.address, limit=1)
    if found and found[0].confidence >= SURE_ENOUGH:
        return in_use().filter(pk=found[0].place_id).first()
    if where.lon is not None:
        return None
    raise Invalid(
        _("We can't tell which place of this district is meant. Name the street, community or estate."),
        field="address",
        code="unknown_place",
    )


def _by_point(where: Where) -> Place | None:
    if where.lon is None or where.lat is None:
        return None
    place = nearest_place(where.lon, where.lat)
    if place is not None:
        return place
    if not some_have_coordinates():
        raise Invalid(
            _("No place here has coordinates yet, so a point tells nothing. Name the place or its address."),
            field="lat",
            code="no_coordinates",
        )
    raise Invalid(
        _("This point lies outside the district. Check latitude and longitude."), field="lat", code="outside"
    )
