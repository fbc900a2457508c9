"""What the model sees of a message: words, single characters and pairs of characters, everywhere and at the
head.

A feature is a stretch of the squeezed text (see `yuanba.language.text.squeeze`), so it makes no difference
whether the message came with or without spaces between its words. Each stretch is known by a 64-bit number,
computed for all stretches at once: a polynomial hash over code points, modulo 2**64, kept apart by kind.
"""

from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

from yuanba.language.text import cut, squeeze

Keys = NDArray[np.uint64]
Positions = NDArray[np.int64]

WORDS, CHARACTERS, HEAD_WORDS, HEAD_CHARACTERS = range(4)
KIND_WEIGHTS: Final = (1.0, 1.3, 0.6, 0.8)
"""How much each kind counts, chosen by cross-validation: the first line mostly says what it is about."""

LENGTH_LIMIT: Final = 1000
"""Characters looked at; on real messages 1,000 were as good as all, and 300 nearly so."""
HEAD_LENGTH: Final = 30

_BASE: Final = 0x9E3779B97F4A7C15
_KIND_SALTS: Final = (0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F)


@dataclass(frozen=True, slots=True)
class Stretches:
    """The features of one message, repeated as often as they occur.

    ``keys``, ``kinds``, ``starts`` and ``ends`` run in parallel; positions count characters of ``text``.
    """

    text: str
    words: tuple[tuple[int, int], ...]
    keys: Keys
    kinds: NDArray[np.uint8]
    starts: Positions
    ends: Positions


def stretches(text: str, subject: str = "") -> Stretches:
    """All features of a message; the subject, where there is one, is read before the text."""
    # Squeezing takes away at most white space and controls: four times the limit is enough to read.
    whole = squeeze(subject[: 4 * LENGTH_LIMIT]) + "\n" + squeeze(text[: 4 * LENGTH_LIMIT])
    whole = whole.strip()[:LENGTH_LIMIT]
    words = _words(whole)
    codes = np.frombuffer(whole.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    singles = np.flatnonzero(_letters(codes))
    pairs = singles[:-1][np.diff(singles) == 1] if len(singles) else singles
    word_starts = np.array([start for start, _ in words], dtype=np.int64)
    word_ends = np.array([end for _, end in words], dtype=np.int64)
    starts = np.concatenate((word_starts, singles, pairs))
    ends = np.concatenate((word_ends, singles + 1, pairs + 2))
    kinds = np.full(len(starts), CHARACTERS, dtype=np.uint8)
    kinds[: len(words)] = WORDS
    head = starts < HEAD_LENGTH
    kinds = np.concatenate((kinds, kinds[head] + np.uint8(HEAD_WORDS)))
    starts = np.concatenate((starts, starts[head]))
    ends = np.concatenate((ends, ends[head]))
    return Stretches(whole, words, _keys(codes, starts, ends, kinds), kinds, starts, ends)


def _words(text: str) -> tuple[tuple[int, int], ...]:
    """Start and end of every word that is letters all through."""
    pieces = cut(text)
    ends = accumulate(map(len, pieces))
    return tuple((end - len(piece), end) for piece, end in zip(pieces, ends, strict=True) if piece.isalpha())


def _letters(codes: Keys) -> NDArray[np.bool_]:
    """Where small Latin letters and ideographs stand, rare ones and private use included."""
    return ((codes >= 0x61) & (codes <= 0x7A)) | ((codes >= 0x3040) & (codes < 0xFF00)) | (codes >= 0x20000)


def _keys(codes: Keys, starts: Positions, ends: Positions, kinds: NDArray[np.uint8]) -> Keys:
    powers, inverses, salts = _tables()
    prefix = np.zeros(len(codes) + 1, dtype=np.uint64)
    np.cumsum(codes * powers[: len(codes)], out=prefix[1:])
    keys: Keys = ((prefix[ends] - prefix[starts]) * inverses[starts] + salts[kinds]) * salts[kinds]
    return keys


@cache
def _tables() -> tuple[Keys, Keys, Keys]:
    """Powers of the base, their inverses modulo 2**64, and one odd salt for each kind."""
    modulus = 1 << 64
    inverse = pow(_BASE, -1, modulus)
    powers = [pow(_BASE, exponent, modulus) for exponent in range(LENGTH_LIMIT)]
    inverses = [pow(inverse, exponent, modulus) for exponent in range(LENGTH_LIMIT)]
    return (
        np.array(powers, dtype=np.uint64),
        np.array(inverses, dtype=np.uint64),
        np.array(_KIND_SALTS, dtype=np.uint64),
    )


def windows(text: str, size: int) -> Keys:
    """A number for every stretch of `size` characters of the squeezed text, in order."""
    whole = squeeze(text[: 4 * LENGTH_LIMIT])[:LENGTH_LIMIT]
    codes = np.frombuffer(whole.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    starts = np.arange(max(0, len(codes) - size + 1))
    return _keys(codes, starts, starts + size, np.zeros(len(starts), dtype=np.uint8))
