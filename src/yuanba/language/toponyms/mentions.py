"""Words in a text that name places, and the places that each of them may mean."""

from __future__ import annotations

from dataclasses import dataclass, field

from .endings import Ending
from .notes import Note
from .weights import Fit


@dataclass(slots=True)
class Bearer:
    """A place that a mention may mean, with its weight so far and what spoke for and against it."""

    place: int
    weight: float
    fit: Fit
    notes: list[Note] = field(default_factory=list)

    def add(self, weight: float, note: Note) -> None:
        """Counts a piece of evidence and remembers it."""
        self.weight += weight
        self.notes.append(note)


@dataclass(slots=True)
class Mention:
    """Words in the text that name a place: a stem from `start`, its ending up to `end`.

    `rank` compares mentions that overlap: the weight of the best bearer and the length.
    """

    start: int
    end: int
    bearers: list[Bearer]
    ending: Ending
    rank: float = 0.0

    def add(self, weight: float, note: Note) -> None:
        """Counts a piece of evidence for every bearer."""
        for bearer in self.bearers:
            bearer.add(weight, note)

    def merge(self, other: Mention) -> None:
        """Takes over the bearers of a mention of the same words."""
        known = {bearer.place for bearer in self.bearers}
        self.bearers += (bearer for bearer in other.bearers if bearer.place not in known)


def without_overlaps(mentions: list[Mention]) -> list[Mention]:
    """The best founded of mentions that overlap, in the order of the text; equal spans become one mention."""
    kept: list[Mention] = []
    taken: dict[int, Mention] = {}
    for mention in sorted(mentions, key=lambda one: -one.rank):
        span = range(mention.start, mention.end)
        rivals = {id(taken[at]): taken[at] for at in span if at in taken}
        if not rivals:
            kept.append(mention)
            taken.update(dict.fromkeys(span, mention))
            continue
        rival = next(iter(rivals.values()))
        if (rival.start, rival.end) == (mention.start, mention.end):
            rival.merge(mention)
    kept.sort(key=lambda one: one.start)
    return kept
