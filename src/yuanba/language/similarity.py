"""Possible duplicates: messages that tell of the same trouble at about the same place and time.

Three tools, from cheap to careful:

- `fingerprint` is equal for texts that say the same in the same words: a double submission, a text pasted
  again.
- `marks` are twelve integers for an indexed column; messages about one trouble nearly always share at least
  one, so one query ``mark IN (…)``, narrowed by place and date, finds the candidates among a million.
- `likeness` compares two tellings and says how and why they are alike. A person decides.

No corpus is needed: how telling a word is comes from the segmenter's dictionary.
"""

import hashlib
import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Final

from yuanba.language.text import rarity, squeeze
from yuanba.language.wording import telling_words

MARKS: Final = 12
"""On 2,800 real messages twelve marks brought together all near-copies and, in five hand-checked groups
telling of one trouble, 76 to 100 % of the pairs (95 % on average over eight other ways of drawing), with one
message in twenty as candidate."""

_LENGTH_LIMIT: Final = 1000
_LETTERS = re.compile(r"[^\W\d_]+")
_UNKNOWN_PAIR: Final = 0.8
_MARK_EXPONENT: Final = 8
_SHARED_GIVEN: Final = 5


class Nearness(StrEnum):
    """How the places of two tellings lie to each other in the tree of places."""

    SAME = "same"
    """One place, or one inside the other."""
    NEXT = "next"
    """Children of one place."""
    APART = "apart"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Telling:
    """One message as far as comparing goes.

    `at` should be aware; `place_path` is the place's path in the tree, four characters for each level.
    """

    text: str
    subject: str = ""
    at: datetime | None = None
    place_path: str = ""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How likely two tellings are of one trouble.

    ``value`` weighs everything, 0 to 1; ``text`` is the likeness of the words alone (0 strangers, 1 copies);
    ``shared`` the most telling words of both; ``days`` the time between them, where known.
    """

    value: float
    text: float
    shared: tuple[str, ...]
    nearness: Nearness
    days: float | None


# Evidence in log-odds. The text's part is fitted to the real groups of `MARKS`: at a likeness of 0.25 every
# second pair tells of one trouble, at 0.35 nearly every one. Place and time are judged, not fitted: those
# messages have no places.
_TEXT_SLOPE: Final = 16.0
_TEXT_EVEN: Final = 0.25
_PLACE_EVIDENCE: Final[Mapping[Nearness, float]] = {
    Nearness.SAME: 1.0,
    Nearness.NEXT: 0.5,
    Nearness.APART: -1.5,
    Nearness.UNKNOWN: 0.0,
}
_TIME_EVIDENCE: Final = ((14, 0.5), (90, 0.0), (365, -0.5), (math.inf, -1.5))
_PATH_STEP: Final = 4


def fingerprint(text: str, subject: str = "") -> int:
    """A signed 64-bit number of the letters and digits, in order; spaces, width and signs don't count."""
    letters = "".join(character for character in squeeze(subject + text) if character.isalnum())
    return _number(letters)


def marks(text: str, subject: str = "") -> tuple[int, ...]:
    """At most twelve signed 64-bit numbers, each standing for one telling word of the message.

    A weighted bottom-k sample (E. Cohen and H. Kaplan, *Summarizing data using bottom-k sketches*, PODC
    2007): rarer words are likelier to be drawn, and two messages draw alike from the words they share. Empty
    for a text without such words.
    """
    words = telling_words(_shortened(text, subject))
    drawn = sorted((_lot(word, weight), _number(word)) for word, weight in words.items())
    return tuple(number for _, number in drawn[:MARKS])


def likeness(first: Telling, second: Telling) -> Likeness:
    """How alike two tellings are, and why; symmetric."""
    own, other = _profile(first.text, first.subject), _profile(second.text, second.subject)
    text = sum(weight * other[part] for part, weight in own.items() if part in other)
    nearness = _nearness(first.place_path, second.place_path)
    days = abs((first.at - second.at).total_seconds()) / 86_400 if first.at and second.at else None
    evidence = _TEXT_SLOPE * (text - _TEXT_EVEN) + _PLACE_EVIDENCE[nearness] + _time_evidence(days)
    return Likeness(
        value=round(1 / (1 + math.exp(-evidence)), 4),
        text=round(min(text, 1.0), 4),
        shared=_shared(own, other),
        nearness=nearness,
        days=days,
    )


def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def _lot(word: str, weight: float) -> float:
    """The word's place in the draw: an exponential wait, shorter for a heavy word, alike in every message."""
    chance = (_number("lot " + word) + (1 << 63) + 1) / (1 << 64)
    return -math.log(chance) / weight**_MARK_EXPONENT


def _shortened(text: str, subject: str) -> str:
    return squeeze(f"{subject[:_LENGTH_LIMIT]}\n{text[: 2 * _LENGTH_LIMIT]}")[:_LENGTH_LIMIT]


@lru_cache(maxsize=128)
def _profile(text: str, subject: str) -> Mapping[str, float]:
    """Weights of the words and of all pairs of characters, of length 1 as a vector.

    Pairs carry names that the segmenter cuts now so, now otherwise; a pair is kept apart from the word it may
    equal.
    """
    squeezed = _shortened(text, subject)
    pairs = Counter(
        a + b
        for run in _LETTERS.findall(squeezed)
        for a, b in pairwise(run)
        if not (a.isascii() or b.isascii())
    )
    profile = {
        f"/{pair}": rarity(pair, unknown=_UNKNOWN_PAIR) * (1 + math.log(n) / 2) for pair, n in pairs.items()
    }
    profile |= telling_words(squeezed)
    length = math.sqrt(sum(weight * weight for weight in profile.values()))
    return {part: weight / length for part, weight in profile.items()} if length else {}


def _nearness(first: str, second: str) -> Nearness:
    if not first or not second:
        return Nearness.UNKNOWN
    shorter, longer = sorted((first, second), key=len)
    if longer.startswith(shorter):
        return Nearness.SAME
    return Nearness.NEXT if longer.startswith(shorter[:-_PATH_STEP]) else Nearness.APART


def _time_evidence(days: float | None) -> float:
    if days is None:
        return 0.0
    return next(evidence for limit, evidence in _TIME_EVIDENCE if days <= limit)


def _shared(own: Mapping[str, float], other: Mapping[str, float]) -> tuple[str, ...]:
    common = [part for part in own if part in other and not part.startswith("/")]
    return tuple(sorted(common, key=lambda part: (-own[part] * other[part], part))[:_SHARED_GIVEN])
