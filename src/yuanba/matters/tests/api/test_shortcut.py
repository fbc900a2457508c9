from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client

from yuanba.demo.cast import Cast
from yuanba.matters.tests.api.conftest import Program


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths for which a session was looked at."""
    seen: list[str] = []
    own = WSGIRequest.COOKIES

    def looked(request: WSGIRequest) -> Any:
        seen.append(request.path)
        return own.__get__(request)

    monkeypatch.setattr(WSGIRequest, "COOKIES", property(looked))
    return seen


def test_programs_pass_by_what_only_browsers_need(program: Program, steps: list[str]) -> None:
    response = program.get("/matters")
    assert response.status_code == 200
    assert steps in ([], ["/api/v1/matters"])
    assert not response.cookies
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Length"] == str(len(response.content))


def test_who_comes_without_a_key_goes_the_whole_way(cast: Cast) -> None:
    person = Client()
    person.force_login(cast.seats["street_officer"].account)
    assert person.get("/api/v1/matters").status_code == 200


def test_another_host_is_refused(program: Program) -> None:
    response = program.client.get(
        "/api/v1/matters", headers={"Authorization": f"Bearer {program.key}", "Host": "evil.example"}
    )
    assert response.status_code == 400
