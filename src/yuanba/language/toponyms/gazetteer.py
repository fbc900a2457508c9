"""The resolver: finds the places of a register in free Chinese text and says why."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .folding import fold
from .names import NameIndex
from .reading import Reading
from .records import Match, PlaceRow
from .tree import PlaceTree
from .typos import TypoFinder


class Gazetteer:
    """All places of a register, ready to be found. Build one with `Gazetteer.build`; it never changes.

    A changed register is loaded anew: 100,000 places take about a second.
    """

    def __init__(self, tree: PlaceTree, names: NameIndex) -> None:
        self._tree = tree
        self._names = names
        self._typos = TypoFinder(tree)

    @classmethod
    def build(cls, rows: Iterable[PlaceRow], progress: Callable[[int], None] | None = None) -> Gazetteer:
        """Loads the register in one pass over `rows`, in any order.

        `progress` is called with the number of rows read, every 10,000 rows. Raises ValueError for an id
        given twice, an unknown kind and parents that form a circle.
        """
        tree = PlaceTree(rows, progress)
        return cls(tree, NameIndex(tree))

    def __len__(self) -> int:
        return len(self._tree)

    def find(self, text: str, within: int | None = None, limit: int = 5) -> list[Match]:
        """The places that a text speaks of, the surest first, at most `limit`.

        `within` is the id of the place where the text was written or that it is about: an estate for a door
        code, a street for its desk. It settles names and numbers that stand in many places; a place clearly
        named elsewhere is still found, with less confidence. Raises KeyError where `within` was not loaded.
        Never raises for any text; time is linear in its length.
        """
        frame = -1 if within is None else self._tree.index_of(within)
        reading = Reading(self._tree, self._names, self._typos, fold(text), frame)
        return reading.matches(text, limit) if limit > 0 else []
