"""Help says what the pages say, in every language, and nothing in it leads nowhere."""

import re
from collections import defaultdict
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.test import Client
from django.utils import translation

from yuanba.web import helping

pytestmark = pytest.mark.urls("yuanba.web.tests.trial")
PACKAGE = Path(helping.__file__).resolve().parent.parent
SOURCES = PACKAGE.parent.parent / "docs" / "help"
SLUGS = (*helping.RESIDENTS, *helping.OFFICES)
LANGUAGES = ("en", "zh-hans", "zh-hant")
NAMED = re.compile(r"\*\*(.+?)\*\*")
every_page = pytest.mark.parametrize("slug", SLUGS)


def source(language: str, slug: str) -> str:
    return (SOURCES / language / f"{slug}.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def words() -> dict[str, str]:
    """Every text of buttons, menus and headings: English -> Chinese."""
    with (PACKAGE / "locale/zh_Hans/LC_MESSAGES/django.po").open("rb") as file:
        catalogue: Catalog = read_po(file)
    return {
        message.id: str(message.string) for message in catalogue if isinstance(message.id, str) and message.id
    }


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


@every_page
def test_what_help_calls_a_button_stands_on_one(slug: str, words: dict[str, str]) -> None:
    named = [capital(name) for name in NAMED.findall(source("en", slug))]
    known = {capital(text) for text in words}
    assert [name for name in named if name not in known] == []


@every_page
def test_both_languages_name_the_same_buttons(slug: str, words: dict[str, str]) -> None:
    chinese = defaultdict[str, set[str]](set)
    for text, word in words.items():
        chinese[capital(text)].add(word)
    english = {capital(name) for name in NAMED.findall(source("en", slug))}
    named = set(NAMED.findall(source("zh_Hans", slug)))
    assert [name for name in english if not chinese.get(name, set()) & named] == []
    assert named - {word for name in english for word in chinese.get(name, set())} == set()


@every_page
def test_a_page_is_short(slug: str) -> None:
    assert 150 <= len(source("en", slug).split()) <= 400
    assert 300 <= len(re.findall(r"[\u4e00-\u9fff]", source("zh_Hans", slug))) <= 800


def test_every_page_is_written_in_both_languages() -> None:
    for language in ("en", "zh_Hans"):
        assert {path.stem for path in (SOURCES / language).glob("*.md")} == set(SLUGS)


@every_page
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_drawn_whole(client: Client, slug: str, language: str) -> None:
    client.cookies["django_language"] = language
    answer = client.get(f"/help/{slug}/")
    with translation.override(language):
        text = helping.text_of(slug)
    assert text is not None
    assert answer.status_code == 200
    page = answer.content.decode()
    assert f">{text.title}</h1>" in page
    assert text.html in page
    assert "**" not in page


def test_links_between_pages_lead_to_pages(client: Client) -> None:
    for language in LANGUAGES:
        client.cookies["django_language"] = language
        for slug in SLUGS:
            page = client.get(f"/help/{slug}/").content.decode()
            for target in re.findall(r'href="\.\./([\w-]+)/"', page):
                assert client.get(f"/help/{target}/").status_code == 200, (slug, target)


def test_the_list_names_every_page(client: Client) -> None:
    page = client.get("/help/").content.decode()
    assert [slug for slug in SLUGS if f'href="/help/{slug}/"' not in page] == []


def test_there_is_no_page_of_another_name(client: Client) -> None:
    assert client.get("/help/nothing/").status_code == 404


def test_pages_are_those_of_the_sources() -> None:
    """When this fails: scripts/compile_help.py."""
    with translation.override("zh-hans"):
        for slug in SLUGS:
            text = helping.text_of(slug)
            assert text is not None
            assert source("zh_Hans", slug).startswith(f"# {text.title}\n")


def test_traditional_pages_are_in_traditional_characters() -> None:
    with translation.override("zh-hant"):
        text = helping.text_of("what-happens")
    assert text is not None
    assert "誰在辦" in text.html
    assert "谁" not in text.html


def test_words_find_pages_those_with_it_in_the_title_first() -> None:
    with translation.override("en"):
        found = helping.speaking_of("street", limit=10)
        assert found[0].url == "/help/street/"
        assert len(found) > 1
        assert helping.speaking_of("street xylophone", limit=10) == []


def test_a_page_of_its_own_comes_before_the_role() -> None:
    assert helping.address_for("web:preferences", "street") == "/help/colours/"
    assert helping.address_for("elsewhere", "street") == "/help/street/"
    assert helping.address_for("elsewhere") == "/help/"
