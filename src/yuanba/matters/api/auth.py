"""Who calls: a program by its key, a resident by the secret of their link, or somebody signed in here."""

from dataclasses import dataclass
from hashlib import sha256
from time import monotonic
from typing import Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.translation import gettext as _
from ninja.security import APIKeyHeader, HttpBearer
from ninja.security.apikey import APIKeyCookie

from yuanba.kernel.authority import Viewer
from yuanba.kernel.errors import Denied, Missing
from yuanba.matters.api.errors import WrongMediaType
from yuanba.matters.queries import resident_by_track_key
from yuanba.people.middleware import viewer_of
from yuanba.people.queries import viewer_for_key

WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
READ_BODIES = ("application/json", "multipart/form-data")


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever sent a request. ``name`` keeps the idempotency keys and limits of callers apart."""

    viewer: Viewer
    name: str
    kind: Literal["key", "staff", "resident"]


class ApiRequest(HttpRequest):
    """A request whose caller is known, for annotations."""

    auth: Caller


# What a key opens is remembered for so long, in bursts the dearest query of all; a revoked key may live on
# in other processes until then. The keys themselves are not kept, only their digests.
KEEP_S = 2.0
_KEPT_MOST = 1000
_kept: dict[bytes, tuple[float, Caller]] = {}


def _by_key(request: HttpRequest, raw: str | None) -> Caller | None:
    check_media_type(request)
    if not raw:
        return None
    digest = sha256(raw.encode()).digest()
    known_at, caller = _kept.get(digest, (0.0, None))
    if caller is not None and monotonic() - known_at < KEEP_S:
        return caller
    access = viewer_for_key(raw)
    if access is None:
        _kept.pop(digest, None)
        return None
    if len(_kept) >= _KEPT_MOST:
        _kept.clear()
    caller = Caller(access.viewer, access.viewer.actor, "key")
    _kept[digest] = (monotonic(), caller)
    return caller


def forget_keys() -> None:
    """Look every key up again at its next use."""
    _kept.clear()


class BearerKey(HttpBearer):
    """`Authorization: Bearer yb_…`"""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        return _by_key(request, token)


class HeaderKey(APIKeyHeader):
    """`X-API-Key: yb_…`"""

    param_name = "X-API-Key"

    def authenticate(self, request: HttpRequest, key: str | None) -> Caller | None:
        return _by_key(request, key)


class TrackKey(APIKeyHeader):
    """`X-Track-Key: …`: the secret of a resident's own link; reaches that one matter."""

    param_name = "X-Track-Key"

    def authenticate(self, request: HttpRequest, key: str | None) -> Caller | None:
        if not key:
            return None
        check_media_type(request)
        try:
            viewer = resident_by_track_key(key)
        except Missing:
            return None
        return Caller(viewer, viewer.actor, "resident")


class Session(APIKeyCookie):
    """Somebody signed in on our own pages; every write needs their CSRF token."""

    param_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Caller | None:
        return self.authenticate(request, request.COOKIES.get(self.param_name))

    def authenticate(self, request: HttpRequest, key: str | None) -> Caller | None:
        if not key or not getattr(request, "user", None) or not request.user.is_authenticated:
            return None
        check_media_type(request)
        if request.method in WRITING and _lacks_csrf_token(request):
            raise Denied(
                _("This request did not come from our own pages. Reload and try again."), code="csrf"
            )
        return Caller(viewer_of(request), f"account:{request.user.pk}", "staff")


class _CsrfCheck(CsrfViewMiddleware):
    """Django's own check, without its page."""

    def _reject(self, _request: HttpRequest, reason: str) -> HttpResponseForbidden:
        return HttpResponseForbidden(reason)


def _lacks_csrf_token(request: HttpRequest) -> bool:
    check = _CsrfCheck(lambda _request: HttpResponse())
    request.csrf_processing_done = False  # type: ignore[attr-defined]
    check.process_request(request)
    return check.process_view(request, lambda _request: HttpResponse(), (), {}) is not None


def check_media_type(request: HttpRequest) -> None:
    """Raises `WrongMediaType` for a body that is neither JSON nor an upload."""
    if request.method in WRITING and request.META.get("CONTENT_LENGTH") not in (None, "", "0"):
        kind = (request.content_type or "").lower()
        if kind not in READ_BODIES:
            raise WrongMediaType(_("Send the body as application/json."))


EVERYONE = [BearerKey(), HeaderKey(), TrackKey(), Session()]
