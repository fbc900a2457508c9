"""How people come in: no open sign-up, one-time initial passwords, a second factor, passkeys.

Password rules follow the profile ``mlps3`` of docs/security.md: at least ten characters, none of the
commonest passwords, nothing like the user name, a lock after five failures (GB/T 22239-2019 section
8.1.4.1), no forced change by calendar (ASVS 5.0 6.2.10); a second factor takes the place of composition
rules (6.2.5).
"""
# ruff: noqa: ARG002 - the signatures are those of the packages we override

import time
from contextlib import suppress
from io import BytesIO
from typing import Any, ClassVar

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yuanba.kernel.addresses import address_of
from yuanba.kernel.errors import TooMany
from yuanba.kernel.ratelimit import Rate, is_used_up, take
from yuanba.people.actions.accounts import own_password_set, second_factor_added
from yuanba.people.middleware import BEGAN, OUTSIDE, SEEN, VOUCHED
from yuanba.people.models import Account
from yuanba.people.queries.viewers import viewer_for, works_on_matters
from yuanba.people.second_factor import needs_second_factor, opened, sealed

# Failures for one user name from wherever they come: few enough that many addresses can't guess a password
# together, many enough that a stranger has to work at keeping somebody out.
BY_NAME = Rate("sign_in", 30, 3600)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's door, with our rules: accounts are made by those who manage people, never by strangers."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": _("Too many failed attempts. Wait a few minutes and try again."),
        "too_many_for_name": _("Too many failed attempts for this user name. Try again in an hour."),
        "username_password_mismatch": _("User name and password do not match."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        super().pre_authenticate(request, **credentials)
        if is_used_up(BY_NAME, tried_name(request, credentials)):
            raise self.validation_error("too_many_for_name")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        with suppress(TooMany):
            take(BY_NAME, tried_name(request, credentials), "")

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Who works on matters goes to their desk, operators to the back office, other holders of a post to what
        they hold, everyone else to the front page.
        """
        account = request.user
        if not isinstance(account, Account):
            return resolve_url(settings.LOGIN_REDIRECT_URL)
        viewer = viewer_for(account)
        if works_on_matters(viewer):
            return resolve_url(getattr(settings, "DESK_URL", "/desk/"))
        if account.is_staff:
            return resolve_url("admin:index")
        return resolve_url("people:profile" if viewer.holdings else settings.LOGIN_REDIRECT_URL)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return resolve_url("people:profile")

    def pre_login(self, request: HttpRequest, user: Account, **kwargs: Any) -> Any:
        """An initial password that was not used in time opens nothing (ASVS 5.0 6.4.1). Whom an outside service
        vouches for used none.
        """
        used_password = not (kwargs.get("signal_kwargs") or {}).get("outside")
        if used_password and user.initial_until is not None and user.initial_until < timezone.now():
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def post_login(self, request: HttpRequest, user: Account, **kwargs: Any) -> Any:
        """The session knows how it was opened: it decides which steps are still asked for."""
        given = kwargs.get("signal_kwargs") or {}
        request.session[OUTSIDE] = user.pk if given.get("outside") else None
        request.session[VOUCHED] = user.pk if given.get("second_factor") else None
        return super().post_login(request, user, **kwargs)

    def get_login_stages(self) -> list[str]:
        own = {"allauth.mfa.stages.AuthenticateStage": "yuanba.people.outside.stages.SecondFactorStage"}
        return [own.get(stage, stage) for stage in super().get_login_stages()]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not again within minutes of signing in: enrolling a second factor follows straight upon the
        password.
        """
        records = get_authentication_records(self.request, self.request.user)
        fresh = any(time.time() - record["at"] < app_settings.REAUTHENTICATION_TIMEOUT for record in records)
        return not fresh and bool(super().is_reauthentication_required(app=app, **kwargs))

    def set_password(self, user: Account, password: str) -> None:
        own_password_set(user, password)


def tried_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The user name that somebody tries to sign in with, whoever asks and however its letters are written."""
    given = credentials or {}
    name = given.get("username") or given.get("login") or request.POST.get("login", "")
    return str(name).strip().casefold()


@receiver(authenticator_added)
def end_other_sessions(request: HttpRequest, user: Account, **_signal: Any) -> None:
    """Sessions opened by the password alone end once there is a second factor; the one that enrolled it goes
    on.
    """
    update_session_auth_hash(request, second_factor_added(user.pk, at=timezone.now()))


@receiver(user_logged_in)
def begin_session(request: HttpRequest, **_signal: Any) -> None:
    """From here its time runs, the whole and that without a request (`IdleMiddleware`)."""
    request.session[BEGAN] = request.session[SEEN] = int(timezone.now().timestamp())


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors with their secrets encrypted at rest; the last one can't be dropped where one is
    required.
    """

    def encrypt(self, text: str) -> str:
        return sealed(text)

    def decrypt(self, encrypted_text: str) -> str:
        return opened(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        account = authenticator.user
        if not needs_second_factor(account, viewer_for(account)):
            return True
        others = Authenticator.objects.filter(user=account).exclude(pk=authenticator.pk)
        return bool(others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())

    def build_totp_svg(self, url: str) -> str:
        picture = BytesIO()
        import segno  # 3 MB that only pages with codes need

        segno.make(url, error="m").save(picture, kind="svg", xmldecl=False, scale=5, border=4, light="#fff")
        return picture.getvalue().decode()
