import re

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from yuanba.kernel.authority import NOBODY, Power, Viewer
from yuanba.kernel.errors import DomainError, Missing
from yuanba.places.actions import give_door_code
from yuanba.places.doors import door_sheet
from yuanba.places.kinds import WITH_DOOR
from yuanba.places.models import Place
from yuanba.places.queries import full_name, place_for


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = getattr(request, "viewer", NOBODY)
    return viewer


def _place(request: HttpRequest, place_id: int) -> Place:
    """The place, if it is the viewer's to change; else it is not found, whether it exists or not."""
    try:
        return place_for(_viewer(request), place_id, Power.MANAGE_PLACES)
    except Missing as error:
        raise Http404(error.message) from error


def _key_after(request: HttpRequest) -> str:
    """The path in ``?after=``; empty for none or nonsense."""
    text = request.GET.get("after", "")
    return text if re.fullmatch(r"(?:[0-9a-z]{4}){1,16}", text) else ""


@login_required
@require_GET
def doors(request: HttpRequest, place_id: int) -> HttpResponse:
    """Signs to print: the place's own door and every door below it."""
    place = _place(request, place_id)
    sheet = door_sheet(place, after=_key_after(request))
    context = {
        "place": place,
        "full_name": full_name(place),
        "sheet": sheet,
        "next": f"?after={sheet.after}" if sheet.after else "",
        "may_have_door": place.kind in WITH_DOOR and place.retired_on is None,
    }
    return render(request, "places/doors.html", context)


@login_required
@require_POST
def new_door_code(request: HttpRequest, place_id: int) -> HttpResponse:
    """A door code for a place that has none; pressing twice changes nothing."""
    place = _place(request, place_id)
    try:
        give_door_code(place, actor=_viewer(request), at=timezone.now())
    except DomainError as error:
        raise PermissionDenied(error.message) from error
    return redirect("places:doors", place.pk)
