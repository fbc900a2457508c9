"""Every text has its Chinese: the catalogue is whole, current and true to its keys, and pages show it."""

import re
from collections import Counter
from collections.abc import Iterator
from gettext import GNUTranslations
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils.translation.template import templatize

from yuanba.demo.cast import Cast
from yuanba.people.models import Account, Organization

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "yuanba"
CATALOGUE = PACKAGE / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
ELSEWHERE = {"tests", "frontend", "node_modules", "static"}
CONTEXT = (1, "c")
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), (CONTEXT, 2)),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[^a-zA-Z]*[a-zA-Z]|\{\w*\}|</?\w+[^>]*>")
SIGN_IN = "allauth.account.auth_backends.AuthenticationBackend"
PAGES_OF_A_KIND = 3


def english(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def chinese(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, abort_invalid=True)


@pytest.fixture(scope="module")
def messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def texts_in(file: Path) -> Iterator[str]:
    """Every text that `file` marks for translation; of a plural pair, the singular."""
    source = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        source = "\n".join(line.strip() for line in templatize(source).splitlines())
    for _line, found, _comments, _context in extract("python", BytesIO(source.encode()), keywords=KEYWORDS):
        yield found[0] if isinstance(found, tuple) else found


def texts_of_the_product() -> dict[str, str]:
    """Text -> a file that has it."""
    files = (file for file in sorted(PACKAGE.rglob("*.*")) if file.suffix in {".py", ".html", ".txt"})
    own = (file for file in files if ELSEWHERE.isdisjoint(file.relative_to(PACKAGE).parts))
    return {text: str(file.relative_to(PACKAGE)) for file in own for text in texts_in(file)}


def test_every_text_has_chinese(messages: list[Message]) -> None:
    assert messages
    assert [message.id for message in messages if not all(chinese(message))] == []


def test_nothing_in_the_catalogue_is_a_guess_or_out_of_use(catalogue: Catalog) -> None:
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []
    assert list(catalogue.obsolete) == []


def test_chinese_and_english_have_the_same_placeholders_and_tags(messages: list[Message]) -> None:
    def found(text: str) -> Counter[str]:
        return Counter(PLACEHOLDER.findall(text))

    wrong = [
        (message.id, text)
        for message in messages
        for text in chinese(message)
        if found(text) not in [found(key) for key in english(message)]
    ]
    assert wrong == []


def test_chinese_texts_use_chinese_punctuation(messages: list[Message]) -> None:
    half_width = re.compile(r"[\u4e00-\u9fff][,;:?!()]|[,;:?!()][\u4e00-\u9fff]|[\u4e00-\u9fff]\.(?!\w)")
    assert [text for message in messages for text in chinese(message) if half_width.search(text)] == []


def test_the_catalogue_holds_exactly_the_texts_of_code_and_templates(messages: list[Message]) -> None:
    """When this fails: scripts/make_messages.py, translate what it lists, scripts/compile_messages.py."""
    in_use = texts_of_the_product()
    held = {english(message)[0] for message in messages}
    assert {text: file for text, file in in_use.items() if text not in held} == {}
    assert held - in_use.keys() == set()


def test_pages_are_given_this_very_catalogue(messages: list[Message]) -> None:
    """When this fails: scripts/compile_messages.py."""
    compiled = CATALOGUE.with_suffix(".mo")
    assert compiled.exists(), "not compiled yet"
    with compiled.open("rb") as file:
        given = GNUTranslations(file)

    def shown(message: Message) -> str:
        keys = english(message)
        return given.ngettext(*keys, 2) if len(keys) == 2 else given.gettext(*keys)

    assert [message.id for message in messages if shown(message) != chinese(message)[0]] == []


def test_traditional_chinese_is_the_same_catalogue_in_other_characters(messages: list[Message]) -> None:
    """When this fails: scripts/compile_messages.py."""
    with (PACKAGE / "locale" / "zh_Hant" / "LC_MESSAGES" / "django.mo").open("rb") as file:
        given = GNUTranslations(file)
    simplified = {message.id: message.string for message in messages if isinstance(message.id, str)}
    texts = {key: given.gettext(key) for key in simplified}
    assert [key for key, text in texts.items() if text == key != simplified[key]] == []
    assert texts["Desk"] == "工作臺"
    assert texts["The journal"] == "公開賬本"
    # An address of a door stays one, an official's paper a paper: mainland words, other characters.
    assert texts["What is open, and who is responsible?"] == "哪些沒辦完，誰負責？"
    assert [
        text for text in texts.values() if re.search("[“”]", text) and re.search("[\u4e00-\u9fff]", text)
    ] == []


class Shown(HTMLParser):
    """What a page shows or reads out, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: set[str] = set()
        self.links: list[str] = []
        self._silent = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._silent += tag in {"script", "style", "code", "kbd", "pre"}
        if tag == "a":
            self.links.append(given.get("href") or "")
        named = {"title", "alt", "placeholder", "aria-label"} if tag != "template" else given.keys()
        self.texts |= {_flat(given[name] or "") for name in named & given.keys()}

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"script", "style", "code", "kbd", "pre"}

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.texts.add(_flat(data))


def _flat(text: str) -> str:
    return " ".join(text.split())


def pages_from(client: Client, starts: list[str]) -> Iterator[tuple[str, Shown]]:
    """Every page a person comes to by following links, a few of each kind."""
    waiting, seen, kinds = list(starts), set(), Counter[str]()
    while waiting:
        address = waiting.pop(0)
        path = urlsplit(address).path
        if address in seen or urlsplit(address).netloc or path.endswith("/logout/"):
            continue
        seen.add(address)
        try:
            kind = resolve(path).route
        except Resolver404:
            continue
        kinds[kind] += 1
        if kinds[kind] > PAGES_OF_A_KIND:
            continue
        cache.clear()  # so many pages at once are more than the product lets one visitor have
        answer = client.get(address)
        if answer.status_code == 302:
            waiting.append(urljoin(address, answer["Location"]))
        elif answer["Content-Type"].startswith("text/html"):
            page = Shown(answer.content.decode())
            waiting += [urljoin(address, link) for link in page.links]
            yield address, page


def visitor(account: Account | None = None) -> Client:
    """A browser set to Chinese, signed in with `account`."""
    client = Client()
    if account:
        client.force_login(account, backend=SIGN_IN)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    return client


def left_in_english(client: Client, starts: list[str], messages: list[Message]) -> dict[str, str]:
    """Text that has Chinese but shows in English -> a page that shows it."""
    known = {_flat(key) for message in messages for key in english(message) if key not in chinese(message)}
    # Each language is offered under its own name, and an office's code may be a word that is a text too.
    known -= {"English", *Organization.objects.values_list("code", flat=True)}
    return {text: address for address, page in pages_from(client, starts) for text in page.texts & known}


@pytest.fixture
def district(cast: Cast) -> list[Any]:
    """Matters in every state that pages tell apart."""
    from yuanba.matters.tests.walking import Walk

    return [
        Walk(cast).receive(),
        Walk(cast).receive().dispatch(),
        Walk(cast).receive().dispatch().claim(),
        Walk(cast).receive().dispatch().claim().answer(),
        Walk(cast).receive().dispatch().claim().answer().confirm(),
    ]


def test_residents_read_no_english(cast: Cast, district: list[Any], messages: list[Message]) -> None:
    starts = [f"/m/{walk.track_key}/" for walk in reversed(district)]
    starts += [f"/d/{cast.places['unit_2'].door_code}/", f"/people/duty/{cast.places['shahe'].pk}/"]
    starts += ["/", "/report/", "/find/", "/board/", "/journal/", "/accounts/login/", "/preferences/"]
    starts += ["/style/", "/style/desk/", "/style/error/403/", "/style/error/404/", "/style/error/409/"]
    assert left_in_english(visitor(), starts, messages) == {}


@pytest.fixture
def one_factor_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "REQUIRE_SECOND_FACTOR", False, raising=False)


@pytest.mark.usefixtures("one_factor_is_enough")
@pytest.mark.parametrize(
    "seat",
    ["building_head", "community_secretary", "street_officer", "district_leader", "centre_clerk", "operator"],
)
def test_offices_read_no_english(cast: Cast, district: list[Any], messages: list[Message], seat: str) -> None:
    starts = [f"/matters/{walk.matter.number}/" for walk in reversed(district)]
    starts += ["/desk/", "/triage/", "/arbitration/", "/problems/", "/notices/"]
    starts += ["/people/me/", "/people/vacancies/", f"/people/communities/{cast.offices['yucheng'].pk}/"]
    starts += ["/accounts/2fa/", "/accounts/password/change/"]
    assert left_in_english(visitor(cast.seats[seat].account), starts, messages) == {}


@pytest.mark.usefixtures("one_factor_is_enough")
def test_the_back_office_shows_no_english(cast: Cast, messages: list[Message]) -> None:
    account = cast.seats["operator"].account
    Account.objects.filter(pk=account.pk).update(is_staff=True)
    assert left_in_english(visitor(account), ["/backoffice/"], messages) == {}
