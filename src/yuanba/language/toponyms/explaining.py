"""Findings put into words: matches with offsets in the text as given, and reasons with names."""

from __future__ import annotations

from .notes import Note
from .records import Match, Reason
from .settling import Finding
from .tree import PlaceTree

_EDGE_MARKS = " \t\n\r\u3000,，.。、-—_－/()（）的"
_MOST_REASONS = 12


def explain(tree: PlaceTree, text: str, finding: Finding, frame: int) -> Match:
    """The match for a finding."""
    notes = dict.fromkeys(finding.notes)
    why = tuple(_reason(tree, text, note, finding, frame) for note in list(notes)[:_MOST_REASONS])
    rest = text[finding.rest[0] : finding.rest[1]].strip(_EDGE_MARKS)
    return Match(tree.ids[finding.place], round(finding.belief, 4), why, _joined(finding.spans), rest)


def _reason(tree: PlaceTree, text: str, note: Note, finding: Finding, frame: int) -> Reason:
    place = tree.names[note.place if note.place >= 0 else finding.place]
    params: dict[str, str | int] = {"text": text[note.start : note.end].strip(_EDGE_MARKS), "place": place}
    if note.number:
        params["count"] = note.number
    if note.code.startswith("named"):
        params["ancestor"] = place
    if note.code.endswith("within") or note.code == "typo":
        params["within"] = tree.names[frame]
    if note.code.startswith("zone"):
        params["zone"] = params["text"] if note.code != "zone_omitted" else place
    return Reason(note.code, params)


def _joined(spans: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Spans in order, overlapping and touching ones made one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(set(spans)):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
