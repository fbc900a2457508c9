"""The places that a dry run would build."""

from collections.abc import Iterable

from yuanba.kernel.paths import contains
from yuanba.places.importing.finding import Node, Wanted


class Imagination:
    """Remembers by numbers alone what would have been built: a key is computed from what the place is.

    Places without a code are also remembered by name, for rows that name them without what they lie in.
    """

    def __init__(self) -> None:
        self._keys: set[int] = set()
        self._by_name: dict[tuple[str, str], list[Node]] = {}

    def add(self, wanted: Iterable[Wanted]) -> list[Node]:
        nodes = []
        for want in wanted:
            node = _imagined(want)
            self._keys.add(node.id)
            if not node.code:
                self._by_name.setdefault((want.step.kind, want.step.key), []).append(node)
            nodes.append(node)
        return nodes

    def recall(self, want: Wanted) -> Node | None:
        """The imagined place directly inside the wanted parent, or of the wanted code."""
        if want.searched or not self._keys:
            return None
        node = _imagined(want)
        return node if node.id in self._keys else None

    def named(self, want: Wanted) -> list[Node]:
        """Imagined places of that name anywhere below the wanted parent."""
        below = want.parent.path if want.parent else ""
        named = self._by_name.get((want.step.kind, want.step.key), [])
        return [node for node in named if contains(below, node.path)]


def _imagined(want: Wanted) -> Node:
    step, details = want.step, want.step.details
    point = details.point
    return Node(
        id=-1 - (hash(want.key) & (1 << 62) - 1),
        path=want.parent.path if want.parent else "",
        kind=step.kind,
        name=step.name,
        code=step.code,
        lon=point.lon if point else None,
        lat=point.lat if point else None,
        households_count=details.households_count,
        unmanaged=details.unmanaged,
    )
