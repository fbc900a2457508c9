"""Filters that somebody has named: as tabs above the list they belong to."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yuanba.kernel.authority import Viewer
from yuanba.kernel.errors import Invalid
from yuanba.matters import actions, queries
from yuanba.matters.filters import FilterForm
from yuanba.matters.models import SavedFilter
from yuanba.matters.pages.frame import office_page
from yuanba.matters.queries import Reach
from yuanba.people.middleware import viewer_of

KNOWN = ("reach", *FilterForm.base_fields)


def known_query(given: QueryDict) -> str:
    """What of an address filters the list, in one order, so that the same filter reads the same."""
    kept = QueryDict(mutable=True)
    for name in KNOWN:
        if value := str(given.get(name, "")):
            kept[name] = value
    return kept.urlencode()


def saved_context(request: HttpRequest, viewer: Viewer, which: str, reach: Reach) -> dict[str, Any]:
    """The viewer's named filters of a list, and the one that holds now."""
    given = request.GET.copy()
    given["reach"] = str(reach)
    now = known_query(given)
    saved = list(queries.saved_filters(viewer, which))
    open_to = {str(each) for each in queries.reaches(viewer)}
    return {
        "saved": [(each, each.query == now, _reach_of(each, open_to)) for each in saved],
        "holding": next((each for each in saved if each.query == now), None),
        "now": now,
    }


def _reach_of(saved: SavedFilter, open_to: Iterable[str]) -> bool:
    """Whether the list that it narrows is still one of the viewer's."""
    return QueryDict(saved.query).get("reach", "") in open_to


def _list(request: HttpRequest) -> SavedFilter.List:
    try:
        return SavedFilter.List(request.POST.get("list", ""))
    except ValueError:
        raise Invalid(_("There is no such list."), field="list") from None


@office_page
@require_http_methods(["POST"])
def save_filter(request: HttpRequest) -> HttpResponse:
    """Keep the filter that holds under a name."""
    which = _list(request)
    query = known_query(QueryDict(request.POST.get("query", "")))
    try:
        saved = actions.save_filter(which, request.POST.get("name", ""), query, actor=viewer_of(request))
    except Invalid as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The filter “%(name)s” is kept above the list.") % {"name": saved.name})
    return HttpResponseRedirect(f"{reverse(f'matters:{which}')}?{query}")


@office_page
@require_http_methods(["POST"])
def forget_filter(request: HttpRequest, filter_id: int) -> HttpResponse:
    """Drop a named filter; the list stays narrowed as it is."""
    which = _list(request)
    actions.forget_filter(filter_id, actor=viewer_of(request))
    messages.success(request, _("The filter is forgotten."))
    query = known_query(QueryDict(request.POST.get("query", "")))
    return HttpResponseRedirect(f"{reverse(f'matters:{which}')}?{query}")
