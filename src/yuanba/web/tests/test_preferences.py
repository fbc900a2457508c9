import re

import pytest
from django.test import Client, RequestFactory

from yuanba.web import preferences
from yuanba.web.preferences import Preferences

pytestmark = pytest.mark.urls("yuanba.web.tests.trial")


def test_a_switch_is_remembered_and_leads_back(client: Client) -> None:
    answer = client.post("/preferences/", {"mode": "elder", "next": "/style/?x=1"})
    assert answer.status_code == 302
    assert answer["Location"] == "/style/?x=1"
    assert client.cookies["yuanba_mode"].value == "elder"
    assert client.cookies["yuanba_mode"]["httponly"]
    assert b'data-mode="elder"' in client.get("/style/").content


def test_one_switch_leaves_the_others_alone(client: Client) -> None:
    client.post("/preferences/", {"theme": "dark"})
    client.post("/preferences/", {"mode": "elder"})
    page = client.get("/style/").content
    assert b'data-theme="dark"' in page
    assert b'data-mode="elder"' in page


def test_the_language_can_be_chosen(client: Client) -> None:
    client.post("/preferences/", {"language": "en"})
    assert b'<html lang="en"' in client.get("/style/").content
    client.post("/preferences/", {"language": "zh-hans"})
    assert b'<html lang="zh-hans"' in client.get("/style/").content


def test_every_page_offers_every_language_under_its_own_name(client: Client) -> None:
    page = client.get("/style/").content.decode()
    for code, name in (("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")):
        assert re.search(rf'value="{code}"[^>]*lang="{code}"[^>]*>{name}<', page), code


@pytest.mark.parametrize(
    ("wish", "language"),
    [
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh-hant"),
        ("zh-HK", "zh-hant"),
        ("zh-MO", "zh-hant"),
        ("zh-Hant-TW", "zh-hant"),
        ("zh-CN,zh;q=0.9", "zh-hans"),
        ("zh", "zh-hans"),
        ("zh-SG", "zh-hans"),
        ("en-GB", "en"),
    ],
)
def test_a_browser_that_names_its_language_is_answered_in_it(
    client: Client, wish: str, language: str
) -> None:
    page = client.get("/style/", headers={"Accept-Language": wish}).content.decode()
    assert f'<html lang="{language}"' in page


@pytest.mark.parametrize(
    "address", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""]
)
def test_nobody_is_led_to_another_site(client: Client, address: str) -> None:
    assert client.post("/preferences/", {"mode": "elder", "next": address})["Location"] == "/"


def test_values_nobody_offered_are_passed_over(client: Client) -> None:
    client.post("/preferences/", {"mode": '"><script>', "theme": "pink", "language": "xx", "other": "1"})
    assert "yuanba_mode" not in client.cookies
    assert "django_language" not in client.cookies


def test_a_forged_cookie_counts_as_none() -> None:
    request = RequestFactory().get("/")
    request.COOKIES = {"yuanba_mode": "<b>", "yuanba_theme": "dark"}
    assert preferences.read(request) == Preferences(theme="dark")


def test_another_site_cannot_switch_for_someone() -> None:
    assert Client(enforce_csrf_checks=True).post("/preferences/", {"mode": "elder"}).status_code == 403


def test_the_page_of_settings_shows_what_holds(client: Client) -> None:
    client.cookies["yuanba_theme"] = "dark"
    form = client.get("/preferences/", {"next": "//elsewhere.example"}).context["form"]
    assert form["theme"].value() == "dark"
    assert form["mode"].value() == "normal"
    assert form["next"].value() == "/"
