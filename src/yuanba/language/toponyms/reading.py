"""One text read against the register: names, numbers, what holds what, and how sure that makes each place."""

from __future__ import annotations

from .attaching import attach
from .context import weigh_context
from .designators import Designator, read_designators, read_room
from .endings import NO_ENDING
from .explaining import explain
from .mentions import Bearer, Mention, MentionReader
from .names import NameIndex
from .notes import Note
from .records import Match
from .settling import best, settle, settle_in_frame
from .tree import AREA, BUILDING, COMMUNITY, HOUSEHOLD, PlaceTree
from .typos import TypoFinder
from .weights import ALONE, TYPO, Fit

_MARKS = " \t\n\r,，。、;；:：.!！?？()（）-—#"


class Reading:
    """Reads one text. `folded` is as long as `text`; `frame` is the index of the place given, or -1."""

    def __init__(
        self, tree: PlaceTree, names: NameIndex, typos: TypoFinder, text: str, folded: str, frame: int
    ) -> None:
        self._tree, self._names, self._typos = tree, names, typos
        self._text, self._folded, self._frame = text, folded, frame

    def matches(self, limit: int) -> list[Match]:
        """The best places, the surest first."""
        inside = self._is_inside if self._frame >= 0 else None
        reader = MentionReader(self._tree, self._names, self._folded, inside)
        mentions = reader.read()
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
            for named in loose or self._rooms(numbers):
                findings += settle_in_frame(self._tree, self._frame, named, self._folded)
        chosen = best(self._tree, findings)[:limit]
        return [explain(self._tree, self._text, finding, self._frame) for finding in chosen]

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
        tree = self._tree
        for mention in mentions:
            for bearer in mention.bearers:
                settled = tree.kind[bearer.place] in (AREA, *range(COMMUNITY, HOUSEHOLD + 1))
                if settled and bearer.place != self._frame and tree.holds(self._frame, bearer.place):
                    return mentions
        starts = [named.start for named in numbers]
        found = self._typos.find(self._folded, self._frame, starts)
        if found is None or any(found[1] < m.end and m.start < found[2] for m in mentions):
            return mentions
        place, start, end = found
        bearer = Bearer(place, TYPO, Fit(TYPO, "typo"))
        return sorted([*mentions, Mention(start, end, [bearer], NO_ENDING, 0.0)], key=lambda one: one.start)

    def _weigh_alone(self, mentions: list[Mention], numbers: list[Designator]) -> None:
        """A text that holds nothing but one name, or a name and a number, means it as a place."""
        if not mentions or mentions[-1].end - mentions[0].start > _LONGEST_ALONE:
            return
        at = 0
        for start, end in sorted((one.start, one.end) for one in (*mentions, *numbers)):
            if self._folded[at:start].strip(_MARKS):
                return
            at = max(at, end)
        if self._folded[at:].strip(_MARKS):
            return
        for bearer in mentions[-1].bearers:
            bearer.add(ALONE, Note("alone"))


_LONGEST_ALONE = 30
