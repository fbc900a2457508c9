"""One text read against the register: names, numbers, what holds what, and how sure that makes each place."""

from __future__ import annotations

from .attaching import attach
from .context import weigh_context
from .designators import Designator, read_designators, read_room
from .endings import NO_ENDING, read_ending
from .explaining import explain
from .mentions import Bearer, Mention
from .names import NameIndex
from .notes import Note
from .records import Match
from .settling import Finding, best, settle, settle_in_frame
from .spotting import MentionReader
from .tree import AREA, BUILDING, COMMUNITY, HOUSEHOLD, PlaceTree
from .typos import TypoFinder
from .weights import ALONE, TYPO, Fit

_MARKS = " \t\n\r,，。、;；:：.!！?？()（）-—#"
_LONGEST_ALONE = 30
_MOST_NUMBERS_IN_FRAME = 200


class Reading:
    """Reads one text. `folded` is as long as the text; `frame` is the index of the place given, or -1."""

    def __init__(self, tree: PlaceTree, names: NameIndex, typos: TypoFinder, folded: str, frame: int) -> None:
        self._tree, self._names, self._typos = tree, names, typos
        self._folded, self._frame = folded, frame

    def matches(self, text: str, limit: int) -> list[Match]:
        """The best places of the text as it was written, the surest first."""
        chosen = best(self._tree, self._findings())[:limit]
        return [explain(self._tree, text, finding, self._frame) for finding in chosen]

    def _findings(self) -> list[Finding]:
        inside = self._is_inside if self._frame >= 0 else None
        mentions = MentionReader(self._tree, self._names, self._folded, inside).read()
        if not mentions and self._frame < 0:
            return []
        numbers = read_designators(self._folded, [(one.start, one.end) for one in mentions])
        if self._frame >= 0:
            mentions = self._with_typo(mentions, numbers)
        mentions = weigh_context(self._tree, mentions, self._folded, self._frame)
        anchored, loose = attach(self._tree, mentions, numbers, self._folded)
        self._weigh_alone(mentions, numbers)
        findings = [found for one in anchored for found in settle(self._tree, one, self._frame)]
        if self._frame >= 0:
            for named in (loose or self._rooms(numbers))[:_MOST_NUMBERS_IN_FRAME]:
                findings += settle_in_frame(self._tree, self._frame, named, self._folded)
        return findings

    def _is_inside(self, place: int) -> bool:
        return self._tree.holds(self._frame, place) or self._tree.holds(place, self._frame)

    def _rooms(self, numbers: list[Designator]) -> list[Designator]:
        """A room alone counts only where the text was written in a building."""
        if numbers or not BUILDING <= self._tree.kind[self._frame] <= HOUSEHOLD:
            return []
        room = read_room(self._folded)
        return [room] if room else []

    def _with_typo(self, mentions: list[Mention], numbers: list[Designator]) -> list[Mention]:
        """Adds a misspelt name where no settlement inside the frame is named."""
        if any(self._is_settled(bearer.place) for mention in mentions for bearer in mention.bearers):
            return mentions
        found = self._typos.find(self._folded, self._frame, [named.start for named in numbers])
        if found is None:
            return mentions
        place, start, end = found
        if any(start < one.end and one.start < end for one in mentions):
            return mentions
        zones = read_ending(self._folded, end)
        ending = zones if zones.zones and not zones.tail else NO_ENDING
        misspelt = Mention(start, end + ending.length, [Bearer(place, TYPO, Fit(TYPO, "typo"))], ending)
        return sorted((*mentions, misspelt), key=lambda one: one.start)

    def _is_settled(self, place: int) -> bool:
        """Whether a place inside the frame is a community, an area or anything finer."""
        kind = self._tree.kind[place]
        settled = COMMUNITY <= kind <= HOUSEHOLD or kind == AREA
        return settled and place != self._frame and self._tree.holds(self._frame, place)

    def _weigh_alone(self, mentions: list[Mention], numbers: list[Designator]) -> None:
        """A text that holds nothing but names and numbers means them as a place."""
        if not mentions or len(self._folded.strip()) > _LONGEST_ALONE:
            return
        left, at = "", 0
        spans = [(one.start, one.end) for one in mentions] + [(one.start, one.end) for one in numbers]
        for start, end in sorted(spans):
            left += self._folded[at:start]
            at = max(at, end)
        if not (left + self._folded[at:]).strip(_MARKS):
            mentions[-1].add(ALONE, Note("alone"))
