"""Refusals as problem documents (RFC 9457), in one place for the whole API."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from http import HTTPStatus
from typing import Any

import orjson
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from yuanba.kernel.errors import Away, DomainError, Invalid, NotAllowed, SeveralInvalid, Stale, TooMany
from yuanba.matters.models import Channel

MEDIA_TYPE = "application/problem+json"
_MEMBER = re.compile(r"Channel\.([A-Z0-9_]+)")


class WrongMediaType(DomainError):
    """A body in a form that this address does not read."""

    status = 415
    default_code = "media_type"


class AlreadyReceived(NotAllowed):
    """The source's number was brought in before; ``number`` is the matter it became."""

    default_code = "already_received"

    def __init__(self, message: object, *, number: str) -> None:
        super().__init__(message)
        self.number = number


def problem(
    status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **members: object
) -> HttpResponse:
    """A problem document; members that are empty are left out."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "code": code}
    body |= {name: value for name, value in {"detail": detail, **members}.items() if value not in ("", None)}
    return HttpResponse(
        orjson.dumps(body), status=status, content_type=MEDIA_TYPE, headers=dict(headers or {})
    )


def refusal(error: DomainError) -> HttpResponse:
    """The problem document of a refusal from below."""
    headers: dict[str, str] = {}
    members: dict[str, object] = {}
    if isinstance(error, SeveralInvalid):
        members["errors"] = [_one(each) for each in error.errors]
    elif isinstance(error, Invalid):
        members["errors"] = [_one(error)]
    elif isinstance(error, NotAllowed):
        members["allowed"] = list(error.allowed)
    elif isinstance(error, Stale):
        members["current_version"] = error.current_version
        headers["ETag"] = f'"{error.current_version}"'
    elif isinstance(error, TooMany):
        members["retry_after_s"] = error.retry_after_s
        headers["Retry-After"] = str(error.retry_after_s)
    elif isinstance(error, Away):
        headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, AlreadyReceived):
        members["number"] = error.number
    return problem(error.status, error.code, error.message, headers=headers, **members)


def _one(error: Invalid) -> dict[str, str]:
    return {"field": error.field, "code": error.code, "message": error.message}


def _words(kind: str, context: Mapping[str, object], fallback: str) -> str:
    """What pydantic found, in plain words; its own where we have none."""
    words = {
        "missing": _("This field is needed."),
        "extra_forbidden": _("This field is not known here. Check its name."),
        "string_too_long": _("At most %(max_length)s characters fit here."),
        "string_too_short": _("Please fill this in."),
        "string_pattern_mismatch": _("This does not have the form that is expected here."),
        "string_type": _("This must be text."),
        "int_parsing": _("This must be a whole number."),
        "int_type": _("This must be a whole number."),
        "int_parsing_size": _("This number is too large."),
        "too_early": _("The time lies before 1990."),
        "float_parsing": _("This must be a number."),
        "float_type": _("This must be a number."),
        "bool_parsing": _("This must be true or false."),
        "bool_type": _("This must be true or false."),
        "greater_than_equal": _("This must be at least %(ge)s."),
        "less_than_equal": _("This must be at most %(le)s."),
        "timezone_aware": _("The time needs a zone, as in 2026-03-03T09:00:00+08:00."),
        "datetime_from_date_parsing": _("This must be a time, as in 2026-03-03T09:00:00+08:00."),
        "datetime_parsing": _("This must be a time, as in 2026-03-03T09:00:00+08:00."),
        "date_from_datetime_parsing": _("This must be a day, as in 2026-03-03."),
        "date_parsing": _("This must be a day, as in 2026-03-03."),
        "literal_error": _("Choose one of: %(expected)s."),
        "enum": _("Choose one of: %(expected)s."),
        "too_long": _("At most %(max_length)s fit here."),
        "too_short": _("At least %(min_length)s are needed."),
        "list_type": _("This must be a list."),
        "model_attributes_type": _("This must be an object."),
        "model_type": _("This must be an object."),
    }
    if "expected" in context:
        context = {**context, "expected": _MEMBER.sub(_value, str(context["expected"]))}
    text = words.get(kind)
    return text % context if text is not None else _("This can't be used: %(why)s") % {"why": fallback}


def _value(member: re.Match[str]) -> str:
    """A choice as a caller writes it, where pydantic names the class that it is a member of."""
    return repr(getattr(Channel, member[1]).value)


def _field(location: Sequence[str | int]) -> str:
    """The name as the caller wrote it, as in ``contact.phone``, without our parameter's name."""
    source, *rest = (str(part) for part in location)
    if source == "body" and rest:
        rest = rest[1:] or rest
    return ".".join(rest) or source


# The handlers' errors are what they are installed for below; ninja types them as error or class of error.
def _refused(_request: HttpRequest, error: Any) -> HttpResponse:
    return refusal(error)


def _invalid(_request: HttpRequest, error: Any) -> HttpResponse:
    errors = [
        {
            "field": _field(found["loc"]),
            "code": "unknown_field" if found["type"] == "extra_forbidden" else str(found["type"]),
            "message": _words(str(found["type"]), found.get("ctx", {}), str(found["msg"])),
        }
        for found in error.errors
    ]
    detail = "; ".join(f"{found['field']}: {found['message']}" for found in errors)
    return problem(422, "invalid", detail, errors=errors)


def _unauthenticated(_request: HttpRequest, _error: Any) -> HttpResponse:
    return problem(
        401,
        "unauthenticated",
        _("Send a key in force: Authorization: Bearer <key>, or the tracking key as X-Track-Key."),
        headers={"WWW-Authenticate": 'Bearer realm="yuanba"'},
    )


def _http(_request: HttpRequest, error: Any) -> HttpResponse:
    if error.status_code == 400:
        return problem(400, "bad_body", _("The body is not readable JSON in UTF-8."))
    return problem(error.status_code, "refused", error.message)


def not_found(_request: HttpRequest, _error: Any = None, **_path: str) -> HttpResponse:
    """There is nothing at this address."""
    return problem(404, "not_found", _("There is nothing at this address."))


def for_known_methods(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """`view`, whose refusal of a method becomes a problem document like every other."""

    @wraps(view)
    def wrapped(request: HttpRequest, **path: object) -> HttpResponse:
        response = view(request, **path)
        if response.status_code != 405 or response["Content-Type"] == MEDIA_TYPE:
            return response
        allowed = response["Allow"]
        words = _("Use %(methods)s here.") % {"methods": allowed}
        return problem(405, "method_not_allowed", words, headers={"Allow": allowed})

    return wrapped


def _suspicious(_request: HttpRequest, error: Any) -> HttpResponse:
    if isinstance(error, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return problem(413, "too_large", _("This is too large. Send less at once."))
    return problem(400, "bad_request", _("The request can't be read."))


def install(api: NinjaAPI) -> None:
    """Have `api` answer every refusal as a problem document."""
    api.add_exception_handler(DomainError, _refused)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(AuthenticationError, _unauthenticated)
    api.add_exception_handler(HttpError, _http)
    api.add_exception_handler(Http404, not_found)
    for kind in (SuspiciousOperation, MultiPartParserError, UnreadablePostError):
        api.add_exception_handler(kind, _suspicious)
