"""States and moves as a table that can be read aloud, checked, walked by tests and drawn into the docs."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from yuanba.kernel.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Move:
    """One row: from any of `sources`, `name` leads to `target` and takes `power`.

    ``target`` is None where the action decides (a return to the state before) or the state stays. ``also`` is
    another power that opens the move, within bounds that its action sets.
    """

    name: str
    sources: frozenset[str]
    target: str | None
    power: str
    label: object = ""
    also: str = ""

    @property
    def powers(self) -> tuple[str, ...]:
        """The powers of which any opens the move, the usual one first."""
        return (self.power, self.also) if self.also else (self.power,)


class Flow:
    """A transition table. Raises ValueError at import time when two rows share a name."""

    def __init__(self, moves: Iterable[Move]) -> None:
        rows = tuple(moves)
        self.moves = {move.name: move for move in rows}
        if len(self.moves) != len(rows):
            raise ValueError("two moves share a name")

    def allowed(self, state: str) -> tuple[Move, ...]:
        """The moves that exist in `state`, in table order."""
        return tuple(move for move in self.moves.values() if state in move.sources)

    def check(self, state: str, name: str) -> Move:
        """The row for `name` in `state`. Raises `NotAllowed` naming the allowed moves."""
        move = self.moves.get(name)
        if move is None or state not in move.sources:
            raise NotAllowed(
                _("This can't be done now. Reload to see where the matter stands."),
                allowed=[row.name for row in self.allowed(state)],
            )
        return move
