"""The addresses for programs: what opens without a key, and what each scope of a key opens."""

import json
import re

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from tests.permissions.ground import CALLERS, MAKER, Ground, make_accusation, make_ground
from tests.permissions.test_every_address import routes
from yuanba.demo.cast import Cast
from yuanba.matters.api.auth import forget_keys
from yuanba.matters.limiting import forget_limits
from yuanba.people.actions import create_api_key
from yuanba.people.scopes import SCOPES

# What anybody may read without saying who they are.
OPEN = {"api/v1/openapi.json", "api/v1/journal/roots", "api/v1/"}
# Who is let in to read, and to make a move that asks for nothing but a press; the rest is refused.
READS = {
    "": {"read", "dispatch", "handle", "close"},
    "/{number}": {"resident", "read", "dispatch", "handle", "close"},
    "/{number}/timeline": {"resident", "read", "dispatch", "handle", "close"},
}
PRESSES = {
    "claim": {"handle"},
    "start": {"handle"},
    # Who decides about pauses may end one.
    "resume": {"handle", "dispatch"},
    # A watch is personal: it takes a post, and a key holds none.
    "supervise": set(),
    "release": set(),
    "close": {"close"},
    "withdraw": {"resident"},
    # Words on a matter may go to the resident as the office's: reading alone is no ground for them.
    "comment": {"dispatch", "handle"},
}
BODIES = {"comment": {"text": "请等一等。", "to_resident": True}}
# What a key of the called organization is let in to do, by its scope.
CALLED = {
    "read": {"dispatch", "read", "handle", "close"},
    "check_in": {"handle"},
    "report": {"handle"},
}
REFUSED = {401, 403, 404}


@pytest.fixture
def ground(cast: Cast) -> Ground:
    forget_limits()
    forget_keys()
    return make_ground(cast)


def machine_routes(prefix: str) -> list[str]:
    return [route for route in routes(get_resolver()) if route.startswith(prefix)]


def test_no_address_of_the_api_opens_without_a_key(ground: Ground) -> None:
    client = Client()
    for route in machine_routes("api/v1/"):
        if route in OPEN or route.endswith("^.*$"):
            continue
        address = "/" + re.sub(r"<(\w+)>", lambda part: str(ground.known[part[1]]), route)
        for answer in (client.get(address), client.post(address, "{}", content_type="application/json")):
            assert answer.status_code in {401, 405}, (address, answer.status_code)
            assert ground.matter.number not in answer.content.decode(), address


@pytest.mark.parametrize("path", READS)
def test_reading_matters_takes_a_scope_that_reads(ground: Ground, path: str) -> None:
    address = "/api/v1/matters" + path.format(**ground.known)
    for name in CALLERS:
        answer = Client().get(address, headers=ground.headers[name])
        assert (answer.status_code == 200) == (name in READS[path]), (name, answer.status_code)
        if name not in READS[path]:
            assert answer.status_code in REFUSED, (name, answer.status_code)


@pytest.mark.parametrize("move", PRESSES)
def test_a_move_takes_the_scope_that_includes_it(ground: Ground, move: str) -> None:
    address = f"/api/v1/matters/{ground.matter.number}/moves/{move}"
    for name in CALLERS:
        answer = Client().post(
            address,
            json.dumps(BODIES.get(move, {})),
            content_type="application/json",
            headers=ground.headers[name],
        )
        assert (answer.status_code not in REFUSED) == (name in PRESSES[move]), (name, answer.status_code)


@pytest.mark.parametrize("step", CALLED)
def test_a_called_organizations_key_does_what_its_scope_says(ground: Ground, cast: Cast, step: str) -> None:
    """It was called, so it is a party: that alone opens nothing to a key."""
    address = f"/api/v1/matters/{ground.matter.number}"
    for name in SCOPES:
        _row, raw = create_api_key(
            label=name, scopes=(name,), organization=cast.offices["police"], actor=MAKER, at=timezone.now()
        )
        headers = {"Authorization": f"Bearer {raw}"}
        if step == "read":
            answer = Client().get(address, headers=headers)
        else:
            body = json.dumps({"report": "到场处理了。"} if step == "report" else {})
            path = f"{address}/parties/{ground.known['party_id']}/{step}"
            answer = Client().post(path, body, content_type="application/json", headers=headers)
        assert (answer.status_code not in REFUSED) == (name in CALLED[step]), (name, answer.status_code)


def test_a_key_of_the_whole_district_is_no_called_organization(ground: Ground) -> None:
    address = f"/api/v1/matters/{ground.matter.number}/parties/{ground.known['party_id']}/check_in"
    for name in CALLERS:
        answer = Client().post(address, "{}", content_type="application/json", headers=ground.headers[name])
        assert answer.status_code in REFUSED, (name, answer.status_code)


def test_a_residents_link_opens_no_other_matter(ground: Ground, cast: Cast) -> None:
    other, _key = make_accusation(cast)
    for path in ("", "/timeline"):
        address = f"/api/v1/matters/{other.number}{path}"
        assert Client().get(address, headers=ground.headers["resident"]).status_code == 404


def test_no_key_learns_who_asked(ground: Ground) -> None:
    for name in CALLERS:
        answer = Client().get(f"/api/v1/matters/{ground.matter.number}", headers=ground.headers[name])
        assert "13800005678" not in answer.content.decode(), name
        if name != "resident":
            assert "居*" not in answer.content.decode(), name


def test_open311_shows_nobody_who_asked_and_writes_only_with_a_key(ground: Ground, cast: Cast) -> None:
    accusation, _key = make_accusation(cast)
    client = Client()
    listed = client.get("/open311/v2/requests.json")
    assert listed.status_code == 200
    body = listed.content.decode()
    assert accusation.number not in body
    assert "13800005678" not in body
    for form in ("json", "xml"):
        assert client.post(f"/open311/v2/requests.{form}", {"service_code": "roads-lights"}).status_code in {
            400,
            401,
            403,
        }
        assert client.get(f"/open311/v2/requests/{accusation.number}.{form}").status_code == 404
