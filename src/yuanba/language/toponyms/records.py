"""What goes into the resolver and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .reasons import SENTENCES

#: Kinds of place from the widest to the narrowest; `area` (square, park, road section) may stand anywhere.
KINDS: tuple[str, ...] = (
    "nation",
    "province",
    "city",
    "district",
    "street",
    "community",
    "estate",
    "building",
    "unit",
    "household",
    "area",
)


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place as the register has it.

    `kind` is one of `KINDS`; `aliases` are nicknames and former names. A `parent_id` that is not among the
    rows makes the place a root.
    """

    id: int
    parent_id: int | None
    kind: str
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a place was chosen, or why not more surely: a code from `reasons.SENTENCES` and its words.

    `str()` gives the plain English sentence; callers translate by `code` with the same `params`.
    """

    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        return SENTENCES[self.code].format_map(self.params)


@dataclass(frozen=True, slots=True)
class Match:
    """A place found in a text.

    `confidence` is the share of belief from 0 to 1 that the text speaks of this place: rivals for the same
    words, and the chance that no place is meant, have taken theirs. `spans` are (start, end) character
    offsets in the text as given, in order, not overlapping: what the finding rests on. `rest` is the part of
    the address that is finer than the place found, as written: “501室” where no household is registered.
    """

    place_id: int
    confidence: float
    why: tuple[Reason, ...]
    spans: tuple[tuple[int, int], ...]
    rest: str
