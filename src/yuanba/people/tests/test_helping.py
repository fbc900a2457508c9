"""Whoever works here is led to the help for their own post, however the district calls it."""

import pytest
from django.test import Client

from yuanba.demo.cast import Cast
from yuanba.people.helping import role_of

SIGN_IN = "allauth.account.auth_backends.AuthenticationBackend"
ROLES = {
    "building_head": "building-head",
    "community_secretary": "community",
    "street_officer": "street",
    "street_leader": "street",
    "urban_handler": "department",
    "district_leader": "leader",
    "centre_clerk": "centre",
    "centre_arbiter": "centre",
    "operator": "operator",
}


@pytest.mark.parametrize(("seat", "page"), ROLES.items())
def test_every_seat_has_its_page(cast: Cast, seat: str, page: str) -> None:
    assert role_of(cast.viewer(seat)) == page


@pytest.mark.parametrize("seat", ["community_secretary", "district_leader"])
@pytest.mark.parametrize("address", ["/desk/", "/problems/", "/people/me/"])
def test_office_pages_lead_to_it(cast: Cast, seat: str, address: str) -> None:
    client = Client()
    client.force_login(cast.seats[seat].account, backend=SIGN_IN)
    assert f'href="/help/{ROLES[seat]}/"' in client.get(address).content.decode()


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize(
    ("address", "page"),
    [("/", "/help/report/"), ("/journal/", "/help/journal/"), ("/accounts/login/", "/help/")],
)
def test_residents_are_led_to_what_fits_the_page(address: str, page: str) -> None:
    assert f'href="{page}"' in Client().get(address).content.decode()


def test_search_finds_help(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.seats["street_officer"].account, backend=SIGN_IN)
    found = client.get("/search/", {"q": "吹哨"}, headers={"Accept-Language": "zh-hans"}).content.decode()
    assert 'href="/help/street/"' in found
