from dataclasses import asdict
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from yuanba.web import helping, samples, samples_pictures
from yuanba.web import preferences as stored
from yuanba.web.forms import PreferencesForm

# Django itself knows pages for 400, 403, 404 and 500; conflict and too many requests are ours.
ERROR_PAGES = (400, 403, 404, 409, 429, 500)


@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Display settings: a page of choices, and the address that every header switch posts to."""
    if request.method != "POST":
        return render(request, "web/preferences.html", {"form": _preferences_form(request)})
    response = HttpResponseRedirect(_way_back(request, request.POST.get("next", "")))
    stored.remember(response, request.POST)
    return response


def _preferences_form(request: HttpRequest) -> PreferencesForm:
    now = stored.read(request)
    way_back = _way_back(request, request.GET.get("next", ""))
    initial = {**asdict(now), "language": get_language(), "next": way_back}
    return PreferencesForm(initial=initial)


def _way_back(request: HttpRequest, address: str) -> str:
    safe = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if safe else "/"


@require_GET
def help_index(request: HttpRequest) -> HttpResponse:
    """Every help page, those for residents first."""
    context = {"residents": helping.listed(helping.RESIDENTS), "offices": helping.listed(helping.OFFICES)}
    return render(request, "web/help_index.html", context)


@require_GET
def help_page(request: HttpRequest, slug: str) -> HttpResponse:
    text = helping.text_of(slug)
    if text is None:
        raise Http404
    context = {"text": text, "others": helping.listed(helping.neighbours_of(slug))}
    return render(request, "web/help_page.html", context)


@require_GET
def style(request: HttpRequest) -> HttpResponse:
    """The living style page: every component in every state, drawn from synthetic samples."""
    return render(request, "web/style.html", samples.style_context() | samples_pictures.picture_context())


@require_GET
def style_desk(request: HttpRequest) -> HttpResponse:
    return render(request, "web/style_desk.html", samples.desk_context())


@require_GET
def style_look(request: HttpRequest) -> HttpResponse:
    return render(request, "web/style/look.html", samples.style_context())


@require_GET
def style_error(request: HttpRequest, status: int) -> HttpResponse:
    if status not in ERROR_PAGES:
        raise Http404
    return render(request, f"{status}.html", status=HTTPStatus.OK)


def problem(request: HttpRequest, status: int, detail: str = "") -> HttpResponse:
    """An error page for `status` (one of ERROR_PAGES), with `detail` in place of its usual explanation."""
    return render(request, f"{status}.html", {"detail": detail}, status=status)
