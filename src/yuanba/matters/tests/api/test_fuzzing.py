"""Whatever the description allows, and much that it does not, is answered: never by a fault of ours."""

import json
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings

from yuanba.demo.cast import Cast
from yuanba.matters.tests.api.conftest import Program
from yuanba.matters.tests.api.lives import begin

EXAMPLES = 6
DOCUMENTS = ("application/json", "application/problem+json")
quick = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def _send(program: Program, number: str, case: Any) -> Any:
    """The case over HTTP; the matter's number is a real one, so that what lies behind it is reached."""
    path = case.path
    for name, value in {**(case.path_parameters or {}), "number": number}.items():
        path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
    query = {name: value for name, value in (case.query or {}).items() if value is not None}
    body = b"" if not isinstance(case.body, dict | list | str | int | float | bool) else _json(case.body)
    return program.client.generic(
        case.method,
        path,
        body,
        content_type="application/json",
        query_params=query,
        headers={"Authorization": f"Bearer {program.key}"},
    )


def _json(body: Any) -> bytes:
    return json.dumps(body, default=str).encode()


def _operations() -> list[Any]:
    described = Client().get("/api/v1/openapi.json").json()
    found: list[Any] = list(schemathesis.openapi.from_dict(described).get_all_operations())
    return [operation.ok() for operation in found]


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
def test_no_request_makes_the_server_fail(program: Program, cast: Cast, mode: Any) -> None:
    number = begin(program, cast).claimed().number
    for operation in _operations():

        @quick
        @given(case=operation.as_strategy(generation_mode=mode))
        def check(case: Any) -> None:
            response = _send(program, number, case)
            assert response.status_code < 500
            described = case.operation.definition.raw["responses"]
            assert str(response.status_code) in described, (case.operation.label, response.content)
            if response.content:
                assert response["Content-Type"] in DOCUMENTS, response.content

        check()
