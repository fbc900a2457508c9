"""From weighed mentions and attached numbers to places with a confidence."""

from __future__ import annotations

from math import exp
from typing import NamedTuple

from .attaching import Anchored
from .descent import Outcome, descend, listed_buildings
from .designators import Designator
from .mentions import Bearer, Mention
from .notes import Note
from .tree import BUILDING, PlaceTree
from .weights import ASSUMED_WITHIN, NUMBER_REGISTERED, NUMBER_UNKNOWN

#: Below this belief a place is not worth a mention.
FLOOR = 0.15
_SURE = 0.5
#: A number right behind a name is hardly a count.
_FIRM_BESIDE_NAME = 0.95
_HIGHEST = 0.99
_AS_STRONG = 1.5
_LONGEST_LIST = 4
_MOST_COMPARED = 40
_EXTRA_OF_BOUND = 6


class Finding(NamedTuple):
    """A place with the belief in it and what it rests on; `rest` are the offsets of what stayed unread."""

    place: int
    belief: float
    spans: tuple[tuple[int, int], ...]
    notes: tuple[Note, ...]
    rest: tuple[int, int] = (0, 0)


def settle(tree: PlaceTree, anchored: Anchored, frame: int) -> list[Finding]:
    """Findings of one mention: its bearers share belief, numbers behind it lead further down."""
    mention = anchored.mention
    reached = [
        [
            (named, _outcomes(tree, bearer, mention, named, frame))
            for named in (*anchored.close, *anchored.far)
        ]
        for bearer in mention.bearers
    ]
    for bearer, steps in zip(mention.bearers, reached, strict=True):
        _weigh_numbers(tree, bearer, steps, len(anchored.close))
    odds = [exp(min(bearer.weight, 20.0)) for bearer in mention.bearers]
    whole = 1.0 + sum(odds)
    strongest = max(bearer.weight for bearer in mention.bearers)
    rivals = sum(bearer.weight > strongest - _AS_STRONG for bearer in mention.bearers)
    findings: list[Finding] = []
    for bearer, steps, share in zip(mention.bearers, reached, odds, strict=True):
        findings += _of_bearer(tree, bearer, mention, steps, share / whole, len(anchored.close), rivals)
    return _summed(findings)


def settle_in_frame(tree: PlaceTree, frame: int, named: Designator, text: str) -> list[Finding]:
    """Findings of a number that belongs to no name, looked for in the place the text was written in."""
    if named.bound and len(text.strip()) - (named.end - named.start) > _EXTRA_OF_BOUND:
        return []
    belief = exp(ASSUMED_WITHIN) / (1 + exp(ASSUMED_WITHIN)) * named.firmness
    assumed = (Note("assumed_within", place=frame),)
    findings = [
        _at_outcome(outcome, belief, named, (), assumed)
        for outcome in descend(tree, frame, named)
        if outcome.resolved
    ]
    return findings + _listed(tree, frame, named, belief, (), assumed)


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


def _outcomes(
    tree: PlaceTree, bearer: Bearer, mention: Mention, named: Designator, frame: int
) -> tuple[int, list[Outcome]]:
    """What a number leads to below a bearer, from the frame first where the frame lies in the bearer."""
    zones = mention.ending.zones if bearer.fit.zone_code == "zone_unknown" else ""
    if frame >= 0 and frame != bearer.place and tree.holds(bearer.place, frame):
        outcomes = descend(tree, frame, named, zones)
        if outcomes[0].resolved:
            return frame, outcomes
    return bearer.place, descend(tree, bearer.place, named, zones)


_Steps = list[tuple[Designator, tuple[int, list[Outcome]]]]


def _weigh_numbers(tree: PlaceTree, bearer: Bearer, steps: _Steps, close: int) -> None:
    """A number that is registered below a bearer speaks for it; one that is not, against it."""
    if any(outcomes[0].resolved for _, (_, outcomes) in steps):
        bearer.weight += NUMBER_REGISTERED
    elif any(named.buildings for named, _ in steps[:close]) and tree.has_below(bearer.place, BUILDING):
        bearer.weight += NUMBER_UNKNOWN


def _of_bearer(
    tree: PlaceTree,
    bearer: Bearer,
    mention: Mention,
    steps: _Steps,
    belief: float,
    close: int,
    rivals: int,
) -> list[Finding]:
    if belief < FLOOR / 4:
        return []
    notes = _bearer_notes(bearer, mention, rivals)
    spans = ((mention.start, mention.end), *_context_spans(bearer))
    findings: list[Finding] = []
    left = 1.0
    for at, (named, (anchor, outcomes)) in enumerate(steps):
        if not outcomes[0].resolved and at >= close:
            continue
        firmness = named.firmness if outcomes[0].resolved else 1.0
        if at < close and firmness >= _SURE:
            firmness = max(firmness, _FIRM_BESIDE_NAME)
        left = min(left, 1.0 - firmness)
        findings += [_at_outcome(one, belief * firmness, named, spans, notes) for one in outcomes]
        findings += _listed(tree, anchor, named, belief * firmness, spans, notes)
    if left > 0:
        findings.append(Finding(bearer.place, belief * left, spans, notes))
    return findings


def _at_outcome(
    outcome: Outcome,
    belief: float,
    named: Designator,
    spans: tuple[tuple[int, int], ...],
    notes: tuple[Note, ...],
) -> Finding:
    doubt = (Note("count_like", named.start, named.building_end),) if named.firmness < _SURE else ()
    missing = (Note("building_missing"),) if not (named.buildings or outcome.resolved) and named.units else ()
    read = ((named.start, outcome.read_to),) if outcome.resolved else ()
    return Finding(
        outcome.place,
        min(belief * outcome.share, _HIGHEST),
        (*spans, *read),
        (*notes, *outcome.notes, *doubt, *missing),
        (outcome.read_to, named.end),
    )


def _listed(
    tree: PlaceTree,
    anchor: int,
    named: Designator,
    belief: float,
    spans: tuple[tuple[int, int], ...],
    notes: tuple[Note, ...],
) -> list[Finding]:
    if not named.listed:
        return []
    span = (named.list_start, named.building_end)
    if len(named.listed) > _LONGEST_LIST:
        return [Finding(anchor, belief, (*spans, span), (*notes, Note("list_too_long", *span)), span)]
    return [
        Finding(place, belief * 0.95, (*spans, span), (*notes, Note("building", *span, place)))
        for place in listed_buildings(tree, anchor, named)
    ]


def _bearer_notes(bearer: Bearer, mention: Mention, rivals: int) -> tuple[Note, ...]:
    fit = bearer.fit
    first = [Note(fit.code, mention.start, mention.end, bearer.place)]
    if fit.zone_code:
        first.append(Note(fit.zone_code, mention.start, mention.end, bearer.place))
    several = (Note("rivals", mention.start, mention.end, count=rivals),) if rivals > 1 else ()
    return (*first, *bearer.notes, *several)


def _context_spans(bearer: Bearer) -> tuple[tuple[int, int], ...]:
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
