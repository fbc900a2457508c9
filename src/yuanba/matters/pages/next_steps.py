"""The one natural next step of each matter in a list for whoever looks at it, without a question per row."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.matters import actions
from yuanba.matters.approving import is_own, refusers_among
from yuanba.matters.changing import may_move
from yuanba.matters.flow import AT_WORK, FLOW, OPEN, TAKEN, WITH_TRIAGE, State
from yuanba.matters.models import Matter, TimeRequest
from yuanba.matters.pages.moves import DOORS

# What comes next in each state, the first that the viewer may.
_BY_STATE = {
    State.RECEIVED: ("dispatch", "triage"),
    State.TRIAGED: ("dispatch", "triage"),
    State.DISPATCHED: ("claim",),
    State.CLAIMED: ("start",),
    State.HANDLING: ("answer",),
    State.CONFIRMED: ("close",),
    State.ARBITRATION: ("arbitrate",),
}
# One press makes these; all others need words, and lead to the form on the matter's page.
_PRESSED = frozenset({"claim", "start", "close"})
_KEYS = {
    "dispatch": "d",
    "triage": "d",
    "claim": "c",
    "start": "s",
    "answer": "a",
    "close": "f",
    "check_in": "i",
    "report_back": "r",
}
DECIDING = "e"
"""The letter of all that is decided about: disputes, time, pushing down."""


@dataclass(frozen=True, slots=True)
class NextStep:
    """A row's one action: where it is posted, or the form it leads to; its letter on the keyboard."""

    name: str
    label: str
    icon: str
    address: str
    pressed: bool
    key: str


def next_steps(viewer: Viewer, matters: Iterable[Matter]) -> dict[int, NextStep]:
    """The next step of each matter that has one for this viewer, by key; at most three queries for all of them."""
    listed = {matter.pk: matter for matter in matters}
    found = {key: step for key, matter in listed.items() if (step := _in_its_state(viewer, matter))}
    found |= {matter.pk: _of_move("decide_push_down", matter) for matter in _pushed_down(viewer, listed)}
    found |= {matter.pk: _of_move("decide_time", matter) for matter in _asking_for_time(viewer, listed)}
    for matter in _refused_by_viewer(viewer, listed.values()):
        found.pop(matter.pk, None)
    return found | {key: step for key, matter in listed.items() if (step := _of_its_call(matter))}


def _of_move(name: str, matter: Matter) -> NextStep:
    pressed = name in _PRESSED
    page = reverse("matters:matter", args=[matter.number])
    made = reverse("matters:make_move", args=[matter.number, name])
    address = made if pressed else f"{page}#do-{name}"
    label = str(FLOW.moves[name].label)
    return NextStep(name, label, DOORS[name].icon, address, pressed, _KEYS.get(name, DECIDING))


def step_of_call(number: str, party_id: int, *, checked_in: bool) -> NextStep:
    """What a called organization does next on the matter of that number: it checks in, then it reports."""
    if not checked_in:
        address = reverse("matters:party_step", args=[number, party_id])
        return NextStep("check_in", _("Check in"), "claim", address, pressed=True, key=_KEYS["check_in"])
    address = f"{reverse('matters:matter', args=[number])}#call-{party_id}"
    return NextStep("report_back", _("Report back"), "done", address, pressed=False, key=_KEYS["report_back"])


def _of_its_call(matter: Matter) -> NextStep | None:
    """The step of the call that `queries.with_calls` found."""
    call: int | None = getattr(matter, "call_id", None)
    if call is None or matter.state not in OPEN:
        return None
    came = getattr(matter, "call_checked_in_at", None) is not None
    return step_of_call(matter.number, call, checked_in=came)


def _in_its_state(viewer: Viewer, matter: Matter) -> NextStep | None:
    if matter.paused_at is not None:
        return None
    names = _BY_STATE.get(State(matter.state), ())
    name = next((name for name in names if may_move(viewer, FLOW.moves[name], matter)), None)
    return _of_move(name, matter) if name else None


def _pushed_down(viewer: Viewer, listed: dict[int, Matter]) -> Iterator[Matter]:
    reached = (
        matter
        for matter in listed.values()
        if matter.state in WITH_TRIAGE | AT_WORK and viewer.may(Power.ADMIT, matter)
    )
    waiting = actions.waiting_push_downs(reached).values()
    return (each.matter for each in waiting if actions.may_decide_push_down(viewer, each))


def _asking_for_time(viewer: Viewer, listed: dict[int, Matter]) -> Iterator[Matter]:
    reached = [
        key
        for key, matter in listed.items()
        if matter.state in TAKEN and viewer.may(Power.DECIDE_PAUSE, matter)
    ]
    if not reached:
        return
    rows = TimeRequest.objects.filter(matter_id__in=reached, approved=None).select_related("decider")
    for asked in rows:
        asked.matter = listed[asked.matter_id]
        if actions.may_decide_time(viewer, asked):
            yield asked.matter


def _refused_by_viewer(viewer: Viewer, matters: Iterable[Matter]) -> Iterator[Matter]:
    """Disputes that the viewer may not decide, having refused it."""
    disputed = [
        matter
        for matter in matters
        if matter.state == State.ARBITRATION and viewer.may(Power.ARBITRATE, matter)
    ]
    askers = refusers_among(matter.pk for matter in disputed)
    return (matter for matter in disputed if is_own(viewer, askers[matter.pk]))
