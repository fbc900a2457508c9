"""What the viewer's organizations and posts were told."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from yuanba.matters import actions, queries
from yuanba.matters.pages.frame import desk_context, office_page
from yuanba.people.middleware import viewer_of


@office_page
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """What the viewer's organizations and posts were told."""
    from yuanba.matters.telling import render as words

    viewer = viewer_of(request)
    found = queries.notices_for(viewer, after=request.GET.get("after", ""))
    lines = [(notice, words(notice, get_language() or "", with_link=False)) for notice in found.rows]
    context = desk_context(request, "notices") | {
        "lines": lines,
        "next": f"?after={found.next}" if found.next else "",
        "unread": sum(1 for notice in found.rows if notice.read_at is None),
        "newest": found.rows[0].pk if found.rows else 0,
    }
    return render(request, "matters/notices.html", context)


@office_page
@require_http_methods(["POST"])
def read_notices(request: HttpRequest) -> HttpResponse:
    """Mark everything up to the newest notice that was shown as read."""
    newest = request.POST.get("newest", "")
    if newest.isascii() and newest.isdigit() and len(newest) < 19:
        actions.read_notices(int(newest), actor=viewer_of(request))
    return HttpResponseRedirect(reverse("matters:notices"))
