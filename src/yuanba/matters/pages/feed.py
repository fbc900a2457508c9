"""A board to follow: what is received, answered and ended at a place, as an Atom feed (RFC 4287) for any reader."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yuanba.matters.boards import listed, listing_place
from yuanba.matters.models import Matter, Outcome
from yuanba.matters.pages.places import place_page, place_with_page
from yuanba.matters.presenting import Row, public_rows
from yuanba.matters.seeing import UNSORTED
from yuanba.places.models import Place

# Read from one index at any size; what an older request comes to stands on the board.
NEWEST_MATTERS = 200
MOST_ENTRIES = 60
KEPT_S = 300


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, in the words that the board has for it."""

    at: datetime
    what: str
    row: Row
    kind: str


@require_safe
def feed(request: HttpRequest, place_id: int) -> HttpResponse:
    """The feed of a place's board; of a building's that of the board which lists what happens around it."""
    place = place_with_page(place_id)
    listing = listing_place(place)
    address = reverse("matters:feed", args=[listing.pk])
    if request.path != address:
        return HttpResponseRedirect(address)
    body = _kept(request, listing)
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type=Atom1Feed.content_type)
    # No Last-Modified: what is taken off the list leaves the newest entry as it was.
    response["ETag"] = etag
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        response["Cache-Control"] = f"public, max-age={KEPT_S}"
        patch_vary_headers(response, ["Cookie", "Accept-Language"])
    answer = get_conditional_response(request, etag, None, response)
    return answer if isinstance(answer, HttpResponse) else response


def _kept(request: HttpRequest, place: Place) -> bytes:
    """The feed, made anew every five minutes, however many readers ask."""
    name = f"feed/{place.pk}/{get_language()}/{request.scheme}/{request.get_host()}"
    kept: bytes | None = cache.get(name)
    if kept is None:
        kept = _made(request, place)
        cache.set(name, kept, KEPT_S)
    return kept


def _made(request: HttpRequest, place: Place) -> bytes:
    address = request.build_absolute_uri(place_page(place))
    made = Atom1Feed(
        title=_("Public board of %(place)s") % {"place": place.name},
        link=address,
        description=_("What is received, answered and ended here; without names and house numbers."),
        language=get_language(),
        feed_url=request.build_absolute_uri(request.path),
        feed_guid=address,
    )
    for event in events(place):
        made.add_item(
            title=f"{event.what}: {event.row.title}",
            link=f"{address}{'?show=done' if event.row.over else ''}#matters",
            description=" · ".join([event.row.number, event.row.place, event.row.owner]),
            unique_id=f"{address}#{event.row.number}-{event.kind}",
            pubdate=event.at,
            updateddate=event.at,
        )
    return made.writeString("utf-8").encode()


def events(place: Place) -> list[Event]:
    """What happened to the newest requests that the board of a place lists, newest first.

    What nobody has sorted yet waits: it may turn out to protect somebody, and what readers have fetched is not taken
    back from them, as it is from the board.
    """
    rows = listed(place).exclude(UNSORTED).select_related("owner", "place__parent__parent__parent__parent")
    matters = list(rows.order_by("-pk")[:NEWEST_MATTERS])
    found = [event for row in public_rows(matters) for event in _events_of(row.matter, row)]
    return sorted(found, key=lambda event: (event.at, event.row.number), reverse=True)[:MOST_ENTRIES]


def _events_of(matter: Matter, row: Row) -> Iterator[Event]:
    yield Event(matter.received_at, _("Received"), row, "received")
    if matter.answered_at is not None:
        yield Event(matter.answered_at, _("Answered"), row, f"answered-{matter.round}")
    if matter.stopped_at is not None:
        yield Event(matter.stopped_at, str(Outcome(matter.outcome).label), row, f"ended-{matter.round}")
