"""Evidence on its way to a reason: cheap to make, put into words only for places that are answered."""

from __future__ import annotations

from typing import NamedTuple


class Note(NamedTuple):
    """A reason code with the offsets of the words it speaks of, a place it names, and a number of places."""

    code: str
    start: int = 0
    end: int = 0
    place: int = -1
    number: int = 0
