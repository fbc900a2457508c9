"""The way in for programs, past everything that only browsers need."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import resolve
from django.utils import translation

DOORS = ("/api/v1/", "/open311/v2/")
KEYS = ("HTTP_AUTHORIZATION", "HTTP_X_API_KEY", "HTTP_X_TRACK_KEY")
Answer = Callable[[HttpRequest], HttpResponse]


class ShortcutMiddleware:
    """Answers a program's request at once: no session, sign-in steps, messages, pages or cookies.

    Only what carries its own key, or comes to the public door, takes this way; who is signed in here goes
    the whole way and is checked for it. Stands behind Django's security middleware, whose headers every
    answer needs.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(DOORS) or not _is_a_program(request):
            return self.get_response(request)
        request.get_host()  # raises DisallowedHost, as Django's common middleware would
        match = request.resolver_match = resolve(request.path_info)
        with translation.override(translation.get_language_from_request(request)):
            response: HttpResponse = match.func(request, *match.args, **match.kwargs)
            response.setdefault("Content-Language", translation.get_language() or "")
        response.setdefault("Content-Length", str(len(response.content)))
        response.setdefault("Vary", "Accept-Language")
        return response


def _is_a_program(request: HttpRequest) -> bool:
    return any(name in request.META for name in KEYS) or request.path_info.startswith(DOORS[1])
