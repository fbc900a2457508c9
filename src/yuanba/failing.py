"""What is answered when something broke, in the form of each door."""

import sys

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views import defaults

from yuanba.kernel.away import is_away
from yuanba.matters.api.errors import problem
from yuanba.matters.open311.rendering import MEDIA_TYPES, render

RETRY_AFTER_S = 5


def server_error(request: HttpRequest) -> HttpResponse:
    """Django calls this while it handles the exception, whichever layer it comes from: 503 when only the
    database is away, else 500.
    """
    away = is_away(sys.exc_info()[1])
    response = _away(request.path_info) if away else _broken(request)
    response["Cache-Control"] = "no-store"
    if away:
        response["Retry-After"] = str(RETRY_AFTER_S)
    return response


def _away(path: str) -> HttpResponse:
    words = _("The records can't be reached just now. Try again soon.")
    document = _document(path, 503, "away", words)
    return document or HttpResponse(render_to_string("503.html"), status=503)


def _broken(request: HttpRequest) -> HttpResponse:
    words = _("Something went wrong on our side. It is in our log.")
    return _document(request.path_info, 500, "fault", words) or defaults.server_error(request)


def _document(path: str, status: int, code: str, words: str) -> HttpResponse | None:
    """The refusal as programs read it; None for the doors of people."""
    form = path.rpartition(".")[2]
    if path.startswith("/api/"):
        return problem(status, code, words)
    if path.startswith("/open311/"):
        return render(
            form if form in MEDIA_TYPES else "xml", "errors", [{"code": status, "description": words}], status
        )
    return None
