"""What everyone may see: the board of a place, and the journal's published roots."""

from datetime import timedelta
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yuanba.kernel.errors import Missing
from yuanba.kernel.journal.models import DailyRoot
from yuanba.kernel.keyset import Page, page
from yuanba.matters.district import district_root
from yuanba.matters.models import Matter
from yuanba.matters.presenting import public_rows
from yuanba.matters.queries import at_place
from yuanba.matters.rates import COUNTED, figures_of, published, rates_of
from yuanba.matters.seeing import UNSORTED
from yuanba.people.queries import posts_on
from yuanba.places.kinds import PlaceKind
from yuanba.places.models import Place
from yuanba.places.queries import ancestors, children
from yuanba.playbooks.queries import current_playbook
from yuanba.web.shapes import Crumb, NavItem

DAYS = 90
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
    place = Place.objects.filter(pk=place_id, retired_on=None).exclude(kind__in=WITHOUT_BOARD).first()
    if place is None:
        raise Missing(_("There is no such place."))
    return _board(request, place)


def _board(request: HttpRequest, place: Place) -> HttpResponse:
    chain = ancestors(place)
    until = timezone.localdate()
    since = until - timedelta(days=DAYS)
    counted = place.kind in COUNTED
    ended = request.GET.get("show") == "done"
    listed = _page(place, request.GET.get("after", ""), ended=ended)
    shown = {"show": "done"} if ended else {}
    context = {
        "place": place,
        "crumbs": [Crumb(each.name, reverse("matters:board", args=[each.pk])) for each in chain[:-1]]
        + [Crumb(place.name)],
        "below": [
            each
            for each in children(place, limit=60).places
            if each.kind not in {"unit", "household", "building"}
        ],
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
    rows = _listed(place).select_related("owner", "place__parent__parent__parent__parent")
    if ended:
        return page(rows.filter(stopped_at__isnull=False), ("-pk",), after)
    return page(rows.filter(stopped_at=None), ("due_at", "pk"), after)


def _listed(place: Place) -> QuerySet[Matter]:
    """What the board of a place lists: never what protects somebody. An estate's or a square's leaves out private
    life and what nobody has sorted yet; a building's lists nothing, its neighbours know each other.
    """
    rows = Matter.objects.filter(at_place(place), confidential=False, accused=None, part_of=None)
    if place.kind in COUNTED:
        return rows
    if place.kind == PlaceKind.BUILDING:
        return rows.none()
    kinds = current_playbook().playbook.all_categories()
    private = ["", *(kind.code for kind in kinds if kind.sensitive)]
    return rows.exclude(UNSORTED).exclude(category__in=private)


@require_GET
def journal(request: HttpRequest) -> HttpResponse:
    """The daily roots, published: anyone may keep them and check later that nothing was changed."""
    roots = page(DailyRoot.objects.all(), ("-day", "-pk"), "", 60).rows
    return render(request, "matters/journal.html", {"roots": roots})
