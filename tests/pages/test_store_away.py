"""The store of files is away: every door says so plainly, and nothing that was typed is lost."""

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from yuanba.demo.cast import Cast
from yuanba.kernel.files.models import StoredFile
from yuanba.kernel.files.tests.conftest import storing_at
from yuanba.kernel.files.tests.made import photo
from yuanba.kernel.files.tests.standin import StandIn
from yuanba.matters.api.auth import forget_keys
from yuanba.matters.limiting import forget_limits
from yuanba.matters.models import Matter
from yuanba.matters.tests.api.conftest import make_key

TEXT = "三栋门口的路灯坏了一个星期，晚上看不见路。"
AWAY = "s3://k:s@photos?endpoint=http://127.0.0.1:1"


@pytest.fixture(autouse=True)
def _fresh() -> None:
    forget_limits()
    forget_keys()


@pytest.fixture
def away(tmp_path: Path) -> Iterator[None]:
    with storing_at(AWAY, tmp_path):
        yield


def upload() -> SimpleUploadedFile:
    return SimpleUploadedFile("p.jpg", photo(), "image/jpeg")


def test_a_resident_keeps_the_words_and_can_send_them_without_the_photo(cast: Cast, away: None) -> None:
    client = Client(headers={"Accept-Language": "en"})
    answer = client.post("/report/", {"text": TEXT, "photos": [upload()]})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    shown = answer.content.decode()
    assert TEXT in shown
    assert "send your words without one" in shown
    assert not Matter.objects.exists()
    assert not StoredFile.objects.exists()
    assert client.post("/report/", {"text": TEXT}).status_code == 302


def test_a_program_gets_a_problem_document(cast: Cast, away: None) -> None:
    headers = {"Authorization": f"Bearer {make_key('report')}"}
    answer = Client().post("/api/v1/files", {"file": upload()}, headers=headers)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content)["code"] == "away"


def test_a_foreign_client_gets_an_error_of_its_standard(cast: Cast, away: None) -> None:
    form = {
        "api_key": make_key("open311"),
        "service_code": "roads-lights",
        "address_string": "玉城家园3栋2单元",
        "description": TEXT,
        "media": upload(),
    }
    answer = Client().post("/open311/v2/requests.json", form)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert [error["code"] for error in answer.json()] == [503]
    assert not Matter.objects.exists()


def test_a_photo_shows_from_the_bucket_and_its_absence_is_said(
    cast: Cast, object_storage: StandIn, tmp_path: Path
) -> None:
    client = Client(headers={"Accept-Language": "en"})
    with storing_at(object_storage.address(object_storage.bucket()), tmp_path):
        sent = client.post("/report/", {"text": TEXT, "photos": [upload()]})
        page = sent["Location"].partition("?")[0]
        address = f"{page}photos/{Matter.objects.get().photos.get().pk}/"
        shown = client.get(address)
        content = BytesIO(b"".join(shown.streaming_content))
        assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
        assert shown["Content-Length"] == str(len(content.getvalue()))
        assert "Location" not in shown
    with storing_at(AWAY, tmp_path):
        assert client.get(page).status_code == 200
        lost = client.get(address)
    assert (lost.status_code, lost["Retry-After"]) == (503, "5")
    assert "can't be reached just now" in lost.content.decode().replace("&#x27;", "'")
