"""What everyone may see: the board of a place, and the journal's published roots."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yuanba.kernel.files.serving import file_response
from yuanba.kernel.journal.models import DailyRoot
from yuanba.kernel.keyset import page
from yuanba.matters.boards import Private, counts_in, listed, listing_place, private_kinds
from yuanba.matters.district import district_root
from yuanba.matters.forms import FollowForm
from yuanba.matters.models import Photo
from yuanba.matters.pages.following import is_followed_by_mail
from yuanba.matters.pages.pictures import photo_shape
from yuanba.matters.pages.places import map_context, place_page, place_with_page
from yuanba.matters.pictures import done_at, released_photo
from yuanba.matters.presenting import Row, public_rows
from yuanba.matters.rates import COUNTED, figures_of, published, rates_from, sums_of
from yuanba.people.queries import posts_on
from yuanba.places.kinds import PlaceKind
from yuanba.places.models import Place
from yuanba.places.queries import ancestors, children
from yuanba.playbooks.queries import current_playbook
from yuanba.web import shapes
from yuanba.web.shapes import Crumb, NavItem

DAYS = 90
PHOTO_KEPT_S = 600
MOST_BUILDINGS = 60
NEAREST = 4
"""Posts that a board shows unfolded."""


@require_GET
def district_board(request: HttpRequest) -> HttpResponse:
    """The board of the whole district."""
    return _board(request, district_root())


@require_GET
def board(request: HttpRequest, place_id: int) -> HttpResponse:
    """The board of a place: who is responsible, what is open, what was done, in figures and in a list without
    names.
    """
    place = place_with_page(place_id)
    if place_page(place) != request.path:
        return HttpResponseRedirect(place_page(place))
    return _board(request, place)


building = board
"""A building's page is its board, with what its neighbours may know of it."""


@require_GET
def duty_board(request: HttpRequest, place_id: int) -> HttpResponse:  # noqa: ARG001
    """Where who is responsible for a place stood before: now on its board."""
    return HttpResponseRedirect(place_page(place_with_page(place_id)))


def _board(request: HttpRequest, place: Place) -> HttpResponse:
    until = timezone.localdate()
    since = until - timedelta(days=DAYS)
    counted = place.kind in COUNTED
    posts, around = posts_on(place), listing_place(place)
    rules = current_playbook().playbook
    private, sums = private_kinds(rules), sums_of(place, since, until) if counted else {}
    context = {
        "place": place,
        "crumbs": [Crumb(each.name, place_page(each)) for each in ancestors(place)[:-1]]
        + [Crumb(place.name)],
        "buildings": _buildings(place),
        "nearest": posts[:NEAREST],
        "further": posts[NEAREST:],
        "vacant": sum(not line.holder for line in posts),
        "around": around,
        "inside": counts_in(place, around, since) if place.kind == PlaceKind.BUILDING else None,
        "figures": published(figures_of(place, since, until, sums)) if counted else None,
        "rates": rates_from(sums, rules) if counted else None,
        "days": DAYS,
        "done": done_pairs(around, private),
        "feed": request.build_absolute_uri(reverse("matters:feed", args=[around.pk])),
        "follow_form": FollowForm() if is_followed_by_mail(place) else None,
    }
    return render(
        request,
        "matters/board.html",
        context | map_context(place, private) | _listing(request, around, private),
    )


def _buildings(place: Place) -> list[Crumb]:
    if place.kind in {PlaceKind.DISTRICT, PlaceKind.STREET, PlaceKind.BUILDING}:
        return []
    inside = children(place, limit=MOST_BUILDINGS).places
    return [Crumb(each.name, place_page(each)) for each in inside if each.kind == PlaceKind.BUILDING]


def _listing(request: HttpRequest, around: Place, private: Private) -> dict[str, Any]:
    """One page of what is listed: the open ones by what is due first, or the ended ones, newest first. Either order
    is that of an index of a street and of a community.
    """
    ended = request.GET.get("show") == "done"
    after = request.GET.get("after", "")
    rows = listed(around, private).select_related("owner", "place__parent__parent__parent__parent")
    if ended:
        found = page(rows.filter(stopped_at__isnull=False), ("-pk",), after)
    else:
        found = page(rows.filter(stopped_at=None), ("due_at", "pk"), after)
    shown = {"show": "done"} if ended else {}
    return {
        "rows": public_rows(found.rows),
        "next": f"?{urlencode(shown | {'after': found.next})}#matters" if found.next else "",
        "tabs": _tabs(request.path, ended=ended),
        "ended": ended,
    }


def _tabs(address: str, *, ended: bool) -> list[NavItem]:
    return [
        NavItem(_("Still open"), f"{address}#matters", current=not ended),
        NavItem(_("Ended"), f"{address}?show=done#matters", current=ended),
    ]


@dataclass(frozen=True, slots=True)
class Pair:
    """What was done about one matter: its line as everyone may read it, and the photos of before and after."""

    row: Row
    before: list[shapes.Photo]
    after: list[shapes.Photo]


def done_pairs(place: Place, private: Private) -> list[Pair]:
    """What was done last at a place, in photos that everyone may see."""
    found = done_at(place, private)
    rows = public_rows(done.matter for done in found) if found else []
    return [
        Pair(row, _shapes(done.before), _shapes(done.after)) for row, done in zip(rows, found, strict=True)
    ]


def _shapes(photos: list[Photo]) -> list[shapes.Photo]:
    return [photo_shape(photo, reverse("matters:public_photo", args=[photo.pk])) for photo in photos]


@require_GET
def public_photo(request: HttpRequest, photo_id: int) -> HttpResponse:
    """A photo that an office has released for everyone; kept shortly, for it can be taken back."""
    response = file_response(released_photo(photo_id).file, thumbnail="small" in request.GET)
    response["Cache-Control"] = f"private, max-age={PHOTO_KEPT_S}"
    return response  # type: ignore[return-value]


@require_GET
def journal(request: HttpRequest) -> HttpResponse:
    """The daily roots, published: anyone may keep them and check later that nothing was changed."""
    roots = page(DailyRoot.objects.all(), ("-day", "-pk"), "", 60).rows
    return render(request, "matters/journal.html", {"roots": roots})
