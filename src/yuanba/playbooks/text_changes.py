"""The difference of two texts, line by line."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

# Beyond this the comparison could take a web process minutes; no playbook is near it.
MOST_LINES = 8000
AROUND = 3


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of the comparison; ``number`` is its place in the new text, in the old one where it went."""

    kind: Literal["same", "added", "removed", "gap"]
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class TextChanges:
    """The changed lines with a few around them. ``too_long``: nothing was compared."""

    lines: tuple[TextLine, ...] = ()
    too_long: bool = False


def text_changes(old: str, new: str) -> TextChanges:
    before, after = old.split("\n"), new.split("\n")
    if max(len(before), len(after)) > MOST_LINES:
        return TextChanges(too_long=True)
    return TextChanges(tuple(_lines(before, after)))


def _lines(before: list[str], after: list[str]) -> Iterator[TextLine]:
    groups = SequenceMatcher(None, before, after).get_grouped_opcodes(AROUND)
    for number, group in enumerate(groups):
        if number:
            yield TextLine("gap", 0, "")
        for tag, old_start, old_end, new_start, new_end in group:
            if tag == "equal":
                yield from _told("same", after, new_start, new_end)
            else:
                yield from _told("removed", before, old_start, old_end)
                yield from _told("added", after, new_start, new_end)


def _told(
    kind: Literal["same", "added", "removed"], lines: list[str], start: int, end: int
) -> Iterator[TextLine]:
    for place in range(start, end):
        yield TextLine(kind, place + 1, lines[place])
