"""Outside services that people may sign in with, as the operator lists them in the environment."""

import re
from dataclasses import dataclass
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

OPENID: Final = "openid_connect"
_SUITES = {"weixin": "微信 WeChat", "dingtalk": "钉钉 DingTalk", "feishu": "飞书 Feishu"}
_Filled = Annotated[str, Field(min_length=1, max_length=500)]


class _SecondFactor(BaseModel):
    """Which claims of a token say that a second factor was asked for there."""

    model_config = ConfigDict(extra="forbid")

    amr: frozenset[str] = frozenset()
    acr: frozenset[str] = frozenset()


class _Written(BaseModel):
    """One service as it is written in SIGN_IN_WITH."""

    model_config = ConfigDict(extra="forbid")

    service: Literal["openid_connect", "weixin", "dingtalk", "feishu"] = OPENID
    id: str = ""
    name: str = ""
    url: str = ""
    client_id: _Filled
    secret: _Filled
    second_factor: _SecondFactor = _SecondFactor()


@dataclass(frozen=True, slots=True)
class OutsideService:
    """A service that vouches for people. `key` names it in addresses and beside the accounts connected with it;
    `issuer` is empty for the office suites. A token whose ``amr`` holds one of `amr`, or whose ``acr`` is one of
    `acr`, counts as a second factor; with both empty none does.
    """

    key: str
    kind: str
    name: str
    client_id: str
    secret: str
    issuer: str = ""
    amr: frozenset[str] = frozenset()
    acr: frozenset[str] = frozenset()

    def vouches_for_second_factor(self, claims: dict[str, object]) -> bool:
        """Whether the service says, in a token of these claims, that a second factor was asked for."""
        methods = claims.get("amr")
        given = set(map(str, methods)) if isinstance(methods, list) else set()
        return bool(self.amr & given) or (bool(self.acr) and claims.get("acr") in self.acr)


def read_services(text: str) -> tuple[OutsideService, ...]:
    """The services listed in a JSON text; none for an empty one. Raises ValueError, which never holds a secret."""
    if not text.strip():
        return ()
    try:
        written = TypeAdapter(list[_Written]).validate_json(text)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
        raise ValueError(
            f"SIGN_IN_WITH: write a JSON list as docs/operations.md shows it (look at {where or 'its form'})"
        ) from None
    found = tuple(_service(each) for each in written)
    if len({each.key for each in found}) != len(found):
        raise ValueError("SIGN_IN_WITH: give each service an id of its own")
    return found


def _service(written: _Written) -> OutsideService:
    if written.service != OPENID:
        name = written.name or _SUITES[written.service]
        return OutsideService(written.service, written.service, name, written.client_id, written.secret)
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,39}", written.id) or written.id in _SUITES:
        raise ValueError("SIGN_IN_WITH: an OpenID Connect service has an id of small letters, digits and -")
    url = urlsplit(written.url)
    here = url.scheme == "http" and url.hostname in {"127.0.0.1", "localhost"}
    if not url.hostname or not (here or url.scheme == "https") or url.query or url.fragment:
        raise ValueError(f"SIGN_IN_WITH: the url of {written.id} is its issuer, and begins with https://")
    return OutsideService(
        key=written.id,
        kind=OPENID,
        name=written.name or written.id,
        client_id=written.client_id,
        secret=written.secret,
        issuer=written.url,
        amr=written.second_factor.amr,
        acr=written.second_factor.acr,
    )
