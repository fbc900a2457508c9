"""Near-copies among the rows of one file, with memory for the last few thousand of them.

Finding messages of one trouble in other words takes half as long again as all the rest of an intake, so that
is left to the worker for requests that come one by one. Here a sketch of each text finds those that were sent
again, pasted or a little changed.
"""

from collections import Counter, deque
from dataclasses import dataclass

import numpy as np

from yuanba.language.similarity import Telling
from yuanba.language.triage.features import windows
from yuanba.matters.duplicates import Earlier

REMEMBERED = 4000
WINDOW = 4
SKETCH = 8
SHARED = 4
"""Of eight windows drawn from each of two texts: small changes leave half, strangers share hardly one."""
TOO_COMMON = 50
"""A window that more of the latest rows drew is a figure of speech."""
COMPARED = 3
KEPT_LENGTH = 1000

Sketch = tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    earlier: Earlier
    sketch: Sketch


class Recent:
    """The latest rows by their sketches: which of them may be the same as the next."""

    def __init__(self) -> None:
        self._order: deque[_Known] = deque()
        self._drawn: dict[int, list[_Known]] = {}

    def alike(self, own: Sketch) -> list[Earlier]:
        """The few that share the most windows with a row, worth comparing word by word."""
        shared: Counter[int] = Counter()
        known: dict[int, Earlier] = {}
        for key in own:
            for row in self._drawn.get(key, ()):
                shared[row.earlier.pk] += 1
                known[row.earlier.pk] = row.earlier
        least = min(SHARED, len(own))
        return [known[pk] for pk, count in shared.most_common(COMPARED) if count >= least]

    def remember(self, pk: int, number: str, telling: Telling, own: Sketch) -> None:
        """Keep a row, and let the oldest go."""
        short = Telling(telling.text[:KEPT_LENGTH], telling.subject, telling.at, telling.place_path)
        row = _Known(Earlier(pk, number, short), own)
        self._order.append(row)
        for key in own:
            rows = self._drawn.setdefault(key, [])
            if len(rows) < TOO_COMMON:
                rows.append(row)
        if len(self._order) > REMEMBERED:
            self._forget(self._order.popleft())

    def _forget(self, oldest: _Known) -> None:
        for key in oldest.sketch:
            rows = self._drawn.get(key, [])
            if oldest in rows:
                rows.remove(oldest)
            if not rows:
                self._drawn.pop(key, None)


def sketch_of(text: str) -> Sketch:
    """The smallest window numbers of a text (A. Broder, *On the resemblance and containment of documents*,
    1997); empty for one shorter than a window.
    """
    return tuple(np.unique(windows(text[:KEPT_LENGTH], WINDOW))[:SKETCH].tolist())
