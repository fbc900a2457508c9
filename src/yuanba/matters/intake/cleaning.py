"""What exports do to the words and numbers of people, undone: markup, marks that keep digits, several numbers in
one cell.
"""

import html
import re
import unicodedata
from typing import Final

from yuanba.kernel.crypto.phones import is_service, normalise_phone
from yuanba.kernel.errors import Invalid

# What exports write where nothing is known, and numbers that were masked before they came to us.
_NOTHING: Final = re.compile(
    r"[\s\-—/\\.、:0]*|无|没有|未知|不详|匿名|保密|n/?a|none|null|.*[*＊xX×]{3}.*", re.IGNORECASE
)
_NO_WORDS: Final = re.compile(r"[\s\-—/\\.、。:0?？]*|无|空|n/?a|none|null", re.IGNORECASE)
_NOBODY: Final = re.compile(
    r"[\s\-—/\\.、。:0?？]*|[暂并]?(?:无|没有)|未知|不详|不清楚|未提供|空|n\.?/?a\.?|none|null|nobody",
    re.IGNORECASE,
)
_BREAK: Final = re.compile(r"<\s*(?:br|/p|/div|/li|/tr|/h[1-6])\s*/?>", re.IGNORECASE)
_UNSEEN_PARTS: Final = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_TAG: Final = re.compile(
    r"</?(?:a|b|blockquote|body|br|center|div|em|font|h[1-6]|html|i|img|li|o:p|ol|p|pre|section|span|strong|sub|sup"
    r"|table|tbody|td|th|thead|tr|u|ul)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_ENTITY: Final = re.compile(
    r"&(?:nbsp|amp|lt|gt|quot|apos|ldquo|rdquo|hellip|mdash|middot|#\d{1,6}|#x[0-9a-f]{1,5});", re.I
)
_NUMBER_AMONG_WORDS: Final = re.compile(
    r"(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)|(?<!\d)0\d{2,3}[- ]?[2-9]\d{6,7}(?!\d)|(?<!\d)[2-9]\d{6,7}(?!\d)"
)
_SHORTENED: Final = re.compile(r"\d(?:\.\d+)?E\+\d{2,3}", re.IGNORECASE)


def is_nothing(text: str) -> bool:
    """Whether a cell says that nothing is known."""
    return _NOTHING.fullmatch(text) is not None


def is_shortened(text: str) -> bool:
    """Whether Excel has put a long number as 1.23E+15 before it was saved as text: its digits are gone."""
    return _SHORTENED.fullmatch(text) is not None


def plain_words(text: str) -> str:
    """Words out of the markup of a web page; a text without any is left alone, < and > included. Empty for what
    exports write where nothing was said.
    """
    if "<" in text and (_TAG.search(text) or _UNSEEN_PARTS.search(text)):
        text = _TAG.sub("", _BREAK.sub("\n", _UNSEEN_PARTS.sub("", text)))
    if "&" in text and _ENTITY.search(text):
        text = html.unescape(_ENTITY.sub(lambda found: found[0].lower(), text)).replace("\xa0", " ")
    text = text.strip()
    return "" if _NO_WORDS.fullmatch(text) else text


def accused_name(text: str) -> str:
    """Whom a cell says a request is against; empty for words that say nobody is."""
    text = text.strip()
    return "" if _NOBODY.fullmatch(unicodedata.normalize("NFKC", text).strip(" \t.。")) else text


def telephone(text: str) -> str:
    """The number to ring out of a cell: itself, else the first number among words and other numbers; empty for a
    cell without a digit, and for the number of a service. What holds digits but no number comes back whole, to be
    refused.
    """
    text = unicodedata.normalize("NFKC", text).strip().removeprefix("'")
    if is_nothing(text) or not any(character.isdecimal() for character in text):
        return ""
    try:
        number = normalise_phone(text)
    except Invalid:
        found = _NUMBER_AMONG_WORDS.search(text)
        return found[0] if found else text
    return "" if is_service(number) else text
