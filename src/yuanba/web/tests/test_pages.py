import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation

from yuanba.web import pages

pytestmark = pytest.mark.urls("yuanba.web.tests.trial")


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
@pytest.mark.parametrize("address", ["/style/", "/style/desk/", "/preferences/"])
def test_pages_are_drawn_without_a_database(client: Client, address: str, language: str) -> None:
    client.cookies["django_language"] = language
    assert client.get(address).status_code == 200


def test_the_style_page_refuses_to_be_written_to(client: Client) -> None:
    assert client.post("/style/").status_code == 405


@pytest.mark.parametrize("status", pages.ERROR_PAGES)
def test_an_error_page_says_what_to_do_even_without_a_request(status: int) -> None:
    with translation.override("en"):
        html = render_to_string(f"{status}.html")
    assert f"> {status} <" in " ".join(html.split())
    assert "Go to the start page" in html
    assert "<form" not in html


def test_a_conflict_can_say_more() -> None:
    request = RequestFactory().get("/")
    answer = pages.problem(request, 409, "Allowed now: answer, hand back.")
    assert answer.status_code == 409
    assert "Allowed now: answer, hand back." in answer.content.decode()


def test_an_unknown_error_has_no_page(client: Client) -> None:
    assert client.get("/style/error/418/").status_code == 404


def test_an_address_of_nothing_gets_the_page_for_it(client: Client) -> None:
    client.cookies["django_language"] = "en"
    answer = client.get("/nothing/here/")
    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.content.decode()


def test_a_resident_page_loads_nothing_of_the_desk(client: Client) -> None:
    page = client.get("/style/").content.decode()
    assert "dist/app.css" in page
    assert "dist/desk" not in page
    assert "dist/desk.js" in client.get("/style/desk/").content.decode()
