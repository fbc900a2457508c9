"""One text read against the register: names, numbers, what holds what, and how sure that makes each place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import exp

from .context import weigh_context
from .descent import Note, Outcome, descend, listed_buildings
from .designators import Designator, read_designators, read_room
from .endings import NO_ENDING
from .explaining import reasons
from .mentions import Bearer, Mention, MentionReader
from .names import NameIndex
from .records import Match
from .tree import BUILDING, DISTRICT, HOUSEHOLD, PlaceTree
from .typos import TypoFinder
from .weights import ALONE, ASSUMED_WITHIN, NUMBER_REGISTERED, NUMBER_UNKNOWN, TYPO, Fit

_FLOOR = 0.15
_SURE = 0.5
_REACH = 40
_AFTER_REACH = 2
_LINK = re.compile(r"[\s,，、的里内(\-:：]{0,3}$|[\s(]{0,2}(?:小区|院内|里面)[\s的)]{0,2}$")
_MARKS = " \t\n\r,，。、;；:：.!！?？()（）-—#的"


@dataclass(slots=True)
class Finding:
    """A place with the belief in it, and what it came from."""

    place: int
    belief: float
    mention: Mention | None
    bearer: Bearer | None
    named: Designator | None
    outcome: Outcome | None
    rivals: int = 1
    notes: list[Note] = field(default_factory=list)


class Reading:
    """Reads one text. `folded` is as long as `text`; `frame` is the index of the place given, or -1."""

    def __init__(
        self,
        tree: PlaceTree,
        names: NameIndex,
        typos: TypoFinder,
        text: str,
        folded: str,
        frame: int,
    ) -> None:
        self._tree, self._names, self._typos = tree, names, typos
        self._text, self._folded, self._frame = text, folded, frame
        self._numbers: list[Designator] | None = None
        self._number_starts: set[int] = set()

    def matches(self, limit: int) -> list[Match]:
        """The best places, the surest first."""
        reader = MentionReader(
            self._tree, self._names, self._folded, self._frame_test(), self._is_number_at
        )
        mentions = reader.read()
        if not mentions and self._frame < 0:
            return []
        numbers = self._read_numbers()
        if self._frame >= 0 and not any(self._in_frame(mention) for mention in mentions):
            mentions += self._misspelt(mentions)
        attached = self._attach(mentions, numbers)
        findings = self._settle(mentions, attached)
        findings += self._assume_frame(numbers, attached)
        return [self._match(finding, mentions) for finding in self._best(findings)[:limit]]
