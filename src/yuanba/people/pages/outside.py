"""Signing in with an outside service, and connecting one: out to the service, and back."""

import logging
from typing import Any
from urllib.parse import urlsplit

from allauth.account.decorators import reauthentication_required
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import LoginView
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yuanba.kernel.addresses import address_of
from yuanba.kernel.outside import OutsideService
from yuanba.kernel.ratelimit import Rate, take
from yuanba.people.actions import disconnect_outside
from yuanba.people.middleware import viewer_of
from yuanba.people.models import Account
from yuanba.people.outside.adapter import failed
from yuanba.people.queries.outside import service_called, services

log = logging.getLogger(__name__)
TRIES = Rate("outside_sign_in", 30, 60)


def sign_in(request: HttpRequest, **options: Any) -> HttpResponse:
    """allauth's page for user name and password, with the ways in from outside beside it."""
    page: HttpResponse = LoginView.as_view(extra_context={"services": services()})(request, **options)
    return page


@never_cache
@require_POST
def begin(request: HttpRequest, service: str) -> HttpResponse:
    """To a service, for signing in."""
    found = _found(service)
    take(TRIES, address_of(request), _("That was tried often just now. Wait a few minutes."))
    return _out(request, found, AuthProcess.LOGIN, get_next_redirect_url(request))


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def connect(request: HttpRequest, service: str) -> HttpResponse:
    """To a service, for connecting the account there with the one here; who has not signed in just now does first."""
    page: HttpResponse = _connect(request, found=_found(service))
    return page


@reauthentication_required  # type: ignore[untyped-decorator]
def _connect(request: HttpRequest, found: OutsideService) -> HttpResponse:
    if request.method == "GET":
        return render(request, "people/outside_connect.html", {"service": found})
    return _out(request, found, AuthProcess.CONNECT, None)


@login_required
@require_POST
def disconnect(request: HttpRequest, service: str) -> HttpResponse:
    """No more signing in with that service; other devices are signed out."""
    viewer, found = viewer_of(request), _found(service)
    assert viewer.account_id is not None  # noqa: S101 - login_required
    disconnect_outside(viewer.account_id, found.key, actor=viewer, at=timezone.now())
    update_session_auth_hash(request, Account.objects.get(pk=viewer.account_id))
    messages.success(request, _("%(name)s is no longer connected.") % {"name": found.name})
    return redirect("people:profile")


@never_cache
@require_GET
def back(request: HttpRequest, service: str) -> HttpResponse:
    """From a service, which says who came; what becomes of them is the adapter's."""
    found = _found(service)
    from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView

    from yuanba.people.outside.providers import adapter_of

    view: Any = OAuth2CallbackView.adapter_view(adapter_of(found, request))
    return _kindly(request, found, lambda: view(request))


def _found(service: str) -> OutsideService:
    found = service_called(service)
    if found is None:
        raise Http404
    return found


def _out(request: HttpRequest, service: OutsideService, process: str, next_url: str | None) -> HttpResponse:
    """A page that leads on by itself: a redirect would be the end of a form's way, which the policy of our pages
    keeps to ourselves.
    """
    from yuanba.people.outside.providers import provider_of

    answer = _kindly(
        request, service, lambda: provider_of(service, request).redirect(request, process, next_url=next_url)
    )
    if answer.status_code != 302:
        return answer
    address = answer["Location"]
    context = {"service": service, "address": address, "host": urlsplit(address).hostname}
    return render(request, "people/outside_on_the_way.html", context)


def _kindly(request: HttpRequest, service: OutsideService, step: Any) -> HttpResponse:
    """The answer of `step`, or a page that says that it failed, when the service can't be reached or answers what it
    must not.
    """
    import requests
    from allauth.socialaccount.providers.oauth2.client import OAuth2Error

    try:
        answer: HttpResponse = step()
    except (requests.RequestException, OAuth2Error, KeyError, TypeError, ValueError) as error:
        log.warning("signing in with %s failed: %s", service.key, type(error).__name__)
        return failed(request, service.name, error)
    return answer
