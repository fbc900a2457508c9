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
    if not is_away(sys.exc_info()[1]):
        return defaults.server_error(request)
    response = _away(request.path_info)
    response["Retry-After"] = str(RETRY_AFTER_S)
    response["Cache-Control"] = "no-store"
    return response


def _away(path: str) -> HttpResponse:
    words = _("The records can't be reached just now. Try again soon.")
    form = path.rpartition(".")[2]
    if path.startswith("/api/"):
        return problem(503, "away", words)
    if path.startswith("/open311/") and form in MEDIA_TYPES:
        return render(form, "errors", [{"code": 503, "description": words}], 503)
    return HttpResponse(render_to_string("503.html"), status=503)
