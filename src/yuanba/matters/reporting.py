"""What somebody who brings a request hands over, checked; and what they get back."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from yuanba.kernel.errors import Invalid
from yuanba.matters.models import Channel
from yuanba.places.models import Place

TEXT_LENGTH = 5000
MOST_AFTER, MOST_STILL = 6, 3
"""Photos that an office may attach to an answer, and a resident to what is not solved."""
# The source of rows from a file whose system nobody named.
FILES = "import"
IMPORTED_LENGTH = 30_000
TITLE_LENGTH = 40
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
"""Controls, joiners and spaces: a text of nothing else is empty to whoever reads it."""
_SENTENCE_END = re.compile(r"[。！？!?；;\n]")


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach the one who asks; all of it may be empty, for nobody has to say who they are."""

    name: str = ""
    phone: str = ""
    email: str = ""
    language: str = "zh-hans"

    @property
    def empty(self) -> bool:
        return not (self.name or self.phone or self.email)


@dataclass(frozen=True, slots=True)
class Report:
    """One request as it comes in, by whatever channel.

    ``received_at`` is when it was made, if that was before it reached us. ``source`` and ``source_number``
    name it in the system it comes from and are taken once. ``lon`` and ``lat`` are WGS-84 degrees.
    ``about_office`` says that it complains about an office or its staff: the offices at the place then neither
    get nor see it until the centre has found out which one is meant.
    """

    text: str
    place: Place
    channel: Channel
    title: str = ""
    contact: Contact = Contact()
    category: str = ""
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    source: str = ""
    source_number: str = ""
    received_at: datetime | None = None
    confidential: bool = False
    about_office: bool = False
    photos: tuple[int, ...] = field(default=())


def checked_text(text: str, field: str = "text", limit: int = TEXT_LENGTH) -> str:
    """The request's words, trimmed. Raises `Invalid` when there are none or too many, or bytes that are no
    text.
    """
    words = text.strip()
    if all(unicodedata.category(character) in _UNSEEN for character in words):
        raise Invalid(_("Please say what it is about."), field=field, code="empty")
    if len(words) > limit:
        raise Invalid(
            _("The text has %(length)d characters; at most %(limit)d fit. Please shorten it.")
            % {"length": len(words), "limit": limit},
            field=field,
            code="too_long",
        )
    if _UNSTORABLE.search(words):
        raise Invalid(
            _("The text holds characters that can't be stored."), field=field, code="bad_characters"
        )
    return words


def checked_line(text: str, field: str, limit: int) -> str:
    """A short text that may be empty, trimmed. Raises `Invalid` when it is too long or holds bytes that are no
    text: nothing is cut off silently.
    """
    return checked_text(text, field, limit) if text.strip() else ""


def title_of(text: str) -> str:
    """A short title from the request's first sentence."""
    first = next((part for part in _SENTENCE_END.split(text) if part.strip()), text).strip()
    return first if len(first) <= TITLE_LENGTH else first[: TITLE_LENGTH - 1] + "…"
