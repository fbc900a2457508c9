"""How much each piece of evidence counts, in log-odds against “no place is meant” (which has 0).

A place with weight w alone has the confidence e^w / (1 + e^w); rivals for the same words share by e^w. The
figures were set by hand on generated texts and on labelled address lines, see tests/toponyms.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .endings import Ending, family
from .names import ALIAS, UNBRANDED
from .tree import AREA, COMMUNITY, DISTRICT, ESTATE, STREET

NAMED_BEFORE = 2.8
NAMED_ELSEWHERE = 1.2
NAMED_TOO = 0.5
NAMED_OTHER = -1.5
HOLDS_NAMED = 1.5
INSIDE_WITHIN = 2.0
AROUND_WITHIN = 1.0
OUTSIDE_WITHIN = -1.2
NUMBER_REGISTERED = 1.2
NUMBER_UNKNOWN = -1.0
ALONE = 1.0
CUE = 0.5
#: An unregistered district or city, street or town, community or village right before a name.
UNKNOWN_REGION = (-3.0, -2.5, -1.5)
ROAD_LIKE = -1.4
#: Signs of another word right before it: for an everyday word or two signs, a short name and a long one.
JOINED_LEFT = (-3.0, -2.0, -0.75)
#: “不是玉城家园” and “玉城家园对面的…”, where another place is named as well.
NEGATED, LANDMARK = -5.0, -4.0
EVERYDAY = -1.5
JOINED_RIGHT = -1.5
TYPO = -1.2
ASSUMED_WITHIN = 2.6

_ZONE_AGREES = 0.4
_ZONE_OMITTED = -0.8
_ZONE_UNKNOWN = -0.7
_ALIAS = -0.1
_UNBRANDED = -0.8
_COMMON = -1.3
_COMMON_WITH_ENDING = -0.5
_LOOSE = -0.8
_LEVEL = 0.8
_WIDE_ALONE = 0.8
#: By the number of signs written, capped at five: with the ending in full, the stem as the whole name, and
#: the stem of a longer name.
_FULL = (0.0, 0.0, 1.0, 2.4, 3.0, 3.2)
_WHOLE = (-3.0, -3.0, -1.0, 1.2, 2.4, 3.0)
_STEM_ONLY = (-3.0, -3.0, -1.0, 0.4, 1.5, 2.0)

_SETTLED = ("community", "village")
_OFFICES = ("street", "town", "township")
_REGIONS = ("district", "city", "province")
_LEVELS_OF = {COMMUNITY: _SETTLED, STREET: _OFFICES}


@dataclass(frozen=True, slots=True)
class Fit:
    """How the words in the text fit one name of a place."""

    weight: float
    code: str
    zone_code: str = ""


def fit_name(
    kind: int, entry: tuple[str, str, int], ending: Ending, stem_length: int, common: bool
) -> Fit | None:
    """How well a stem with the ending found fits an entry (tail, zones, origin); None where it does not.

    “玉城家园” fits the estate 玉城家园 as its name, “玉城小区” with the last word replaced, “玉城街道” not at
    all.
    """
    tail, zones, origin = entry
    if zones and zones == ending.zones:
        stem_length, common = stem_length + len(zones), False
    fitted = _fit_tail(kind, tail, ending, stem_length, common)
    if fitted is None:
        return None
    weight, code = fitted
    zone_code = ""
    if zones or ending.zones:
        if zones == ending.zones:
            weight, zone_code = weight + _ZONE_AGREES, "zone"
        elif zones and ending.zones:
            return None
        else:
            zone_code = "zone_omitted" if zones else "zone_unknown"
            weight += _ZONE_OMITTED if zones else _ZONE_UNKNOWN
    if origin == ALIAS:
        return Fit(weight + _ALIAS, "alias" if code == "name" else code, zone_code)
    if origin == UNBRANDED:
        return Fit(weight + _UNBRANDED, "brand_omitted", zone_code)
    return Fit(weight, code, zone_code)


def fit_part(fit: Fit) -> Fit:
    """The fit of an estate, made that of the part of it that the text names."""
    return replace(fit, weight=fit.weight - _ZONE_UNKNOWN + _ZONE_AGREES, zone_code="zone")


def _fit_tail(
    kind: int, tail: str, ending: Ending, stem_length: int, common: bool
) -> tuple[float, str] | None:
    said = ending.tail or ending.general
    if kind <= DISTRICT and family(said) not in _REGIONS:
        said = ""
    if not said:
        ladder = _STEM_ONLY if tail else _WHOLE
        weight = ladder[min(stem_length, 5)] + (_COMMON if common else 0.0)
        if kind <= DISTRICT:
            weight = max(weight, _WIDE_ALONE)
        return weight, "suffix_omitted" if tail else "name"
    full = _FULL[min(stem_length + len(said), 5)]
    if common:
        full += _COMMON_WITH_ENDING
    if tail == said:
        return full, "name"
    return _fit_families(kind, tail, family(tail), family(said), full)


def _fit_families(kind: int, tail: str, own: str, said: str, full: float) -> tuple[float, str] | None:
    """The ends differ: a spelling of the same level, another level, a general word, or another place."""
    if own == said and own != "estate":
        return full - 0.2, "suffix_variant"
    if said in _LEVELS_OF.get(kind, _REGIONS if kind <= DISTRICT else ()):
        return (_LEVEL, "level_differs") if tail else (full - 0.2, "suffix_variant")
    if said == "general" and kind in (ESTATE, AREA):
        return _fit_general(tail, full)
    if (kind == ESTATE and said in (*_SETTLED, "estate")) or (kind == COMMUNITY and said == "general"):
        return (_LOOSE if tail else full - 2.4), "loose_name"
    return None


def _fit_general(tail: str, full: float) -> tuple[float, str]:
    """小区 after the whole name of an estate, or in place of its last word."""
    if not tail:
        return full - 0.3, "suffix_added"
    return full - (1.4 if full >= _FULL[-1] else 2.0), "suffix_replaced"
