"""Which page a place has, and what lies inside it: as a list, and as a map."""

from hashlib import sha256
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yuanba.kernel.errors import Missing
from yuanba.matters.boards import Private, paged_place
from yuanba.matters.mapping import MOST, Spot, as_geojson, spots_in
from yuanba.places.kinds import PlaceKind
from yuanba.places.models import Place
from yuanba.places.queries import place_now
from yuanba.web import shapes

KEPT_S = 60
"""How long anybody may keep the places of a map."""


def place_page(place: Place) -> str:
    """The address of a place's page: a building has one of its own kind."""
    kind = "building" if place.kind == PlaceKind.BUILDING else "board"
    return reverse(f"matters:{kind}", args=[place.pk])


def place_with_page(place_id: int) -> Place:
    """The place in use, of one that was replaced its successor, of a unit its building. Raises `Missing`, for a home
    as for what is not there.
    """
    rows = Place.objects.select_related("replaced_by", "parent").exclude(kind=PlaceKind.HOUSEHOLD)
    place = place_now(rows.filter(pk=place_id).first())
    if place is None or place.kind == PlaceKind.HOUSEHOLD:
        raise Missing(_("There is no such place."))
    return paged_place(place)


@require_GET
def board_map(request: HttpRequest, place_id: int) -> HttpResponse:
    """What is inside a place as GeoJSON, with the numbers of its board's list: for the map, and for anybody. May be
    kept for a minute; after that asked for again by its tag.
    """
    place = place_with_page(place_id)
    if place.pk != place_id:
        raise Missing(_("There is no such place."))
    spots = spots_in(place, buildings=True)
    body = orjson.dumps(as_geojson(spots, place_page))
    tag = f'"{sha256(body).hexdigest()[:24]}"'
    response = HttpResponse(body, content_type="application/geo+json")
    response["ETag"] = tag
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        response["Cache-Control"] = f"public, max-age={KEPT_S}"
    found = get_conditional_response(request, etag=tag, response=response)
    return found if isinstance(found, HttpResponse) else response


def map_context(place: Place, private: Private) -> dict[str, Any]:
    """What the map of a board and the list beside it are drawn from."""
    inside = spots_in(place, private=private) if place.kind != PlaceKind.BUILDING else []
    return {
        "spots": [_in_words(spot) for spot in inside],
        "places_address": reverse("matters:map", args=[place.pk])
        if any(spot.point for spot in inside)
        else "",
        "cut_off": _("Only the first %(most)d places are listed.") % {"most": MOST}
        if len(inside) == MOST
        else "",
    }


def _in_words(spot: Spot) -> shapes.Spot:
    words = {"late": _("something is late"), "soon": _("due within a day"), "calm": _("in time"), "none": "—"}
    return shapes.Spot(
        name=spot.place.name,
        url=place_page(spot.place),
        count=_("under 5") if spot.open is None else str(spot.open),
        tone=spot.tone,
        words=words[spot.tone],
    )
