"""Refusals as GeoReport v2 says: 404 for what does not exist, 403 for the key, 400 for everything else."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from yuanba.kernel.errors import Denied, DomainError, Missing, SeveralInvalid, TooMany
from yuanba.matters.open311.arguments import Arguments
from yuanba.matters.open311.rendering import MEDIA_TYPES, Value, not_found, render
from yuanba.playbooks.queries import current_playbook

View = Callable[..., HttpResponse]
# There is no better code for these in the standard than what HTTP has.
_AS_THEY_ARE = (Missing, TooMany)


def refusal(form: str, error: DomainError) -> HttpResponse:
    """An errors document, several of them where several fields are wrong."""
    status = 403 if isinstance(error, Denied) else error.status if isinstance(error, _AS_THEY_ARE) else 400
    each = error.errors if isinstance(error, SeveralInvalid) else (error,)
    shown: list[Value] = [{"code": status, "description": one.message} for one in each]
    response = render(form, "errors", shown, status)
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.retry_after_s)
    return response


def door(*methods: str) -> Callable[[View], View]:
    """A view of this endpoint: takes the form and the arguments, and answers refusals in that form."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def wrapped(request: HttpRequest, form: str, **path: str) -> HttpResponse:
            if (answer := _without_looking(request, form, methods)) is not None:
                return answer
            try:
                arguments = Arguments.of(request)
                check_jurisdiction(arguments.text("jurisdiction_id"))
                return view(request, form, arguments, **path)
            except DomainError as error:
                return refusal(form, error)
            except BadRequest:  # a form that says it is not UTF-8
                return refusal(form, DomainError(_("Send all text as UTF-8.")))
            except (SuspiciousOperation, MultiPartParserError, UnreadablePostError):
                return refusal(form, DomainError(_("The request can't be read, or it is too large.")))

        return wrapped

    return decorate


def _without_looking(request: HttpRequest, form: str, methods: tuple[str, ...]) -> HttpResponse | None:
    """The answer to what needs no view: an unknown form, a browser's question, a method that is not here."""
    if form not in MEDIA_TYPES:
        return not_found(form)
    if request.method == "OPTIONS":
        return _asked_before(methods)
    if request.method in methods or (request.method == "HEAD" and "GET" in methods):
        return None
    return _wrong_method(form, methods)


def _asked_before(methods: tuple[str, ...]) -> HttpResponse:
    """What a browser asks before a page of another site sends a key in a header: it may. No cookie opens anything
    here, so no page can act for whoever looks at it.
    """
    allowed = ", ".join((*methods, "HEAD", "OPTIONS"))
    headers = {
        "Allow": allowed,
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": allowed,
        "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, X-API-Key",
        "Access-Control-Max-Age": "86400",
    }
    return HttpResponse(status=204, headers=headers)


def _wrong_method(form: str, methods: tuple[str, ...]) -> HttpResponse:
    words = _("Use %(methods)s here.") % {"methods": ", ".join(methods)}
    shown: list[Value] = [{"code": 405, "description": words}]
    response = render(form, "errors", shown, 405)
    response["Allow"] = ", ".join(methods)
    return response


def check_jurisdiction(wanted: str) -> None:
    """Raises `Missing` unless `wanted` is empty or names this district: by code, playbook, or web domain."""
    if not wanted:
        return
    playbook = current_playbook().playbook
    host = urlsplit(settings.BASE_URL).hostname or ""
    known = {*playbook.district.codes, playbook.code, host, host.removeprefix("www.")}
    if wanted.lower() not in known:
        message = _("The jurisdiction_id %(wanted)s is not found. This endpoint serves %(code)s.")
        raise Missing(message % {"wanted": wanted[:60], "code": playbook.district.code6})
