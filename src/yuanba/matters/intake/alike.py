"""Near-copies among the rows of one file, with memory for the last few thousand of them.

Finding messages of one trouble in other words takes half as long again as all the rest of an intake, so that
is left to the worker for requests that come one by one. Here a sketch of each text finds those that were sent
again, pasted or a little changed.
"""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter

import numpy as np
from django.utils.translation import gettext as _

from yuanba.language.triage.features import windows
from yuanba.matters.duplicates import may_be_shown
from yuanba.matters.models import Matter
from yuanba.matters.suggesting import Proposal

REMEMBERED = 4000
WINDOW = 4
SKETCH = 8
SHARED = 4
"""Of eight windows drawn from each of two texts: small changes leave half, strangers share hardly one."""
TOO_COMMON = 50
"""A window that more of the latest rows drew is a figure of speech."""
MOST_SHOWN = 3
ELSEWHERE = 0.7
"""The same words about another place are likelier another trouble."""
READ_LENGTH = 1000

Sketch = tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    pk: int
    number: str
    place_path: str
    sketch: Sketch
    accused_path: str
    confidential: bool


class Recent:
    """The latest rows by their sketches: which of them may be the same as the next."""

    def __init__(self) -> None:
        self._order: deque[_Known] = deque()
        self._drawn: dict[int, list[_Known]] = {}

    def duplicates(self, matter: Matter) -> list[Proposal]:
        """The latest rows that a matter nearly repeats, surest first, as proposals; the matter is remembered."""
        row = _Known(
            matter.pk,
            matter.number,
            matter.place_path,
            sketch_of(matter.text),
            matter.accused_path,
            matter.confidential,
        )
        surest = sorted(self._alike(row), key=itemgetter(0), reverse=True)[:MOST_SHOWN]
        self._remember(row)
        return [
            Proposal("duplicate", known.pk, known.number, sure, (_("Nearly the same words."),))
            for sure, known in surest
        ]

    def _alike(self, own: _Known) -> Iterator[tuple[float, _Known]]:
        """(how sure, row) of those that drew enough of the same windows."""
        drawn = [rows for key in own.sketch if (rows := self._drawn.get(key))]
        least = min(SHARED, len(own.sketch))
        if len(drawn) < least:
            return
        for known, count in Counter(chain.from_iterable(drawn)).items():
            if count >= least and may_be_shown(known, own):
                sure = 0.5 + 0.45 * count / SKETCH
                near = own.place_path.startswith(known.place_path) or known.place_path.startswith(
                    own.place_path
                )
                yield (sure if near else sure * ELSEWHERE), known

    def _remember(self, row: _Known) -> None:
        """Keep a row, and let the oldest go."""
        self._order.append(row)
        for key in row.sketch:
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
    return tuple(np.unique(windows(text[:READ_LENGTH], WINDOW))[:SKETCH].tolist())
