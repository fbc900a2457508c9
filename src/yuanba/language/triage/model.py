"""The trained model: linear in hashed features, read with numpy alone.

Nothing here needs the library it was trained with, so a web process pays for numpy, the word dictionary and
the weights (about 27 bytes for each of some hundred thousand features) and no more.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from yuanba.language.triage.features import KIND_WEIGHTS, Keys, Stretches, stretches
from yuanba.language.triage.suggestion import Suggestion

Floats = NDArray[np.float32]
Places = NDArray[np.int64]

_WORDS_GIVEN = 3
_SHORTEST_WORD_GIVEN = 2


@dataclass(frozen=True, slots=True)
class HeldOut:
    """How the model did on training rows while they and their near-copies were kept back."""

    rows: int
    accuracy: float
    macro_f1: float


@dataclass(frozen=True, eq=False)
class Model:
    """Weights for every feature seen in at least two training messages.

    ``keys`` (V) is sorted; ``kinds`` (V), ``rarity`` (V, inverse document frequency) and ``weights`` (V x K,
    half precision) run beside it; ``bias`` and ``offset`` have one value for each of the K ``categories``. A
    score is ``x @ weights + bias``; the chance of a category is the softmax of ``scale * score + offset``.
    """

    categories: tuple[str, ...]
    keys: Keys
    kinds: NDArray[np.uint8]
    rarity: Floats
    weights: NDArray[np.float16]
    bias: Floats
    scale: float
    offset: Floats
    rows: int
    held_out: HeldOut | None
    digest: str

    @cached_property
    def name(self) -> str:
        """``trained:`` and the first sixteen digits of the digest."""
        return f"trained:{self.digest[:16]}"

    def suggest(self, text: str, subject: str = "", *, limit: int = 3) -> list[Suggestion]:
        """The likeliest categories, best first; empty for a message without a single known feature."""
        seen = stretches(text, subject)
        known, occurrence, values = self._read(seen)
        if not len(known):
            return []
        weights = self.weights[known].astype(np.float32)
        chances = softmax((values @ weights + self.bias)[None] * self.scale + self.offset)[0]
        best = np.argsort(-chances, kind="stable")[:limit]
        pulls = (weights[:, best] - weights.mean(axis=1, keepdims=True)) * values[:, None]
        spoken = _words_for(seen, pulls, occurrence)
        return [
            Suggestion(self.categories[index], round(float(chances[index]), 4), why)
            for index, why in zip(best.tolist(), spoken, strict=True)
        ]

    def _read(self, seen: Stretches) -> tuple[Places, Places, Floats]:
        """The known features that occur, which of them each stretch is (-1: none), and their values."""
        if not len(seen.keys):
            return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32)
        # Asked for in order, the keys are found twice as fast as in the order in which they occur.
        keys, inverse, counts = np.unique(seen.keys, return_inverse=True, return_counts=True)
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        hit = self.keys[at] == keys
        known = at[hit]
        number = np.full(len(keys), -1, dtype=np.int64)
        number[hit] = np.arange(len(known))
        return known, number[inverse], feature_values(counts[hit], self.rarity[known], self.kinds[known])


def feature_values(counts: Places, rarity: Floats, kinds: NDArray[np.uint8]) -> Floats:
    """TF-IDF of one message: each kind of feature scaled to its own weight, the whole to length 1."""
    values = (1 + np.log(counts, dtype=np.float32)) * rarity
    squares = np.bincount(kinds, values * values, minlength=len(KIND_WEIGHTS))
    weights = np.array(KIND_WEIGHTS)
    length = np.sqrt(np.sum(weights[squares > 0] ** 2))
    scale = weights / np.sqrt(np.where(squares > 0, squares, 1)) / (length or 1)
    scaled: Floats = (values * scale[kinds]).astype(np.float32)
    return scaled


def softmax(scores: NDArray[np.floating]) -> NDArray[np.floating]:
    """Chances from scores, row by row."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances: NDArray[np.floating] = powers / powers.sum(axis=1, keepdims=True)
    return chances


def _words_for(seen: Stretches, pulls: Floats, occurrence: Places) -> list[tuple[str, ...]]:
    """For each column of `pulls` (known features x categories), the words that spoke for the category.

    Each feature's pull is shared out over the characters of every stretch where it occurs; a word's pull is
    the sum over its characters, so that pairs of characters speak through the words they are part of.
    """
    words = [(start, end) for start, end in seen.words if end - start >= _SHORTEST_WORD_GIVEN]
    if not words:
        return [()] * pulls.shape[1]
    numbers: dict[str, int] = {}
    number_of = np.array([numbers.setdefault(seen.text[start:end], len(numbers)) for start, end in words])
    names, bounds = list(numbers), np.array(words)
    hit = occurrence >= 0
    index, starts, ends = occurrence[hit], seen.starts[hit], seen.ends[hit]
    shares = pulls[index] / (np.bincount(index)[index] * (ends - starts))[:, None]
    size = len(seen.text) + 1
    spoken = []
    for share in shares.T:
        change = np.bincount(starts, share, minlength=size) - np.bincount(ends, share, minlength=size)
        total = np.concatenate(([0.0], np.cumsum(np.cumsum(change))))
        pull = np.bincount(number_of, total[bounds[:, 1]] - total[bounds[:, 0]])
        strongest = np.argsort(-pull, kind="stable")[:_WORDS_GIVEN].tolist()
        spoken.append(tuple(names[number] for number in strongest if pull[number] > 0))
    return spoken
