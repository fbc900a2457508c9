"""Help: short pages for people, written in docs/help and drawn at build by scripts/compile_help.py."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, to_locale

from yuanba.web.shapes import Crumb

DRAWN = Path(__file__).resolve().parent / "help"
RESIDENTS = ("report", "what-happens", "not-solved", "colours", "my-data", "journal")
OFFICES = ("building-head", "community", "street", "department", "leader", "centre", "operator")
# Pages that have a help page of their own, whoever looks at them.
_OF_A_PAGE = {
    "home": "report",
    "matters:report": "report",
    "matters:report_at_door": "report",
    "matters:find": "report",
    "matters:mine": "what-happens",
    "matters:my_move": "not-solved",
    "matters:board": "colours",
    "matters:district_board": "colours",
    "matters:follow": "my-data",
    "matters:following": "my-data",
    "matters:stop_following": "my-data",
    "matters:journal": "journal",
    "matters:my_proof": "journal",
    "matters:proof": "journal",
    "web:preferences": "colours",
}


@dataclass(frozen=True, slots=True)
class HelpText:
    """A page in one language; ``words`` is its whole text in small letters."""

    title: str
    html: str
    words: str


def text_of(slug: str) -> HelpText | None:
    """The page in the reader's language; None where there is no such page."""
    return _texts(to_locale(get_language() or settings.LANGUAGE_CODE)).get(slug)


def listed(slugs: Iterable[str]) -> list[Crumb]:
    """The titles of these pages, each with its address."""
    return [
        Crumb(text.title, reverse("web:help_page", args=[slug]))
        for slug in slugs
        if (text := text_of(slug)) is not None
    ]


def speaking_of(words: str, *, limit: int) -> list[Crumb]:
    """Pages whose title has all of `words`, before those whose text has them."""
    wanted = words.casefold().split()
    titled: list[str] = []
    told: list[str] = []
    for slug in (*OFFICES, *RESIDENTS):
        text = text_of(slug)
        if text is None or not all(word in text.words for word in wanted):
            continue
        found = titled if all(word in text.title.casefold() for word in wanted) else told
        found.append(slug)
    return listed([*titled, *told][:limit])


def neighbours_of(slug: str) -> tuple[str, ...]:
    """The other pages for the same people."""
    group = OFFICES if slug in OFFICES else RESIDENTS
    return tuple(other for other in group if other != slug)


def address_for(page: str, role: str = "") -> str:
    """Where help for `page` (a name of an address) stands: its own, else that of the reader's `role`, else the list."""
    slug = _OF_A_PAGE.get(page, role)
    return reverse("web:help_page", args=[slug]) if slug else reverse("web:help")


@lru_cache(maxsize=8)
def _texts(locale: str) -> dict[str, HelpText]:
    file = DRAWN / f"{locale}.json"
    pages = json.loads(file.read_text(encoding="utf-8"))
    return {slug: HelpText(**page) for slug, page in pages.items()}
