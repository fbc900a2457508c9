from typing import Any

import pytest
from django.test import Client

from yuanba.demo.cast import BUILDER, Cast
from yuanba.matters.api.auth import KEEP_S, forget_keys
from yuanba.matters.limiting import forget_limits
from yuanba.matters.models import Matter
from yuanba.matters.tests.api.conftest import OPENED, Program, make_key
from yuanba.people.actions import revoke_api_key
from yuanba.people.models import ApiKey
from yuanba.playbooks.actions import publish_playbook
from yuanba.playbooks.shipped import shipped_source

Report = dict[str, Any]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer yb_aaaaaaaa_wrong"},
        {"Authorization": "Basic eWI6eWI="},
        {"X-API-Key": "nonsense"},
        {"X-Track-Key": "nonsense"},
        {"Cookie": "sessionid=nonsense"},
    ],
)
def test_without_a_key_in_force_nothing_opens(cast: Cast, report: Report, headers: dict[str, str]) -> None:
    nobody = Program(headers=headers)
    for response in (nobody.get("/matters"), nobody.post("/matters", report)):
        assert response.status_code == 401
        assert response["WWW-Authenticate"].startswith("Bearer")
        assert response.json()["code"] == "unauthenticated"


def test_both_ways_of_sending_a_key_open(program: Program) -> None:
    assert Program(headers={"X-API-Key": program.key}).get("/matters").status_code == 200
    assert program.get("/matters").status_code == 200


def test_a_revoked_key_opens_nothing_once_it_is_looked_up_again(program: Program, cast: Cast) -> None:
    key = ApiKey.objects.get(prefix=program.key[3:11])
    assert program.get("/matters").status_code == 200
    revoke_api_key(key.pk, actor=BUILDER, at=OPENED)
    forget_keys()
    assert program.get("/matters").status_code == 401


def test_what_a_key_opens_is_remembered_for_seconds_only() -> None:
    assert KEEP_S <= 5


def test_a_key_without_the_scope_may_not_report(cast: Cast, report: Report) -> None:
    response = Program(make_key("read")).post("/matters", report)
    assert (response.status_code, response.json()["code"]) == (403, "denied")


@pytest.mark.parametrize(
    "body", [b"{", b'{"text": "\xff"}', b'{"text": "\\ud800"}', b'{"text": NaN}', b"nonsense"]
)
def test_a_broken_body_is_400(program: Program, body: bytes) -> None:
    response = program.post("/matters", body)
    assert (response.status_code, response.json()["code"]) == (400, "bad_body")


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"null", b"17", b""])
def test_a_body_that_is_no_object_is_422(program: Program, body: bytes) -> None:
    assert program.post("/matters", body).status_code == 422


def test_another_media_type_is_415(program: Program) -> None:
    response = program.post("/matters", b"text=hello", content_type="application/x-www-form-urlencoded")
    assert (response.status_code, response.json()["code"]) == (415, "media_type")


def test_too_large_a_body_is_413(program: Program, report: Report) -> None:
    response = program.post("/matters", report | {"title": "x" * 1_100_000})
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


def test_an_unknown_address_is_a_problem_document_too(program: Program) -> None:
    response = program.get("/nowhere")
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
    assert program.get("/matters/x/y/z").status_code == 404


def test_another_method_is_405(program: Program) -> None:
    response = program.client.delete("/api/v1/matters", headers={"Authorization": f"Bearer {program.key}"})
    assert response.status_code == 405
    assert set(response["Allow"].split(", ")) >= {"GET", "POST"}
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == 405


@pytest.mark.parametrize(
    ("change", "told", "untold"),
    [
        ({"channel": "xx"}, "'hotline'", "Channel"),
        ({"place": {"id": 10**20}}, "太大", "parse"),
        ({"received_at": "0001-01-01T00:00:00+08:00"}, "1990", "the time"),
    ],
)
def test_what_is_wrong_is_said_in_the_callers_language(
    program: Program, report: Report, change: dict[str, object], told: str, untold: str
) -> None:
    response = program.post("/matters", report | change, Accept_Language="zh-hans")
    assert response.status_code == 422
    [error] = response.json()["errors"]
    assert told in error["message"]
    assert untold not in error["message"]


def test_too_many_reports_of_one_key_are_asked_to_wait(cast: Cast, report: Report) -> None:
    source = shipped_source("wanzhou").replace(
        "{source_kind: api, count: 6000, per: minute", "{source_kind: api, count: 2, per: hour"
    )
    publish_playbook(source, actor=BUILDER, at=OPENED)
    forget_limits()
    program, other = Program(make_key("report")), Program(make_key("report"))
    assert [program.post("/matters", report).status_code for _try in range(3)] == [201, 201, 429]
    refused = program.post("/matters", report)
    assert 0 < int(refused["Retry-After"]) <= 3600
    assert refused.json()["retry_after_s"] == int(refused["Retry-After"])
    assert refused.json()["detail"]
    assert other.post("/matters", report).status_code == 201
    assert Matter.objects.filter(text=report["text"]).count() == 3
    forget_limits()


def test_refusals_speak_the_callers_language(program: Program) -> None:
    english = program.post("/matters", {}, Accept_Language="en").json()["errors"][0]["message"]
    assert english == "This field is needed."


def test_the_description_is_public_and_names_every_body(cast: Cast) -> None:
    response = Client().get("/api/v1/openapi.json")
    described = response.json()
    assert described["openapi"].startswith("3.")
    answer = described["paths"]["/api/v1/matters/{number}/moves/answer"]["post"]
    body = answer["requestBody"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
    assert set(described["components"]["schemas"][body]["required"]) == {"text", "done_by", "done_on"}
    assert described["components"]["schemas"][body]["additionalProperties"] is False
