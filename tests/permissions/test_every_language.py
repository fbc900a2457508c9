"""Every address that shows a page, in every language, as everybody who may see it: no text is left untranslated.

What people wrote, what they and their offices are called, and what the playbook says is shown as it is in every
language; it is taken off a page before the page is judged. So is what a page marks as another language.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from gettext import GNUTranslations
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db.models import CharField, JSONField, TextField
from django.forms import BaseForm
from django.utils.translation import get_language_info
from opencc import OpenCC

from tests.permissions.ground import SEAT_NAMES, Ground, make_ground
from tests.permissions.table import LINES, Line
from tests.permissions.test_every_address import fill
from yuanba.demo.cast import PASSWORD, SEATS, Cast
from yuanba.matters.limiting import forget_limits
from yuanba.people.models import Organization
from yuanba.playbooks.queries import current_playbook
from yuanba.web import samples, samples_pictures

HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
# Capitals alone are codes and abbreviations; a sentence has small letters.
LATIN = re.compile(r"[A-Za-z][a-z'’]+")
NO_WORD = re.compile(r"https?://\S+|\{\w+\}|%\(\w+\)s")
VOID = frozenset({"input", "meta", "link", "br", "img", "hr", "wbr", "use", "path", "source"})
# What somebody has typed is theirs.
SILENT = frozenset({"script", "style", "code", "kbd", "pre", "textarea"})
# Drawings made of letters: the icons of the back office's theme, and a name's first character as its seal.
DRAWN = ("material-symbols", "post__seal")
SPOKEN = frozenset({"title", "alt", "placeholder", "aria-label"})
# Names of products, formats and files, which no language translates.
NAMES = frozenset({"Excel", "API", "Open", "JSON", "Chrome", "yuanba", "docs", "md", "https", "Tab"})
LOCALE = Path(samples.__file__).resolve().parent.parent / "locale"
OUR_APPS = ("places", "people", "matters", "kernel", "playbooks")
KINDS = (
    "building_head",
    "community_secretary",
    "street_leader",
    "police_handler",
    "district_leader",
    "centre_arbiter",
    "operator",
)
PAGES = tuple(line for line in LINES if line.method == "get")


class Told(HTMLParser):
    """What a page shows or reads out in its own language."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.language = ""
        self._open: list[tuple[str, bool]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = given.get("lang", "")
        kept = (not self._open or self._open[-1][1]) and tag not in SILENT
        kept = kept and given.get("lang", self.language) == self.language
        kept = kept and not any(name in given.get("class", "") for name in DRAWN)
        if kept:
            said = {name for name in given if name.startswith("data-")} if tag == "template" else SPOKEN
            self.texts += [given[name] for name in said & given.keys()]
        if tag not in VOID:
            self._open.append((tag, kept))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][1]:
            self.texts.append(data)


def strings_in(value: Any) -> Iterator[str]:
    """Every text in a tree of lists, mappings and small objects."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        yield from strings_in([getattr(value, field.name) for field in fields(value)])
    elif isinstance(value, BaseForm):
        yield from strings_in(dict(value.data))
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings_in(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from strings_in(part)


def stored() -> Iterator[str]:
    """Every text in the tables of the product."""
    for label in OUR_APPS:
        for model in apps.get_app_config(label).get_models():
            columns = [
                field.attname
                for field in model._meta.concrete_fields
                if isinstance(field, CharField | TextField | JSONField)
            ]
            for row in model._default_manager.values_list(*columns):
                yield from strings_in(row)


def data() -> list[str]:
    """What may stand on a page as it is, the longest first, so that no part of a text is taken for the whole."""
    playbook = current_playbook().playbook.model_dump(mode="json", by_alias=True)
    people = [row[-1] for row in SEATS] + ["居民甲", "居民乙", "无岗甲"]
    masked = [name[0] + "*" for name in people]
    tongues = [get_language_info(code)["name_local"] for code, _name in settings.LANGUAGES]
    drawn = strings_in([samples.style_context(), samples.desk_context(), samples_pictures.picture_context()])
    found = {text.strip() for text in (*stored(), *strings_in(playbook), *people, *masked, *drawn, *tongues)}
    parts = {part for text in found for part in text.splitlines()}
    # A code that is an English word, such as a state's, is no excuse for showing it.
    called = {*Organization.objects.values_list("code", flat=True), *SEAT_NAMES, PASSWORD, playbook["code"]}
    names = {text for text in found | parts if len(text) > 1 and re.search(r"[^ -~]|\d", text)}
    return sorted(names | called | set(tongues), key=len, reverse=True)


@pytest.fixture
def ground(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Ground:
    monkeypatch.setattr(settings, "REQUIRE_SECOND_FACTOR", False, raising=False)
    forget_limits()
    return make_ground(cast)


def told_to(ground: Ground, name: str, line: Line, language: str) -> list[str]:
    """The texts of the page that a visitor gets; none where the answer is no page."""
    client = ground.visitor(name)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    cache.clear()
    answer = client.get(fill(line.route, ground.known))
    if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
        return []
    content = answer.content.decode()
    page = Told(content)
    # What is fetched into a page stands in that page's language.
    assert page.language == language or "<html" not in content
    return page.texts


def without(texts: Iterable[str], known: list[str]) -> Iterator[str]:
    """The texts with everything known taken off."""
    for text in texts:
        rest = NO_WORD.sub(" ", " ".join(text.split()))
        for word in known:
            if word in rest:
                rest = rest.replace(word, " ")
        if rest.strip():
            yield rest


def faces(line: Line) -> list[str]:
    """Those through whose eyes a page is looked at: of the ones who may see it, one of each kind; a page for everybody
    is the same for all but for what stands around it.
    """
    if line.others == 200 and line.named.get("anonymous", 200) == 200:
        return ["anonymous", "community_secretary"]
    return [name for name in KINDS if line.named.get(name, line.others) == 200]


def left_over(ground: Ground, language: str) -> Iterator[tuple[str, str]]:
    """(address, text) for all that is on any page beside data."""
    known, seen = data(), set[tuple[str, str]]()
    for line in PAGES:
        for name in faces(line):
            seen |= {(line.route, text) for text in told_to(ground, name, line, language)}
    for route, text in sorted(seen):
        yield from ((route, rest) for rest in without([text], known))


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant"])
def test_chinese_pages_hold_no_foreign_words(ground: Ground, language: str) -> None:
    left = list(left_over(ground, language))
    foreign = {(route, word) for route, text in left for word in LATIN.findall(text) if word not in NAMES}
    assert sorted(foreign) == []
    if language == "zh-hant":
        with (LOCALE / "zh_Hans" / "LC_MESSAGES" / "django.mo").open("rb") as file:
            simplified = set(GNUTranslations(file)._catalog.values())  # type: ignore[attr-defined]
        convert = OpenCC("s2tw").convert
        # A playbook read aloud stays as the district wrote it.
        ours = [(route, text.strip()) for route, text in left if not route.startswith("playbook/")]
        told = {(route, text) for route, text in ours if text in simplified}
        assert sorted((route, text) for route, text in told if convert(text) != text) == []


def test_english_pages_hold_no_chinese(ground: Ground) -> None:
    found = {(route, han) for route, text in left_over(ground, "en") for han in HAN.findall(text)}
    assert sorted(found) == []


def test_a_text_left_in_english_would_be_found(ground: Ground) -> None:
    told = told_to(ground, "anonymous", Line("find/", 200), "en")
    assert any(LATIN.search(text) for text in without(told, data()))
