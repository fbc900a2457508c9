"""Every address of the product, walked by everybody: what each gets there, and that none was forgotten."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver

from tests.permissions.ground import VISITORS, Ground, make_accusation, make_ground
from tests.permissions.table import LINES, MACHINES, ONE_CLICK, PACKAGED, SIGN_IN, Line
from yuanba.demo.cast import Cast
from yuanba.matters.limiting import forget_limits


@pytest.fixture
def ground(cast: Cast) -> Ground:
    forget_limits()
    return make_ground(cast)


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Every address of the product as it is written in the patterns."""
    for pattern in resolver.url_patterns:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, here)
        else:
            yield here


def test_every_address_has_a_line_in_the_table() -> None:
    told = {line.route for line in LINES}
    known = {route for route in routes(get_resolver()) if not route.startswith((*PACKAGED, *MACHINES))}
    assert known - told == set(), "add a line to tests/permissions/table.py"
    assert {route for route in told if not route.startswith(PACKAGED)} - known == set()


def fill(route: str, known: dict[str, object]) -> str:
    """The address of a route with what is known put in."""
    values = {"status": 404} | known
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda part: str(values[part[1]]), route)


def send(client: Client, line: Line, known: dict[str, object]) -> int:
    """The outcome of one visit; forms are sent with the token that a page gave."""
    address = fill(line.route, known | {"move": line.data.get("move", "")})
    if line.method == "get":
        answer = client.get(address)
    else:
        client.get("/preferences/")
        token = client.cookies["csrftoken"].value
        answer = client.post(address, line.data | {"csrfmiddlewaretoken": token})
    if answer.status_code == 302 and "login" in urlsplit(answer["Location"]).path:
        return SIGN_IN
    return answer.status_code


@pytest.mark.parametrize(
    "line", LINES, ids=lambda line: f"{line.method} /{line.route} {line.data.get('move', '')}"
)
def test_everybody_gets_what_the_table_says(ground: Ground, line: Line) -> None:
    found = {}
    for name in VISITORS:
        with transaction.atomic():
            found[name] = send(ground.visitor(name), line, ground.known)
            transaction.set_rollback(True)
    wanted = {name: line.named.get(name, line.others) for name in VISITORS}
    wrong = {name: (got, wanted[name]) for name, got in found.items() if got != wanted[name]}
    assert not wrong, f"visitor: (got, wanted) {wrong}"


def test_nothing_can_be_written_without_the_token_of_a_form(ground: Ground) -> None:
    for line in LINES:
        if line.method == "post" and line.route not in ONE_CLICK:
            client = ground.visitor("street_officer")
            address = fill(line.route, ground.known | {"move": line.data.get("move", "")})
            assert client.post(address, line.data).status_code == 403, line.route


def test_what_a_signed_in_person_is_shown_stays_in_no_cache(ground: Ground) -> None:
    for name in ("street_leader", "operator"):
        client = ground.visitor(name)
        for line in (line for line in LINES if line.method == "get"):
            answer = client.get(fill(line.route, ground.known))
            if answer.status_code != 200:
                continue
            if "photos/" in line.route:  # kept by the browser, for this session's cookie only
                assert answer["Cache-Control"].startswith("private"), (name, line.route)
                assert "Cookie" in answer["Vary"], (name, line.route)
            else:
                assert "no-store" in answer.headers.get("Cache-Control", ""), (name, line.route)


def test_an_accused_office_never_learns_of_the_complaint(ground: Ground, cast: Cast) -> None:
    matter, _track_key = make_accusation(cast)
    for name in ("street_officer", "street_leader", "community_secretary"):
        client = ground.visitor(name)
        assert client.get(f"/matters/{matter.number}/").status_code == 404, name
        for page in ("/desk/", "/problems/", "/desk/?reach=territory", "/notices/", "/triage/"):
            assert matter.number not in client.get(page).content.decode(), (name, page)
    assert ground.visitor("centre_arbiter").get(f"/matters/{matter.number}/").status_code == 200
    board = Client().get(f"/board/{cast.places['yucheng'].pk}/").content.decode()
    assert matter.number not in board


def test_photos_and_proofs_of_another_matter_are_not_reached_through_ones_own(
    ground: Ground, cast: Cast
) -> None:
    other, track_key = make_accusation(cast)
    for kind in ("photos", "proof"):
        key = ground.known["photo_id" if kind == "photos" else "entry_id"]
        assert Client().get(f"/m/{track_key}/{kind}/{key}/").status_code == 404
        address = f"/matters/{other.number}/{kind}/{key}/"
        assert ground.visitor("centre_arbiter").get(address).status_code == 404


def test_a_wrong_secret_leads_nowhere(ground: Ground) -> None:
    assert Client().get(f"/m/{ground.track_key[:-1]}x/").status_code == 404


def test_the_back_office_is_closed_to_all_but_operators(ground: Ground) -> None:
    addresses = [route for route in routes(get_resolver()) if route.startswith("backoffice/")]
    plain = [f"/{route}" for route in addresses if "<" not in route and "(" not in route]
    for name in VISITORS:
        if name == "operator":
            continue
        client = ground.visitor(name)
        for address in plain:
            answer = client.get(address)
            opened = answer.status_code == 200 and "login" not in address
            assert not opened, (name, address)


def test_second_factors_are_only_for_those_who_are_signed_in(ground: Ground) -> None:
    for route in routes(get_resolver()):
        if route.startswith("accounts/2fa/") and "<" not in route and "login" not in route:
            answer = Client().get(f"/{route}")
            assert answer.status_code in {302, 405}, route
