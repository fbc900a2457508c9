"""Callers of the API: programs with keys of several scopes, and the shortest way to send them."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from yuanba.demo.cast import Cast
from yuanba.kernel.authority import system
from yuanba.matters.api.auth import forget_keys
from yuanba.matters.limiting import forget_limits
from yuanba.people.actions import create_api_key
from yuanba.people.models import Organization

OPENED = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
ALL = ("report", "read", "dispatch", "handle", "close")
TEXT = "三栋门口的路灯坏了一个星期，晚上看不见路。"


@dataclass
class Program:
    """A program that calls the API with a key; `headers` go with every request."""

    key: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    client: Client = field(default_factory=Client)

    def get(self, path: str, query: Any = None, **headers: str) -> Any:
        return self.client.get(f"/api/v1{path}", query, headers=self._all(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = headers.pop("content_type", "application/json")
        return self.client.post(f"/api/v1{path}", data, content_type=kind, headers=self._all(headers))

    def _all(self, headers: dict[str, str]) -> dict[str, str]:
        own = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        return own | self.headers | {name.replace("_", "-"): value for name, value in headers.items()}


def make_key(*scopes: str, organization: Organization | None = None) -> str:
    _row, raw = create_api_key(
        label="test",
        scopes=scopes,
        organization=organization,
        actor=system("test"),
        at=timezone.now(),
    )
    return raw


@pytest.fixture
def program(cast: Cast) -> Program:
    """A program that may do everything a key can."""
    forget_limits()
    forget_keys()
    return Program(make_key(*ALL))


@pytest.fixture
def report(cast: Cast) -> dict[str, Any]:
    return {"text": TEXT, "place": {"id": cast.places["unit_2"].pk}}
