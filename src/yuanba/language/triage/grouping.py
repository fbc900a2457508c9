"""Finding near-copies among training rows, so that a copy of a kept-back message never teaches the model.

Collections of messages hold the same message several times: sent again, or once as written and once cut into
words with the small words gone. Counting such pairs as unseen would flatter every figure.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np

from yuanba.language.text import squeeze
from yuanba.language.triage.features import windows

_WINDOW: Final = 3
_SKETCH: Final = 48
_SHARED_AT_LEAST: Final = 6
"""Of 48 windows drawn from each: nine in ten copies share six, even without small words; few strangers do."""
_PARTS: Final = 10
_SMALLEST_LIMIT: Final = 10
"""No chain of likenesses may swallow more than a tenth of the rows: texts that all follow one pattern would
else leave nothing to keep back."""
_TOO_COMMON: Final = 30
"""A window drawn by more messages than this is a figure of speech, not a sign of a copy."""


def groups_of_copies(texts: Sequence[str]) -> list[int]:
    """A group number for each text, from 0; texts that are near-copies of each other share it.

    Each text is sketched by its 48 smallest window numbers (A. Broder, *On the resemblance and containment of
    documents*, 1997); texts whose sketches share enough rare windows are joined.
    """
    holders: dict[int, list[int]] = defaultdict(list)
    for index, text in enumerate(texts):
        for key in np.unique(windows(text, _WINDOW))[:_SKETCH].tolist():
            holders[key].append(index)
    parent = list(range(len(texts)))
    shared: Counter[tuple[int, int]] = Counter()
    for members in holders.values():
        if 2 <= len(members) <= _TOO_COMMON:
            shared.update((first, second) for at, first in enumerate(members) for second in members[at + 1 :])
    _join_equal(texts, parent)
    size = Counter(_root(parent, index) for index in range(len(texts)))
    largest = max(_SMALLEST_LIMIT, len(texts) // _PARTS)
    for (first, second), count in shared.items():
        own, other = _root(parent, first), _root(parent, second)
        if count >= _SHARED_AT_LEAST and own != other and size[own] + size[other] <= largest:
            parent[own] = other
            size[other] += size[own]
    numbers: dict[int, int] = {}
    return [numbers.setdefault(_root(parent, index), len(numbers)) for index in range(len(texts))]


def _join_equal(texts: Sequence[str], parent: list[int]) -> None:
    """Join texts that differ in spaces and width only; very short ones have too few windows to show it."""
    first_with: dict[str, int] = {}
    for index, text in enumerate(texts):
        first = first_with.setdefault(squeeze(text), index)
        parent[_root(parent, index)] = _root(parent, first)


def _root(parent: list[int], index: int) -> int:
    while parent[index] != index:
        parent[index] = parent[parent[index]]
        index = parent[index]
    return index
