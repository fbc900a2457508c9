"""Training messages as numbers: which features each one has, and how often."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from yuanba.language.triage.features import Keys, stretches
from yuanba.language.triage.model import Floats, Places, feature_values
from yuanba.language.triage.suggestion import Labelled

Progress = Callable[[str, int, int], None]
"""Called with the name of the step, how much of it is done and how much there is."""

_SEEN_AT_LEAST: Final = 2
_REPORT_EVERY: Final = 500


@dataclass(frozen=True, slots=True)
class Table:
    """Features that occur in at least two messages.

    Message ``i`` has ``features[pointers[i]:pointers[i + 1]]`` with ``counts`` beside them; feature ``f`` has
    the number ``keys[f]`` and the kind ``kinds[f]``.
    """

    pointers: Places
    features: Places
    counts: Places
    keys: Keys
    kinds: NDArray[np.uint8]

    def rarity(self, rows: Places) -> Floats:
        """Inverse document frequency of every feature over the rows; 0 for one that none of them has."""
        present = np.concatenate([self.features[self._of(row)] for row in rows])
        messages = np.bincount(present, minlength=len(self.keys))
        rarity = np.log((len(rows) + 1) / (messages + 1)) + 1
        return np.where(messages > 0, rarity, 0).astype(np.float32)

    def matrix(self, rarity: Floats, rows: Places) -> Any:
        """The rows' feature values as a sparse matrix (rows x features)."""
        values, columns, pointers = [], [], [0]
        for row in rows:
            features, counts = self.features[self._of(row)], self.counts[self._of(row)]
            known = rarity[features] > 0
            features, counts = features[known], counts[known]
            values.append(feature_values(counts, rarity[features], self.kinds[features]))
            columns.append(features)
            pointers.append(pointers[-1] + len(features))
        shape = (len(rows), len(self.keys))
        return sparse.csr_matrix((np.concatenate(values), np.concatenate(columns), pointers), shape=shape)

    def _of(self, row: int) -> slice:
        return slice(self.pointers[row], self.pointers[row + 1])


def read_table(rows: Sequence[Labelled], report: Progress) -> Table:
    """Read every message once."""
    keys_of, counts_of, kinds_of = [], [], []
    for done, row in enumerate(rows):
        if done % _REPORT_EVERY == 0:
            report("read", done, len(rows))
        seen = stretches(row.text, row.subject)
        keys, first, counts = np.unique(seen.keys, return_index=True, return_counts=True)
        keys_of.append(keys)
        counts_of.append(counts)
        kinds_of.append(seen.kinds[first])
    every = np.concatenate(keys_of)
    keys, first, which, messages = np.unique(
        every, return_index=True, return_inverse=True, return_counts=True
    )
    common = messages >= _SEEN_AT_LEAST
    features = np.where(common, np.cumsum(common) - 1, -1)[which]
    kept = features >= 0
    ends = np.cumsum([0, *map(len, keys_of)])
    return Table(
        pointers=np.concatenate(([0], np.cumsum(kept)))[ends],
        features=features[kept],
        counts=np.concatenate(counts_of)[kept],
        keys=keys[common],
        kinds=np.concatenate(kinds_of)[first][common],
    )
