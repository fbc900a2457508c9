"""Who asked never decides (申请人不得审批): the one rule for more time, pauses, the rates, disputes and
pushing down to communities.

A person, account or key is the same behind every post, so what counts is the hand, not the post that acts.
"""

import json
from collections.abc import Container, Iterable, Iterator

from django.utils.translation import gettext as _

from yuanba.kernel.authority import Viewer, hand_of
from yuanba.kernel.errors import Denied
from yuanba.kernel.journal.models import Entry
from yuanba.matters.models import Matter
from yuanba.people.models import Organization

# What was asked for, under which name its entries keep it, and the move that decides it.
_ASKS = {
    "request_time": "request",
    "propose_exclusion": "exclusion",
    "propose_dispatch": "push_down",
    "propose_hand_down": "push_down",
}
_DECIDES = {"decide_time": "request", "decide_exclusion": "exclusion", "decide_push_down": "push_down"}
# With a new owner that the centre did not name, or once it is sorted anew, a dispute begins anew.
DISPUTE_ENDS = frozenset({"climb", "hand_down", "take_over", "recall"})
# So it does where residents said too often that it is not solved: these name an owner only when it went up.
_SENT_UP = frozenset({"not_solved", "count_verdict"})
_DISPUTE = frozenset({"refuse"}) | DISPUTE_ENDS | _SENT_UP
DECISIVE = frozenset({*_ASKS, *_DECIDES, "arbitrate"}) | _DISPUTE

Decision = tuple[str, str, str]
"""An entry as far as it matters here: its kind, its actor, its data."""


def is_own(viewer: Viewer, askers: Container[str]) -> bool:
    """Whether it was this viewer who asked, through whichever post."""
    return viewer.hand in askers


def check_not_own(actor: Viewer, askers: Container[str], office: Organization) -> None:
    """Raises `Denied` for whoever asked; `office` is where somebody else can decide."""
    if is_own(actor, askers):
        raise Denied(
            _(
                "You asked for this yourself, and nobody decides on their own request, through another post "
                "or key either. Ask somebody else at %(office)s or above it to decide."
            )
            % {"office": office.called},
            code="own_request",
        )


def refusers_of(matter: Matter) -> set[str]:
    """Who sent the matter back in the dispute that goes on."""
    return refusers_among([matter.pk])[matter.pk]


def refusers_among(matter_ids: Iterable[int]) -> dict[int, set[str]]:
    """The same for several matters by key, in one query; none for no keys."""
    found: dict[int, set[str]] = {key: set() for key in matter_ids}
    if not found:
        return found
    rows = Entry.objects.filter(subject_kind=Matter.journal_kind, subject_id__in=found, kind__in=_DISPUTE)
    columns = ("subject_id", "kind", "actor", "data")
    for key, kind, actor, text in rows.order_by("subject_id", "seq").values_list(*columns):
        found[key] = _refusers(found[key], (kind, actor, text))
    return found


def _refusers(before: set[str], entry: Decision) -> set[str]:
    """Who has refused in the dispute that goes on, after one entry more."""
    kind, actor, text = entry
    if kind in DISPUTE_ENDS or (kind in _SENT_UP and "owner" in json.loads(text)):
        return set()
    return before | {hand_of(actor)} if kind == "refuse" else before


def own_decisions(entries: Iterable[Decision]) -> Iterator[str]:
    """The kinds of a matter's entries, in their order, in which somebody decided what they had asked for."""
    askers: dict[tuple[str, int], str] = {}
    refusers: set[str] = set()
    for kind, actor, text in entries:
        hand = hand_of(actor)
        refusers = _refusers(refusers, (kind, actor, text))
        if kind == "arbitrate" and hand in refusers:
            yield kind
        if (name := _ASKS.get(kind)) is not None:
            askers[name, json.loads(text)[name]] = hand
        elif (name := _DECIDES.get(kind)) is not None and askers.get((name, json.loads(text)[name])) == hand:
            yield kind
