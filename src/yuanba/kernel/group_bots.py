"""Group bots of WeCom, DingTalk and Feishu: which addresses are taken, and what counts as delivered.

Written here and not taken from a library: what is at hand takes an HTTP 200 for delivered, while all three services
say in the answer's body whether they took a message (docs/decisions/0017-own-words-to-group-bots.md).
"""

import base64
import hmac
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any
from urllib.parse import quote_plus, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from yuanba.kernel.errors import Invalid

# What the strictest of them, WeCom, takes in one text, in bytes of UTF-8.
MOST_BYTES = 2048
# To connect, and between two bytes of the answer.
PATIENCE_S = (4.0, 6.0)
# Of 4 kB at most. Their answers are one line.
_ANSWER_PARTS = 4


class Service(StrEnum):
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"


UNREACHED = "unreached"
"""Code for nobody having answered at all: no network, no such host, too slow."""


class NotDelivered(Exception):
    """A message was not taken. Says which service and its code, never the address, which is a secret."""

    def __init__(self, service: Service, code: str) -> None:
        super().__init__(f"{service}: {code}")
        self.code = code


@dataclass(frozen=True, slots=True)
class _Protocol:
    """Where a service listens, the form of its addresses after the host, and how text is said to it."""

    origin: str
    form: re.Pattern[str]
    signed: Callable[[str, int], tuple[dict[str, str], dict[str, str]]]
    """A secret and the time in ms as what is added to the address and to the body."""
    said: Callable[[str], dict[str, Any]]


def _unsigned(_secret: str, _now_ms: int) -> tuple[dict[str, str], dict[str, str]]:
    return {}, {}


def _signed_for_dingtalk(secret: str, now_ms: int) -> tuple[dict[str, str], dict[str, str]]:
    """https://open.dingtalk.com/document/orgapp/customize-robot-security-settings"""
    return {"timestamp": str(now_ms), "sign": _sign(secret, f"{now_ms}\n{secret}")}, {}


def _signed_for_feishu(secret: str, now_ms: int) -> tuple[dict[str, str], dict[str, str]]:
    """https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot: the string to sign is the key, of nothing."""
    now_s = now_ms // 1000
    return {}, {"timestamp": str(now_s), "sign": _sign(f"{now_s}\n{secret}", "")}


def _sign(key: str, text: str) -> str:
    return base64.b64encode(hmac.digest(key.encode(), text.encode(), "sha256")).decode()


def _text(text: str) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": text}}


def _feishu_text(text: str) -> dict[str, Any]:
    return {"msg_type": "text", "content": {"text": text}}


_PROTOCOLS = {
    Service.WECOM: _Protocol(
        "https://qyapi.weixin.qq.com",
        re.compile(r"/cgi-bin/webhook/send\?key=([A-Za-z0-9_-]{8,128})"),
        _unsigned,
        _text,
    ),
    Service.DINGTALK: _Protocol(
        "https://oapi.dingtalk.com",
        re.compile(r"/robot/send\?access_token=([A-Za-z0-9_-]{8,128})"),
        _signed_for_dingtalk,
        _text,
    ),
    Service.FEISHU: _Protocol(
        "https://open.feishu.cn",
        re.compile(r"/open-apis/bot/v2/hook/([A-Za-z0-9_-]{8,128})"),
        _signed_for_feishu,
        _feishu_text,
    ),
}


@dataclass(frozen=True, slots=True)
class GroupAddress:
    """The address of a bot, taken apart and put together again by us."""

    service: Service
    origin: str
    rest: str
    key: str

    @property
    def url(self) -> str:
        return self.origin + self.rest

    @property
    def masked(self) -> str:
        """Whose it is, and enough of it to tell it from another."""
        return f"{self.origin.partition('://')[2]} … {self.key[-4:]}"


def read_address(text: str) -> GroupAddress:
    """The bot that `text`, as its service shows it for copying, is the address of.

    Only the three services' own hosts are taken, and those of `NOTICE_HOSTS`: an address that somebody types must
    lead nowhere else. Raises `Invalid` (field ``address``).
    """
    text = text.strip()
    if text.isascii() and text.isprintable():
        # Compared as written: a user name, a port or a dot more makes it another host.
        origin, rest = _parted(text)
        for known, service in _origins().items():
            found = _PROTOCOLS[service].form.fullmatch(rest) if origin == known else None
            if found is not None:
                return GroupAddress(service, known, rest, found[1])
    raise Invalid(
        _("Copy the whole address of a group bot of WeCom, DingTalk or Feishu, as it is shown there."),
        field="address",
    )


def _parted(text: str) -> tuple[str, str]:
    head, slashes, tail = text.partition("://")
    host, slash, rest = tail.partition("/")
    return f"{head}{slashes}{host}".lower(), slash + rest


def _origins() -> dict[str, Service]:
    own: Mapping[str, Service] = settings.NOTICE_HOSTS
    return {protocol.origin: service for service, protocol in _PROTOCOLS.items()} | dict(own)


def read_hosts(pairs: list[str]) -> dict[str, Service]:
    """Further hosts that speak one of the protocols, from pairs like ``feishu=https://feishu.example.gov.cn``.

    Raises ValueError for an unknown service, and for anything but https unless it is this machine.
    """
    found: dict[str, Service] = {}
    for pair in pairs:
        name, _equals, origin = pair.partition("=")
        origin = origin.strip().rstrip("/").lower()
        parts = urlsplit(origin)
        here = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost"}
        whole = origin == f"{parts.scheme}://{parts.netloc}" and parts.hostname and "@" not in origin
        if name.strip() not in set(Service) or not whole or not (here or parts.scheme == "https"):
            raise ValueError(
                f"NOTICE_HOSTS: write pairs like feishu=https://feishu.example.gov.cn, not {pair[:60]}"
            )
        found[origin] = Service(name.strip())
    return found


def send(address: GroupAddress, secret: str, text: str) -> None:
    """Say `text` in the group. Raises `NotDelivered` unless the service says that it has taken it."""
    import requests  # 3 MB that only the worker needs

    protocol = _PROTOCOLS[address.service]
    asked, added = protocol.signed(secret, int(time.time() * 1000)) if secret else ({}, {})
    url = address.url + "".join(f"&{name}={quote_plus(value)}" for name, value in asked.items())
    body = json.dumps(added | protocol.said(text), ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "yuanba"}
    try:
        with requests.post(
            url, data=body, headers=headers, timeout=PATIENCE_S, allow_redirects=False, stream=True
        ) as answer:
            status, said = answer.status_code, b"".join(islice(answer.iter_content(4096), _ANSWER_PARTS))
    except (requests.ConnectionError, requests.Timeout):
        raise NotDelivered(address.service, UNREACHED) from None
    except requests.RequestException as error:
        # What the library says holds the address; its kind says enough.
        raise NotDelivered(address.service, type(error).__name__) from None
    code = _code(said) if status == 200 else f"HTTP {status}"
    if code != "0":
        raise NotDelivered(address.service, code)


def _code(said: bytes) -> str:
    """``errcode`` of WeCom and DingTalk, ``code`` of Feishu (``StatusCode`` of its elder answers)."""
    try:
        answer = json.loads(said)
    except ValueError:
        return "no JSON"
    for name in ("errcode", "code", "StatusCode"):
        if isinstance(answer, dict) and isinstance(answer.get(name), int):
            return str(answer[name])
    return "no code"
