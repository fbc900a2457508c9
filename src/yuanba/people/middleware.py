"""On every request: who is looking, whether they still are, and which step of signing in is still open."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from yuanba.kernel.authority import NOBODY, Viewer
from yuanba.people.models import Account
from yuanba.people.queries.viewers import viewer_for
from yuanba.people.second_factor import has_second_factor, needs_second_factor

Answer = Callable[[HttpRequest], HttpResponse]
BEGAN, SEEN = "began_at", "seen_at"
_NOTED_EVERY_S = 60
_ENROLLED = "second_factor_enrolled"
# Whose account an outside service opened, and whose second factor it vouched for (people.outside).
OUTSIDE, VOUCHED = "opened_from_outside", "second_factor_outside"
# Addresses that stay open between the password and the end of signing in, by the first part of their name.
_SIGN_IN_NAMES = ("account_", "mfa_")
# Of these, the ones that stay open while the password is somebody else's making: the second factor that is set up
# would be whoever's who read that password.
_BEFORE_OWN_PASSWORD = ("account_", "mfa_reauthenticate", "mfa_authenticate")
_ALWAYS_OPEN = frozenset({"people:sign_out_everywhere", "web:preferences", "set_language", "live", "ready"})


class ViewerRequest(HttpRequest):
    """A request after `ViewerMiddleware`, for annotations."""

    viewer: Viewer


class ViewerMiddleware:
    """Puts ``request.viewer`` on every request; nothing is asked of the database until somebody looks at it.

    What is shown to somebody signed in stays in no cache: offices share their computers, and after signing out
    the way back must not show it again.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.viewer = SimpleLazyObject(lambda: _viewer(request))  # type: ignore[attr-defined]
        response = self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and "Cache-Control" not in response:
            add_never_cache_headers(response)
        return response


class IdleMiddleware:
    """Ends a session in which nothing was asked for too long, and one that has lasted its whole time
    (GB/T 22239-2019, ASVS 5.0 7.3).

    What was asked last is written at most once a minute, for each write also takes a lock of SQLite's; and because
    writing a session gives it another life in the store, its whole time is counted here.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and isinstance(request.user, Account):
            self._look(request, int(timezone.now().timestamp()))
        return self.get_response(request)

    def _look(self, request: HttpRequest, now: int) -> None:
        session = request.session
        began, seen = session.setdefault(BEGAN, now), session.setdefault(SEEN, now)
        if now - seen > settings.SESSION_IDLE_S or now - began > settings.SESSION_COOKIE_AGE:
            logout(request)
            messages.info(request, _("You were signed out, because nothing was done here for a while."))
        elif now - seen >= _NOTED_EVERY_S:
            session[SEEN] = now


class SignInStepsMiddleware:
    """Holds a signed-in person at the next open step: an own password first, then a second factor."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        account = request.user
        if not isinstance(account, Account):
            return None
        waits_for_password = account.initial_until is not None and request.session.get(OUTSIDE) != account.pk
        if waits_for_password and not _is_open(request, _BEFORE_OWN_PASSWORD):
            return _step(request, "account_change_password", _("Choose a password of your own first."))
        if _is_open(request, _SIGN_IN_NAMES):
            return None
        if _lacks_second_factor(request, account):
            return _step(request, "mfa_index", _("Set up a second factor first."))
        return None


def viewer_of(request: HttpRequest) -> Viewer:
    """The viewer of a request, typed; as ``request.viewer``."""
    found: Viewer = getattr(request, "viewer", NOBODY)
    return found


def _viewer(request: HttpRequest) -> Viewer:
    account = request.user
    return viewer_for(account) if isinstance(account, Account) else NOBODY


def _is_open(request: HttpRequest, names: tuple[str, ...]) -> bool:
    match = request.resolver_match
    if match is None:
        return True
    return match.view_name in _ALWAYS_OPEN or match.view_name.startswith(names)


def _lacks_second_factor(request: HttpRequest, account: Account) -> bool:
    """Looks in the database until one is enrolled, then remembers it for the session (removing the last is
    refused).
    """
    if account.pk in (request.session.get(_ENROLLED), request.session.get(VOUCHED)):
        return False
    if not needs_second_factor(account, viewer_of(request)):
        return False
    if has_second_factor(account):
        request.session[_ENROLLED] = account.pk
        return False
    return True


def _step(request: HttpRequest, name: str, message: str) -> HttpResponse:
    address = resolve_url(name)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    if not request.accepts("text/html"):
        return JsonResponse({"code": "sign_in_unfinished", "message": message}, status=403)
    return HttpResponseRedirect(address)
