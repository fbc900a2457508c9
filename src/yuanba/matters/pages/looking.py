"""A quick look at one matter beside the list it stands in, and where one goes back to from there."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_GET

from yuanba.matters import queries
from yuanba.matters.pages.frame import office_page
from yuanba.matters.pages.moves import open_doors
from yuanba.matters.pages.queues import proposals_for
from yuanba.matters.presenting import row_of
from yuanba.matters.story import story_of
from yuanba.people.middleware import viewer_of
from yuanba.places.queries import full_name

NEWEST = 4
# Rare, and ask who is in post at the owner, and for photos: more than a look should cost.
LEFT_TO_THE_PAGE = frozenset({"take_over", "hide_photos"})
# Where a form may lead back to: lists, and the page of one matter.
LISTS = frozenset(
    f"matters:{name}"
    for name in ("desk", "problems", "triage", "arbitration", "search", "whistles", "notices")
)


@office_page
@require_GET
def look(request: HttpRequest, number: str) -> HttpResponse:
    """The matter in short, as a part of a page: less than its own page shows, and to nobody who may not open that."""
    viewer = viewer_of(request)
    found = queries.matter_for(viewer, number)
    context = {
        "matter": found,
        "row": row_of(found, full_name(found.place)),
        "doors": open_doors(found, viewer, LEFT_TO_THE_PAGE),
        "proposals": proposals_for(viewer, [found])[found.pk],
        "story": story_of(found, viewer, NEWEST)[:NEWEST],
    }
    return render(request, "matters/look.html", context)


def list_left(request: HttpRequest) -> str:
    """The list, or the matter, that a form was sent from, filters and all; empty where it came from neither."""
    try:
        parts = urlsplit(request.POST.get("back", ""))
        page = resolve(parts.path).view_name
    except (ValueError, Resolver404):
        return ""
    if parts.scheme or parts.netloc or page not in LISTS | {"matters:matter"}:
        return ""
    kept = urlencode([(name, value) for name, value in parse_qsl(parts.query) if name != "done"])
    return f"{parts.path}?{kept}" if kept else parts.path
