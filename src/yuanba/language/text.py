"""Chinese text as it arrives: cleaned for keeping, folded for comparing, cut into words.

Three strengths; the first two change nothing more when applied twice:

- `clean` is for what is stored and shown. It takes away only what nobody typed on purpose (controls, stray
  surrogates, direction overrides, Excel's ``_x000D_``) and never changes a written character: compatibility
  ideographs, private-use characters and variation selectors stand in people's names, so neither NFKC nor
  plain NFC is used.
- `fold` is for comparing: `clean`, then full-width forms made narrow and letters made small.
- `squeeze` is `fold` without any white space, so text that was already cut into words compares equal to text
  that was not.
"""

import math
import re
import unicodedata

# GB/T 2312-style full-width forms of ASCII (U+FF01-FF5E) and the ideographic space; one character for one.
_NARROW = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {"\u3000": " "}
_WIDE = re.compile("[\uff01-\uff5e\u3000]")

_SURROGATE = re.compile("[\ud800-\udfff]")
_EXCEL_LINE_END = re.compile(r"_[xX]000[ABCDabcd]_\n?")
_EXCEL_CONTROL = re.compile(r"_[xX]00[01][0-9A-Fa-f]_")
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Controls; soft hyphen, zero-width and direction marks (which can hide or reorder text); noncharacters.
# U+200C and U+200D stay: emoji and some names are joined with them.
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufdd0-\ufdef\ufeff\ufff9-\uffff]"
)
_JOINERS = re.compile("[\u200c\u200d]")
# Characters whose canonical form is another ideograph: normalising would rewrite a person's name.
_COMPATIBILITY_IDEOGRAPHS = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f]+)")
_SPACES = re.compile(r"[^\S\n]+")
_AROUND_LINE_END = re.compile(r" ?\n ?")
_BLANK_LINES = re.compile(r"\n{3,}")
_WHITE = re.compile(r"\s+")
# Words counted in the dictionary that jieba and rjieba share.
_LOG_OF_ALL_WORDS = math.log(60_101_967)


def clean(text: str) -> str:
    """The text as a person would see it, fit to be stored.

    Paired surrogates become the character they mean, lone ones go. Lines end in ``\\n``; spaces are single;
    at most one blank line stands between paragraphs.
    """
    text = _without_surrogates(text)
    text = _UNWANTED.sub("", _LINE_END.sub("\n", text))
    text = _EXCEL_CONTROL.sub(" ", _EXCEL_LINE_END.sub("\n", text))
    text = _composed(text)
    text = _AROUND_LINE_END.sub("\n", _SPACES.sub(" ", text))
    return _BLANK_LINES.sub("\n\n", text).strip()


def narrow(text: str) -> str:
    """Full-width letters, digits and signs as narrow ones; keeps the length, so positions stay true."""
    # Few signs of a Chinese text are wide; str.translate would look every one up.
    return _WIDE.sub(lambda found: _NARROW[found[0]], text)


def fold(text: str) -> str:
    """The text for comparing: clean, narrow, small letters."""
    return _composed(clean(_JOINERS.sub("", narrow(text))).lower())


def squeeze(text: str) -> str:
    """The folded text without white space."""
    return _WHITE.sub("", fold(text))


def cut(text: str) -> list[str]:
    """Words, signs and spaces in order; joined they give the text back.

    The dictionary takes about 32 MB once per process and is loaded at the first call.
    """
    import rjieba

    words: list[str] = rjieba.cut(text)
    return words


def rarity(word: str, *, unknown: float = 1.0) -> float:
    """How much a word tells: 0 for the commonest, towards 1 for the rarest; `unknown` for one not in the
    dictionary.

    1 - log(count) / log(all), over the counts that the segmenter's dictionary carries from a large general
    corpus. Names of places and people are mostly unknown to it, which is what makes them telling.
    """
    import rjieba

    if not rjieba.has_word(word):
        return unknown
    return float(max(0.0, 1 - math.log(rjieba.suggest_freq(word) + 1) / _LOG_OF_ALL_WORDS))


def _without_surrogates(text: str) -> str:
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")


def _composed(text: str) -> str:
    if unicodedata.is_normalized("NFC", text):
        return text
    parts = _COMPATIBILITY_IDEOGRAPHS.split(text)
    parts[::2] = [unicodedata.normalize("NFC", part) for part in parts[::2]]
    return "".join(parts)
