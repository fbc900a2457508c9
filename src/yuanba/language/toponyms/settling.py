"""From weighed mentions and attached numbers to places with a confidence."""

from __future__ import annotations

import re
from math import exp
from typing import NamedTuple

from .attaching import Anchored
from .descent import Outcome, descend, listed_buildings
from .designators import Designator
from .mentions import Bearer, Mention
from .notes import Note
from .tree import AREA, BUILDING, COMMUNITY, ESTATE, PlaceTree
from .weights import ASSUMED_WITHIN, NUMBER_REGISTERED, NUMBER_UNKNOWN

#: Below this belief a place is not worth a mention.
FLOOR = 0.15
#: “3栋” said to a whole district or street means some estate's, seldom that of the only one registered so far.
_BELIEF_IN_WIDE_FRAME = 0.6
_SURE = 0.5
#: A number right behind a name is hardly a count.
_FIRM_BESIDE_NAME = 0.95
_HIGHEST = 0.99
#: 和平社区 where the register has only 和平村 may be another place, whatever the words around it say.
_OTHER_ENDING = 0.7
_OTHER_ENDINGS = frozenset({"level_differs", "loose_name"})
_HEAVIEST = 20.0
_AS_STRONG = 1.5
#: What no registered number can make up for.
_HOPELESS = 4.0
_LONGEST_LIST = 4
_IN_LIST = 0.95
_MOST_COMPARED = 40
_EXTRA_OF_BOUND = 6
_UNKNOWN_NAME = re.compile(
    r"[\u4e00-\u9fff]{2}(?:小区|[家花嘉佳雅丽景公]园|[花雅佳名丽景锦馨]苑|公寓|大厦|新村|新城|华府|华庭|名都|广场|山庄|公馆"
    r"|社区|宿舍|家属院)[\s的(]?$"
)
_OWN_HOME = re.compile(
    r"(?:[我咱]们?|[本该住这那个的在属])(?:小区|社区|公寓|大厦|新村|宿舍|家属院|花园|广场)[\s的(]?$"
)
_NAME_REACH = 10
_BELIEF_BESIDE_UNKNOWN = 0.3

_Spans = tuple[tuple[int, int], ...]


class Finding(NamedTuple):
    """A place with the belief in it and what it rests on; `rest` are the offsets of what stayed unread."""

    place: int
    belief: float
    spans: _Spans
    notes: tuple[Note, ...]
    rest: tuple[int, int] = (0, 0)


class _Basis(NamedTuple):
    """What a number leads on from: the belief, spans and notes of a name or of the frame."""

    belief: float
    spans: _Spans
    notes: tuple[Note, ...]


class _Step(NamedTuple):
    """A number, where it was looked for, and what it led to; `close` if it stands right behind the name."""

    named: Designator
    anchor: int
    outcomes: list[Outcome]
    close: bool

    @property
    def resolved(self) -> bool:
        return self.outcomes[0].resolved


def settle(tree: PlaceTree, anchored: Anchored, frame: int) -> list[Finding]:
    """Findings of one mention: its bearers share belief, numbers behind it lead further down."""
    mention = anchored.mention
    strongest = max(bearer.weight for bearer in mention.bearers)
    mention.bearers = [bearer for bearer in mention.bearers if bearer.weight > strongest - _HOPELESS]
    reached = [_steps(tree, bearer, anchored, frame) for bearer in mention.bearers]
    for bearer, steps in zip(mention.bearers, reached, strict=True):
        _weigh_numbers(tree, bearer, steps)
    odds = [exp(min(bearer.weight, _HEAVIEST)) for bearer in mention.bearers]
    whole = 1.0 + sum(odds)
    strongest = max(bearer.weight for bearer in mention.bearers)
    rivals = sum(bearer.weight > strongest - _AS_STRONG for bearer in mention.bearers)
    findings: list[Finding] = []
    for bearer, steps, share in zip(mention.bearers, reached, odds, strict=True):
        if share / whole >= FLOOR / 4:
            spans = ((mention.start, mention.end), *_context_spans(bearer))
            belief = min(share / whole, _OTHER_ENDING if bearer.fit.code in _OTHER_ENDINGS else 1.0)
            basis = _Basis(belief, spans, _bearer_notes(bearer, mention, rivals))
            findings += _of_bearer(tree, bearer.place, steps, basis)
    return _summed(findings)


def settle_in_frame(tree: PlaceTree, frame: int, named: Designator, text: str) -> list[Finding]:
    """Findings of a number that belongs to no name, looked for in the place the text was written in."""
    if named.bound and len(text.strip()) - (named.end - named.start) > _EXTRA_OF_BOUND:
        return []
    belief = exp(ASSUMED_WITHIN) / (1 + exp(ASSUMED_WITHIN)) * named.firmness
    notes: tuple[Note, ...] = (Note("assumed_within", place=frame),)
    other = _UNKNOWN_NAME.search(text, max(0, named.start - _NAME_REACH), named.start)
    if other and not _OWN_HOME.search(text, max(0, named.start - _NAME_REACH), named.start):
        belief *= _BELIEF_BESIDE_UNKNOWN
        notes = (*notes, Note("unknown_region", other.start(), other.end()))
    if tree.kind[frame] < COMMUNITY:
        belief *= _BELIEF_IN_WIDE_FRAME
    basis = _Basis(belief, (), notes)
    outcomes = [one for one in descend(tree, frame, named) if one.resolved]
    return _led_to(tree, _Step(named, frame, outcomes, False), basis) if outcomes else []


def best(tree: PlaceTree, findings: list[Finding]) -> list[Finding]:
    """Each place once, the surest first; places that only hold a place found are left out."""
    surest: dict[int, Finding] = {}
    for finding in findings:
        known = surest.get(finding.place)
        if finding.belief >= FLOOR and (known is None or known.belief < finding.belief):
            surest[finding.place] = finding
    ranked = sorted(surest.values(), key=lambda one: (-one.belief, one.spans[:1]))[:_MOST_COMPARED]
    return [one for one in ranked if not any(_replaces(tree, other, one) for other in ranked)]


def _replaces(tree: PlaceTree, inner: Finding, outer: Finding) -> bool:
    if inner.place == outer.place or not tree.holds(outer.place, inner.place):
        return False
    same_words = inner.spans[:1] == outer.spans[:1]
    return inner.belief >= (_SURE if same_words else min(_SURE, outer.belief * 0.6))


def _steps(tree: PlaceTree, bearer: Bearer, anchored: Anchored, frame: int) -> list[_Step]:
    """What the numbers of a mention lead to below one bearer.

    They are looked for in the frame first where the frame lies in the bearer. A number further away is looked
    for in an estate or in the frame, not in a whole street.
    """
    zones = anchored.mention.ending.zones if bearer.fit.zone_code == "zone_unknown" else ""
    framed = frame >= 0 and frame != bearer.place and tree.holds(bearer.place, frame)
    steps = []
    for close, numbers in ((True, anchored.close), (False, anchored.far)):
        if not close and not framed and tree.kind[bearer.place] not in (ESTATE, AREA, BUILDING):
            continue
        for named in numbers:
            step = _Step(named, frame, descend(tree, frame, named, zones), close) if framed else None
            if step is None or not step.resolved:
                step = _Step(named, bearer.place, descend(tree, bearer.place, named, zones), close)
            steps.append(step)
    return steps


def _weigh_numbers(tree: PlaceTree, bearer: Bearer, steps: list[_Step]) -> None:
    """A number that is registered below a bearer speaks for it; one that is not, against it."""
    if any(step.resolved for step in steps):
        bearer.weight += NUMBER_REGISTERED
    elif any(step.close and step.named.buildings for step in steps) and tree.has_below(
        bearer.place, BUILDING
    ):
        bearer.weight += NUMBER_UNKNOWN


def _of_bearer(tree: PlaceTree, place: int, steps: list[_Step], basis: _Basis) -> list[Finding]:
    findings: list[Finding] = []
    left = 1.0
    for step in steps:
        if not step.resolved and not step.close:
            continue
        firmness = step.named.firmness if step.resolved else 1.0
        if step.close and firmness >= _SURE:
            firmness = max(firmness, _FIRM_BESIDE_NAME)
        left = min(left, 1.0 - firmness)
        firm = _Basis(basis.belief * firmness, basis.spans, basis.notes)
        findings += _led_to(tree, step, firm)
    if left > 0:
        findings.append(Finding(place, basis.belief * left, basis.spans, basis.notes))
    return findings


def _at_outcome(outcome: Outcome, named: Designator, basis: _Basis) -> Finding:
    doubt = (Note("count_like", named.start, named.building_end),) if named.firmness < _SURE else ()
    missing = (Note("building_missing"),) if named.units and not (named.buildings or outcome.resolved) else ()
    read = ((named.start, outcome.read_to),) if outcome.resolved else ()
    return Finding(
        outcome.place,
        min(basis.belief * outcome.share, _HIGHEST),
        basis.spans + read,
        (*basis.notes, *outcome.notes, *doubt, *missing),
        (outcome.read_to, named.end),
    )


def _led_to(tree: PlaceTree, step: _Step, basis: _Basis) -> list[Finding]:
    """All places of a number; of an enumeration every building, or the anchor where it names too many."""
    named = step.named
    if not named.listed:
        return [_at_outcome(one, named, basis) for one in step.outcomes]
    span = (named.list_start, named.building_end)
    spans = (*basis.spans, span)
    if len(named.listed) > _LONGEST_LIST:
        notes = (*basis.notes, Note("list_too_long", *span))
        return [Finding(step.anchor, basis.belief, spans, notes, span)]
    listed = listed_buildings(tree, step.anchor, named)
    return [_at_outcome(one, named, basis) for one in step.outcomes] + [
        Finding(place, basis.belief * _IN_LIST, spans, (*basis.notes, Note("building", *span, place)))
        for place in listed
    ]


def _bearer_notes(bearer: Bearer, mention: Mention, rivals: int) -> tuple[Note, ...]:
    fit = bearer.fit
    first = [Note(fit.code, mention.start, mention.end, bearer.place)]
    if fit.zone_code:
        first.append(Note(fit.zone_code, mention.start, mention.end, bearer.place))
    several = (Note("rivals", mention.start, mention.end, number=rivals),) if rivals > 1 else ()
    return (*first, *bearer.notes, *several)


def _context_spans(bearer: Bearer) -> _Spans:
    return tuple(
        (note.start, note.end) for note in bearer.notes if note.code in ("named_before", "named_elsewhere")
    )


def _summed(findings: list[Finding]) -> list[Finding]:
    """Two bearers that lead to the same place by the same words add up."""
    by_words: dict[tuple[int, tuple[int, int]], Finding] = {}
    for finding in findings:
        words = (finding.place, finding.rest)
        known = by_words.get(words)
        if known is None:
            by_words[words] = finding
            continue
        surer = max(known, finding, key=lambda one: one.belief)
        by_words[words] = surer._replace(belief=min(known.belief + finding.belief, _HIGHEST))
    return list(by_words.values())
