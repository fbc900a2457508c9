"""A foreign client: sends forms, reads XML or JSON, and knows nothing of us but the standard."""

from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from yuanba.demo.cast import Cast
from yuanba.matters import actions
from yuanba.matters.actions import Sorting
from yuanba.matters.limiting import forget_limits
from yuanba.matters.tests.api.conftest import make_key

LAMP = "玉城家园大门口的路灯不亮，我的电话13800005678。"


@dataclass
class Foreign:
    """A client of GeoReport v2 with its key."""

    key: str
    cast: Cast
    client: Client = field(default_factory=Client)

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/open311/v2/{path}", query)

    def post(self, path: str, **form: Any) -> Any:
        names = {name.replace("attribute_", "attribute["): value for name, value in form.items()}
        sent = {f"{name}]" if name.startswith("attribute[") else name: value for name, value in names.items()}
        return self.client.post(f"/open311/v2/{path}", {"api_key": self.key} | sent)

    def report(self, **form: Any) -> str:
        """Send a request and return its number."""
        sent = {
            "service_code": "roads-lights",
            "address_string": "玉城家园3栋2单元",
            "description": LAMP,
        } | form
        response = self.post("requests.json", **sent)
        assert response.status_code == 200, response.content.decode()
        number: str = response.json()[0]["service_request_id"]
        return number

    def sorted_report(self, **form: Any) -> str:
        """Send a request that a clerk sorts as its sender filed it: now everybody may read it."""
        number = self.report(**form)
        key = int(number.split("-")[1])
        actions.triage_matter(key, Sorting(), actor=self.cast.viewer("centre_clerk"))
        return number


def xml(response: Any) -> ElementTree.Element:
    """The document, after a look at what the standard says of every XML answer."""
    assert response["Content-Type"] == "text/xml; charset=utf-8"
    assert response.content.lower().startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    return ElementTree.fromstring(response.content)  # noqa: S314 - our own answer


@pytest.fixture
def foreign(cast: Cast) -> Foreign:
    forget_limits()
    return Foreign(make_key("open311"), cast)
