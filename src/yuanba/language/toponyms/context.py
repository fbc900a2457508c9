"""What the rest of the text, and the place it was written in, say about each mention."""

from __future__ import annotations

import re
from itertools import pairwise

from .mentions import Bearer, Mention
from .notes import Note
from .surroundings import is_negated, leads_to
from .tree import AREA, BUILDING, CITY, COMMUNITY, DISTRICT, ESTATE, PROVINCE, STREET, PlaceTree
from .weights import (
    AROUND_WITHIN,
    HOLDS_NAMED,
    INSIDE_WITHIN,
    LANDMARK,
    NAMED_BEFORE,
    NAMED_ELSEWHERE,
    NAMED_OTHER,
    NAMED_TOO,
    NEGATED,
    OUTSIDE_WITHIN,
    UNKNOWN_REGION,
)

_FIRM = 0.8
_SURE_OTHER = 2.0
_LINK = re.compile(r"[\s,，、的·\-_(]{0,2}")
_REGION = re.compile(
    r"[\u4e00-\u9fffA-Z\d]{1,6}(?P<level>省|市|区|县|旗|街道|镇|乡|社区|村)(?:办事处|居委会|村委会)?[\s的,，]?$"
)
_OWN_REGION = re.compile(
    r"(?:小区|[我本全该各][市区县镇乡村]|们社区|[我本该]社区|城[市区]|[片市园库景校厂新山发老郊矿林辖]区|农村|新村)"
    r"[\s的,，]?$"
)
_LEVELS = {
    "省": (PROVINCE,),
    "市": (CITY, PROVINCE),
    "区": (DISTRICT,),
    "县": (DISTRICT,),
    "旗": (DISTRICT,),
    "街道": (STREET,),
    "镇": (STREET,),
    "乡": (STREET,),
    "社区": (COMMUNITY,),
    "村": (COMMUNITY,),
}
_REGION_REACH = 12


def weigh_context(tree: PlaceTree, mentions: list[Mention], text: str, frame: int) -> list[Mention]:
    """Adds to every bearer what its surroundings say; drops what only surroundings could have upheld."""
    weigher = _Weigher(tree, mentions, text)
    before: Mention | None = None
    for mention in mentions:
        neighbour = before if before is not None and _is_linked(text, before, mention) else None
        for bearer in mention.bearers:
            weigher.weigh_holders(bearer, mention, neighbour)
            if frame >= 0:
                _weigh_frame(tree, bearer, frame)
        before = mention
    _weigh_others(mentions, text)
    for mention in mentions:
        mention.bearers = [bearer for bearer in mention.bearers if _may_stand(tree, bearer)]
    return [mention for mention in mentions if mention.bearers]


def _weigh_others(mentions: list[Mention], text: str) -> None:
    """A place that is named only to say that it is not the one, or what it is beside, gives way to the other."""
    for mention, after in pairwise(mentions):
        if leads_to(text, mention.end, after.start):
            mention.add(LANDMARK, Note("landmark", mention.start, mention.end))
    if len(mentions) > 1:
        for mention in mentions:
            if is_negated(text, mention.start):
                mention.add(NEGATED, Note("negated", mention.start, mention.end))


class _Weigher:
    """Knows which places that may hold others are named with some certainty, and where."""

    def __init__(self, tree: PlaceTree, mentions: list[Mention], text: str) -> None:
        self._tree, self._text = tree, text
        self._named: dict[int, tuple[Mention, Bearer]] = {}
        for mention in mentions:
            for bearer in mention.bearers:
                kind = tree.kind[bearer.place]
                if bearer.weight >= _FIRM and (kind <= ESTATE or kind == AREA):
                    self._named.setdefault(bearer.place, (mention, bearer))

    def weigh_holders(self, bearer: Bearer, mention: Mention, neighbour: Mention | None) -> None:
        """Is anything that holds this place named in the text, and does it stand right before?"""
        count = 0
        for holder in self._tree.ancestors(bearer.place):
            found = self._named.get(holder)
            if found is None or found[0] is mention:
                continue
            count += 1
            if count > 1:
                bearer.weight += NAMED_TOO
                continue
            other, other_bearer = found
            close = other is neighbour
            code = "named_before" if close else "named_elsewhere"
            bearer.add(NAMED_BEFORE if close else NAMED_ELSEWHERE, Note(code, other.start, other.end, holder))
            if not any(note.code == "holds_named" for note in other_bearer.notes):
                other_bearer.add(HOLDS_NAMED, Note("holds_named", mention.start, mention.end, bearer.place))
        if count:
            return
        if neighbour is not None:
            self._weigh_stranger(bearer, neighbour)
        elif mention.start:
            self._weigh_unknown_region(bearer, mention)

    def _weigh_stranger(self, bearer: Bearer, neighbour: Mention) -> None:
        """A wider place right before it that does not hold it speaks against it."""
        kinds = self._tree.kind
        surest = max(neighbour.bearers, key=lambda other: other.weight)
        if surest.weight >= _SURE_OTHER and kinds[surest.place] < min(kinds[bearer.place], ESTATE):
            bearer.add(NAMED_OTHER, Note("named_other", neighbour.start, neighbour.end, surest.place))

    def _weigh_unknown_region(self, bearer: Bearer, mention: Mention) -> None:
        """“天顶街道阳光花园”, where no 天顶街道 is registered, is not our 阳光花园."""
        kind = self._tree.kind[bearer.place]
        if kind <= DISTRICT:
            return
        reach = max(0, mention.start - _REGION_REACH)
        found = _REGION.search(self._text, reach, mention.start)
        if found is None or _OWN_REGION.search(self._text, reach, mention.start):
            return
        levels = _LEVELS[found["level"]]
        if levels[0] < kind and not self._tree.kinds_present.isdisjoint(levels):
            weight = UNKNOWN_REGION[max(0, levels[0] - DISTRICT)]
            bearer.add(weight, Note("unknown_region", found.start("level") - 2, found.end("level")))


def _is_linked(text: str, before: Mention, mention: Mention) -> bool:
    return before.end <= mention.start and _LINK.fullmatch(text, before.end, mention.start) is not None


def _weigh_frame(tree: PlaceTree, bearer: Bearer, frame: int) -> None:
    if tree.holds(frame, bearer.place):
        bearer.add(INSIDE_WITHIN, Note("inside_within", place=frame))
    elif tree.holds(bearer.place, frame):
        bearer.add(AROUND_WITHIN, Note("around_within", place=frame))
    else:
        bearer.add(OUTSIDE_WITHIN, Note("outside_within", place=frame))


def _may_stand(tree: PlaceTree, bearer: Bearer) -> bool:
    """A building known by a word (综合楼) is found only where something else says which estate is meant."""
    if tree.kind[bearer.place] != BUILDING:
        return True
    return any(note.code in ("named_before", "named_elsewhere", "inside_within") for note in bearer.notes)
