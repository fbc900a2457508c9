"""allauth's providers, keeping nothing of what services tell of people but who they are to the service."""
# ruff: noqa: ARG002 - the signatures are those of the package we override

import secrets
from typing import Any

from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.dingtalk.provider import DingTalkProvider
from allauth.socialaccount.providers.dingtalk.views import DingTalkOAuth2Adapter
from allauth.socialaccount.providers.feishu.provider import FeishuProvider
from allauth.socialaccount.providers.feishu.views import FeishuOAuth2Adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.socialaccount.providers.weixin.provider import WeixinProvider
from allauth.socialaccount.providers.weixin.views import WeixinOAuth2Adapter
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from yuanba.kernel.outside import OPENID, OutsideService


class KeepsNothing:
    """Names, pictures and addresses that a service sends along are dropped; `claims` live as long as the request."""

    claims: dict[str, Any] = {}  # noqa: RUF012 - never changed in place

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        return []


class OpenIDAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """As allauth's, stricter: the issuer is the one that the operator wrote down, and signatures are always checked."""

    @property
    def openid_config(self) -> dict[str, Any]:
        config: dict[str, Any] = super().openid_config
        wanted = self.get_provider().app.settings["server_url"]
        if str(config.get("issuer", "")).rstrip("/") != wanted.rstrip("/"):
            raise OAuth2Error("the service names another issuer")
        return config

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        claims: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        return claims

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> Any:
        if not kwargs["response"].get("id_token"):
            raise OAuth2Error("no id_token")
        return super().complete_login(request, app, token, **kwargs)

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return str(request.build_absolute_uri(reverse("account_outside_back", args=[self.provider_id])))


class OpenID(KeepsNothing, OpenIDConnectProvider):  # type: ignore[misc]
    """Asks for no more than who it is, with a nonce that binds the token to this browser's try."""

    oauth2_adapter_class = OpenIDAdapter

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        nonce = secrets.token_urlsafe(24)
        asked = {**self.get_auth_params(), "nonce": nonce}
        response: HttpResponse = super().redirect(
            request, process, next_url, data, auth_params=asked, nonce=nonce
        )
        return response

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        self.claims = data["id_token"]
        return {}


class Weixin(KeepsNothing, WeixinProvider):  # type: ignore[misc]
    pass


class DingTalk(KeepsNothing, DingTalkProvider):  # type: ignore[misc]
    pass


class Feishu(KeepsNothing, FeishuProvider):  # type: ignore[misc]
    pass


_KINDS: dict[str, tuple[type[OAuth2Provider], type[OAuth2Adapter]]] = {
    OPENID: (OpenID, OpenIDAdapter),
    "weixin": (Weixin, WeixinOAuth2Adapter),
    "dingtalk": (DingTalk, DingTalkOAuth2Adapter),
    "feishu": (Feishu, FeishuOAuth2Adapter),
}


def provider_of(service: OutsideService, request: HttpRequest) -> OAuth2Provider:
    """What speaks with `service` for this request."""
    app = SocialApp(
        provider=service.kind, name=service.name, client_id=service.client_id, secret=service.secret
    )
    if service.kind == OPENID:
        app.provider_id = service.key
        app.settings = {
            "server_url": service.issuer,
            "oauth_pkce_enabled": True,
            # The token says who it is; nothing else is fetched.
            "fetch_userinfo": False,
            "scope": ["openid"],
        }
    return _KINDS[service.kind][0](request, app=app)


def adapter_of(service: OutsideService, request: HttpRequest) -> OAuth2Adapter:
    """What takes the answer of `service` in."""
    kind = _KINDS[service.kind][1]
    return kind(request, service.key) if issubclass(kind, OpenIDAdapter) else kind(request)
