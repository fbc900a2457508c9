"""What becomes of somebody whom an outside service vouches for: connected, signed in, or sent to whom to ask."""
# ruff: noqa: ARG002 - the signatures are those of the package we override

import logging
from typing import TYPE_CHECKING, Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from yuanba.kernel.errors import DomainError
from yuanba.kernel.outside import OPENID, OutsideService
from yuanba.people.actions.outside import connect_outside
from yuanba.people.middleware import viewer_of
from yuanba.people.models import Account
from yuanba.people.queries.outside import service_called

if TYPE_CHECKING:
    from allauth.socialaccount.models import SocialLogin

log = logging.getLogger(__name__)


class OutsideAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """allauth's door for other people's accounts, with our rules: none is ever made from one, and none is found by
    what a service says of a mail address.
    """

    def is_open_for_signup(self, request: HttpRequest, sociallogin: "SocialLogin") -> bool:
        return False

    def authenticate_by_email(self, sociallogin: "SocialLogin") -> None:
        return None

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[Any]:
        """None of the database's: services come from the environment."""
        return []

    def get_provider(self, request: HttpRequest, provider: str, client_id: Any = None) -> Any:
        from yuanba.people.outside.providers import provider_of

        service = service_called(provider)
        if service is None:
            raise ImproperlyConfigured(f"no such service to sign in with: {provider}")
        return provider_of(service, request)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> None:
        if error == AuthError.CANCELLED:
            messages.info(request, _("You went back without signing in there."))
            raise ImmediateHttpResponse(redirect("account_login"))
        log.warning("signing in with %s failed: %s", provider.sub_id, exception or error)
        raise ImmediateHttpResponse(failed(request, provider.name, exception))

    def pre_social_login(self, request: HttpRequest, sociallogin: "SocialLogin") -> None:
        """Everything is decided here; allauth's own way on, which could make accounts, is never gone."""
        service = service_called(sociallogin.account.provider)
        assert service is not None  # noqa: S101 - get_provider found it
        claims = sociallogin.provider.claims
        if service.kind == OPENID and claims.get("nonce") != sociallogin.state.get("nonce"):
            self.on_authentication_error(request, sociallogin.provider, error="nonce")
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            raise ImmediateHttpResponse(_connect(request, service, sociallogin.account.uid))
        account = sociallogin.user if sociallogin.is_existing else None
        if not isinstance(account, Account):
            context = {"service": service, "subject": sociallogin.account.uid}
            raise ImmediateHttpResponse(render(request, "people/outside_unknown.html", context, status=403))
        address = sociallogin.get_redirect_url(request)
        raise ImmediateHttpResponse(_sign_in(request, service, account, claims, address))


def failed(request: HttpRequest, name: str, error: Exception | None = None) -> HttpResponse:
    """That signing in with a service did not work; of why only whether it answers, the rest stands in the log."""
    away = _is_away(error)
    context = {"name": name, "away": away}
    return render(request, "people/outside_failed.html", context, status=503 if away else 401)


def _is_away(error: Exception | None) -> bool:
    """Whether nobody answered, or only that something is broken there. What can't be trusted, a certificate too, is
    no absence.
    """
    import requests

    if isinstance(error, requests.HTTPError) and error.response is not None:
        return error.response.status_code >= 500
    unreached = isinstance(error, requests.ConnectionError | requests.Timeout)
    return unreached and not isinstance(error, requests.exceptions.SSLError)


def _connect(request: HttpRequest, service: OutsideService, subject: str) -> HttpResponse:
    viewer = viewer_of(request)
    if viewer.account_id is None:
        return redirect("account_login")
    try:
        connect_outside(viewer.account_id, service.key, subject, actor=viewer, at=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Connected. You can sign in with %(name)s now.") % {"name": service.name})
    return redirect("people:profile")


def _sign_in(
    request: HttpRequest,
    service: OutsideService,
    account: Account,
    claims: dict[str, Any],
    address: str | None,
) -> HttpResponse:
    if request.user.is_authenticated:
        logout(request)
    record_authentication(request, account, "socialaccount", provider=service.key)
    given = {"outside": service.key, "second_factor": service.vouches_for_second_factor(claims)}
    login = Login(user=account, email_verification="none", redirect_url=address, signal_kwargs=given)
    response: HttpResponse = perform_login(request, login)
    return response
