"""The table of moves, walked: every move in every state answers as the table says, and nothing else happens."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from yuanba.kernel.authority import Power, Viewer, system
from yuanba.kernel.errors import DomainError, NotAllowed
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.outbox.models import Message
from yuanba.matters import actions
from yuanba.matters.actions import Opinion, Part, Reply, Sorting
from yuanba.matters.actions.sorting import follow_elsewhere
from yuanba.matters.api.moves import router
from yuanba.matters.clockwork import steps_of
from yuanba.matters.flow import ENDED, FLOW, OPEN, RULE, State
from yuanba.matters.models import Matter
from yuanba.matters.pages.moves import DOORS
from yuanba.matters.queries import resident_of
from yuanba.matters.tests.walking import GOOD_ANSWER, Walk

CLOCK = system("clock")
REFUSAL = ("not-our-duty", "不属于本单位", "三定规定第三条")

Ready = Callable[[Walk], object]


def _refused_twice(walk: Walk) -> None:
    for _time in range(2):
        walk.dispatch("transport")
        walk.do(actions.refuse_dispatch, *REFUSAL, by="transport_handler")


def _merged(walk: Walk) -> None:
    lead = Walk(walk.cast, at=walk.at).receive("同一件事：路灯坏了。")
    walk.at = lead.at
    walk.do(actions.merge_into, lead.matter.pk, by="centre_clerk")


# How a matter gets into each state, by those who may.
WAYS: dict[State, Ready] = {
    State.RECEIVED: lambda _walk: None,
    State.TRIAGED: lambda walk: walk.do(actions.triage_matter, walk.sorting(), by="centre_clerk"),
    State.DISPATCHED: lambda walk: walk.dispatch(),
    State.CLAIMED: lambda walk: walk.dispatch().claim(),
    State.HANDLING: lambda walk: walk.dispatch().claim().do(actions.start_work, by="street_officer"),
    State.ANSWERED: lambda walk: walk.dispatch().claim().answer(),
    State.CONFIRMED: lambda walk: walk.dispatch().claim().answer().confirm(),
    State.CLOSED: lambda walk: walk.dispatch().claim().answer().confirm().close(),
    State.ARBITRATION: _refused_twice,
    State.AWAITING_INFORMATION: lambda walk: walk.do(
        actions.ask_information, "是哪一盏灯？", by="centre_clerk"
    ),
    State.WITHDRAWN: lambda walk: walk.do(actions.withdraw, by=walk.resident),
    State.OUT_OF_SCOPE: lambda walk: walk.do(
        actions.point_elsewhere, "legal_channel", "属于诉讼", by="centre_clerk"
    ),
    State.MERGED: _merged,
}
Try = Callable[[Walk, Viewer], object]


def _made(action: Callable[..., object], *args: Any) -> Try:
    return lambda walk, actor: action(walk.matter.pk, *args, actor=actor, at=walk.at)


def _by_resident(action: Callable[..., object], *args: Any) -> Try:
    return lambda walk, _actor: action(walk.matter.pk, *args, actor=resident_of(walk.matter), at=walk.at)


def _by_clock(action: Callable[..., object]) -> Try:
    return lambda walk, _actor: action(walk.matter.pk, actor=CLOCK, at=walk.at + timedelta(days=40))


def _given(action: Callable[..., object], office: str, *args: Any) -> Try:
    return lambda walk, actor: action(
        walk.matter.pk, walk.cast.offices[office], *args, actor=actor, at=walk.at
    )


def _merge(walk: Walk, actor: Viewer) -> object:
    lead = Walk(walk.cast, at=walk.at).receive("同一件事：门口的路灯坏了。")
    lead.do(actions.triage_matter, lead.sorting(), by="centre_clerk")
    return actions.merge_into(walk.matter.pk, lead.matter.pk, actor=actor, at=lead.at)


def _whistle(walk: Walk, actor: Viewer) -> object:
    called = [walk.cast.offices["police"]]
    return actions.whistle(walk.matter.pk, called, "请到现场", actor=actor, at=walk.at)


def _answer(walk: Walk, actor: Viewer) -> object:
    reply = Reply(GOOD_ANSWER, "沙河街道", walk.at.date(), override_reason="test")
    return actions.answer_matter(walk.matter.pk, reply, actor=actor, at=walk.at)


TRIES: dict[str, Try] = {
    "triage": _made(actions.triage_matter, Sorting(category="roads-lights")),
    "dispatch": lambda walk, actor: actions.dispatch_matter(
        walk.matter.pk, walk.cast.offices["shahe"], walk.sorting(), actor=actor, at=walk.at
    ),
    "out_of_scope": _made(actions.point_elsewhere, "legal_channel", "属于诉讼"),
    "follow_elsewhere": lambda walk, _actor: follow_elsewhere(
        walk.matter.pk, "legal_channel", "属于诉讼", actor=CLOCK, at=walk.at
    ),
    "claim": _made(actions.claim_matter),
    "refuse": _made(actions.refuse_dispatch, *REFUSAL),
    "arbitrate": _given(actions.arbitrate, "shahe", "由街道办"),
    "start": _made(actions.start_work),
    "answer": _answer,
    "ask_information": _made(actions.ask_information, "是哪一盏灯？"),
    "supply_information": _by_resident(actions.supply_information, "左边那盏"),
    "go_on": _by_clock(actions.go_on),
    "climb": _made(actions.climb, "解决不了"),
    "hand_down": _given(actions.hand_down, "yucheng", "就近解决"),
    "undo": _made(actions.undo),
    "recall": _made(actions.recall, "派错了"),
    "propose_dispatch": _given(actions.propose_dispatch, "yucheng", "社区离得近"),
    "propose_hand_down": _given(actions.propose_hand_down, "yucheng", "社区离得近"),
    "decide_push_down": lambda walk, actor: actions.decide_push_down(
        walk.matter.pk, approve=True, reason="同意", actor=actor, at=walk.at
    ),
    "take_over": _made(actions.take_over, "社区无人在岗"),
    "whistle": _whistle,
    "join": _given(actions.join, "police", "疏导交通"),
    "split": _made(actions.split_matter, [Part("修灯", "roads-lights"), Part("清扫", "sanitation")]),
    "merge": _merge,
    "request_time": _made(actions.request_extension, "1wd", "等配件"),
    "decide_time": lambda walk, actor: actions.decide_time(
        walk.matter.pk, approve=True, reason="同意", actor=actor, at=walk.at
    ),
    "resume": _made(actions.resume),
    "supervise": _made(actions.supervise),
    "release": _made(actions.release),
    "comment": _made(actions.comment, "已联系"),
    "hide_photos": _made(actions.hide_photos),
    "confirm": _by_resident(actions.confirm),
    "not_solved": _by_resident(actions.not_solved, Opinion(said="还没好")),
    "withdraw": _by_resident(actions.withdraw),
    "close": _made(actions.close_matter),
    "propose_exclusion": _made(actions.propose_exclusion, "done-and-explained", "附解释记录"),
    "decide_exclusion": lambda walk, actor: actions.decide_exclusion(
        walk.matter.pk, approve=True, reason="属实", actor=actor, at=walk.at
    ),
    "count_verdict": _by_clock(actions.settle_by_those_who_spoke),
    "close_unanswered": _by_clock(actions.close_unanswered),
}


def everything(walk: Walk) -> Viewer:
    """Somebody with every power everywhere and a leading post that watches over the matter."""
    leader = walk.viewer("district_leader")
    return Viewer(
        actor=leader.actor,
        holdings=leader.holdings,
        powers_everywhere=frozenset(str(power) for power in Power),
    )


def snapshot() -> tuple[object, ...]:
    rows = list(Matter.objects.order_by("pk").values())
    return (rows, Entry.objects.count(), Message.objects.count())


def test_every_state_has_a_way_in_and_every_move_a_try() -> None:
    assert set(WAYS) == set(State)
    assert set(TRIES) == set(FLOW.moves)


@pytest.mark.parametrize("state", list(State))
def test_every_move_answers_in_this_state_as_the_table_says(cast: Any, state: State) -> None:
    walk = Walk(cast).receive()
    WAYS[state](walk)
    assert walk.matter.state == state
    actor = everything(walk)
    Matter.objects.filter(pk=walk.matter.pk).update(supervisor=cast.seats["district_leader"].post)
    walk.matter.refresh_from_db()
    in_table = {move.name for move in FLOW.allowed(state)}
    for name, attempt in TRIES.items():
        walk.tick()
        before = snapshot()
        try:
            with transaction.atomic():
                attempt(walk, actor)
                transaction.set_rollback(True)
        except NotAllowed as refused:
            assert (refused.code == "not_allowed") == (name not in in_table), name
            if refused.code == "not_allowed":
                # What only the clock does is no help to whoever was refused.
                # Undoing is nobody's way out of a refusal: it takes back one's own last move only.
                offered = [m.name for m in FLOW.allowed(state) if m.power != RULE and m.name != "undo"]
                assert refused.allowed == tuple(offered), name
        except DomainError as refused:
            assert name in in_table, (name, refused)
        else:
            assert name in in_table, name
        assert snapshot() == before, name


LEADING = [move for move in FLOW.moves.values() if move.target is not None]


@pytest.mark.parametrize("move", LEADING, ids=[move.name for move in LEADING])
def test_a_move_with_one_target_leads_there_from_each_of_its_states(cast: Any, move: Any) -> None:
    for state in sorted(move.sources):
        walk = Walk(cast).receive()
        WAYS[State(state)](walk)
        walk.tick()
        TRIES[move.name](walk, everything(walk))
        walk.matter.refresh_from_db()
        assert walk.matter.state == move.target, state


def test_every_move_has_an_endpoint_and_a_page_or_is_the_clocks_own() -> None:
    by_hand = {name for name, move in FLOW.moves.items() if move.power != RULE}
    endpoints = {path.strip("/") for path in router.path_operations}
    assert by_hand <= endpoints
    residents = {"supply_information", "withdraw"}
    assert by_hand - residents <= set(DOORS)


def test_what_the_clock_does_by_itself_has_a_step(cast: Any) -> None:
    walk = Walk(cast).receive()
    WAYS[State.ANSWERED](walk)
    assert [step.name for step in steps_of(walk.matter)] == ["reminder", "silent_close"]
    other = Walk(cast).receive()
    WAYS[State.AWAITING_INFORMATION](other)
    assert [step.name for step in steps_of(other.matter)] == ["go_on"]


def test_open_and_ended_states_are_all_states_and_an_ended_one_is_left_by_the_resident_only() -> None:
    assert set(State) == OPEN | ENDED
    ways_back = {
        move.name
        for state in ENDED
        for move in FLOW.allowed(state)
        if move.power not in {"resident", Power.SEE}
    }
    # What residents said is counted by rule; leaving it out of the rates changes no state; who joined what is
    # pointed elsewhere goes from one end to another.
    assert ways_back == {"count_verdict", "propose_exclusion", "decide_exclusion", "follow_elsewhere"}
