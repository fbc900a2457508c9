"""What everyone may see: the board of a place, and the journal's published roots."""

from datetime import timedelta
from hashlib import sha256
from urllib.parse import urlencode

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yuanba.kernel.errors import Missing
from yuanba.kernel.journal.models import DailyRoot
from yuanba.kernel.keyset import Page, page
from yuanba.matters.district import district_root
from yuanba.matters.listing import public_list
from yuanba.matters.mapping import MOST, Spot, as_geojson, spots_in
from yuanba.matters.models import Matter
from yuanba.matters.presenting import public_rows
from yuanba.matters.rates import COUNTED, figures_of, published, rates_of
from yuanba.people.queries import posts_on
from yuanba.places.models import Place
from yuanba.places.queries import ancestors
from yuanba.web import shapes
from yuanba.web.shapes import Crumb, NavItem

DAYS = 90
KEPT_S = 60
"""How long anybody may keep the places of a map."""
WITHOUT_BOARD = ("unit", "household")


def board_place(place: Place) -> Place:
    """The place itself or the nearest around it that has a board."""
    while place.kind in WITHOUT_BOARD and place.parent is not None:
        place = place.parent
    return place


@require_GET
def district_board(request: HttpRequest) -> HttpResponse:
    """The board of the whole district."""
    return _board(request, district_root())


@require_GET
def board(request: HttpRequest, place_id: int) -> HttpResponse:
    """The board of a place: who is responsible, what is open, what was done, in figures and in a list without
    names.
    """
    return _board(request, _with_board(place_id))


def _with_board(place_id: int) -> Place:
    """Raises `Missing` for a place without a board."""
    place = Place.objects.filter(pk=place_id, retired_on=None).exclude(kind__in=WITHOUT_BOARD).first()
    if place is None:
        raise Missing(_("There is no such place."))
    return place


@require_GET
def board_map(request: HttpRequest, place_id: int) -> HttpResponse:
    """What is inside a place as GeoJSON, with the numbers of its board's list: for the map, and for anybody. May be
    kept for a minute; after that asked for again by its tag.
    """
    spots = spots_in(_with_board(place_id), buildings=True)
    body = orjson.dumps(as_geojson(spots, _address))
    tag = f'"{sha256(body).hexdigest()[:24]}"'
    response = HttpResponse(body, content_type="application/geo+json")
    response["ETag"] = tag
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        response["Cache-Control"] = f"public, max-age={KEPT_S}"
    found = get_conditional_response(request, etag=tag, response=response)
    return found if isinstance(found, HttpResponse) else response


def _address(place: Place) -> str:
    return reverse("matters:board", args=[place.pk])


def _spots(inside: list[Spot]) -> list[shapes.Spot]:
    """The list beside the map, in words."""
    words = {"late": _("something is late"), "soon": _("due within a day"), "calm": _("in time"), "none": "—"}
    few = _("under 5")
    return [
        shapes.Spot(
            name=spot.place.name,
            url=_address(spot.place),
            count=few if spot.open is None else str(spot.open),
            tone=spot.tone,
            words=words[spot.tone],
        )
        for spot in inside
    ]


def _board(request: HttpRequest, place: Place) -> HttpResponse:
    chain = ancestors(place)
    until = timezone.localdate()
    since = until - timedelta(days=DAYS)
    counted = place.kind in COUNTED
    ended = request.GET.get("show") == "done"
    inside = spots_in(place)
    listed = _page(place, request.GET.get("after", ""), ended=ended)
    shown = {"show": "done"} if ended else {}
    context = {
        "place": place,
        "crumbs": [Crumb(each.name, reverse("matters:board", args=[each.pk])) for each in chain[:-1]]
        + [Crumb(place.name)],
        "spots": _spots(inside),
        "places_address": reverse("matters:map", args=[place.pk])
        if any(spot.point for spot in inside)
        else "",
        "cut_off": _("Only the first %(most)d places are listed.") % {"most": MOST}
        if len(inside) == MOST
        else "",
        "responsible": posts_on(place),
        "rows": public_rows(listed.rows),
        "next": f"?{urlencode(shown | {'after': listed.next})}#matters" if listed.next else "",
        "tabs": _tabs(request.path, ended=ended),
        "ended": ended,
        "figures": published(figures_of(place, since, until)) if counted else None,
        "rates": rates_of(place, since, until) if counted else None,
        "days": DAYS,
    }
    return render(request, "matters/board.html", context)


def _tabs(address: str, *, ended: bool) -> list[NavItem]:
    return [
        NavItem(_("Still open"), f"{address}#matters", current=not ended),
        NavItem(_("Ended"), f"{address}?show=done#matters", current=ended),
    ]


def _page(place: Place, after: str, *, ended: bool) -> Page[Matter]:
    """One page of the board: the open ones by what is due first, or the ended ones, newest first. Either order is
    that of an index of a street and of a community.
    """
    rows = public_list(place).select_related("owner", "place__parent__parent__parent__parent")
    if ended:
        return page(rows.filter(stopped_at__isnull=False), ("-pk",), after)
    return page(rows.filter(stopped_at=None), ("due_at", "pk"), after)


@require_GET
def journal(request: HttpRequest) -> HttpResponse:
    """The daily roots, published: anyone may keep them and check later that nothing was changed."""
    roots = page(DailyRoot.objects.all(), ("-day", "-pk"), "", 60).rows
    return render(request, "matters/journal.html", {"roots": roots})
