from datetime import timedelta
from typing import Any

import pytest

from yuanba.kernel.errors import Denied, Invalid, NotAllowed
from yuanba.matters import actions
from yuanba.matters.auditing import audit
from yuanba.matters.clockwork import steps_of
from yuanba.matters.models import Alarm, Matter, TimeRequest
from yuanba.matters.tests.walking import Walk


@pytest.fixture
def walk(cast: Any) -> Walk:
    return Walk(cast).receive().dispatch().claim()


def test_an_extension_counts_only_once_the_level_above_agrees(walk: Walk) -> None:
    due = walk.matter.due_at
    walk.do(actions.request_extension, "2wd", "等配件", by="street_officer")
    assert walk.matter.due_at == due
    with pytest.raises(Denied):
        walk.do(actions.decide_time, approve=True, reason="同意", by="street_officer")
    walk.do(actions.decide_time, approve=True, reason="同意", by="centre_arbiter")
    assert walk.matter.due_at > due
    assert audit().breaches == 0


def test_a_request_turned_down_moves_nothing(walk: Walk) -> None:
    due = walk.matter.due_at
    walk.do(actions.request_extension, "2wd", "等配件", by="street_officer")
    walk.do(actions.decide_time, approve=False, reason="配件有现货", by="centre_arbiter")
    assert walk.matter.due_at == due


def test_extensions_are_counted_and_limited_by_the_playbook(walk: Walk) -> None:
    most = walk.matter.playbook.playbook.tier(walk.matter.tier).max_extensions
    for _time in range(most):
        walk.do(actions.request_extension, "1wd", "等配件", by="street_officer")
        walk.do(actions.decide_time, approve=True, reason="同意", by="centre_arbiter")
    with pytest.raises(NotAllowed, match="used"):
        walk.do(actions.request_extension, "1wd", "等配件", by="street_officer")
    assert TimeRequest.objects.filter(approved=True).count() == most


@pytest.mark.parametrize("limit", ["", "soon", "-1wd", "999wd", "5 apples"])
def test_an_extension_that_can_not_be_given_is_refused_by_name(walk: Walk, limit: str) -> None:
    with pytest.raises(Invalid) as caught:
        walk.do(actions.request_extension, limit, "等配件", by="street_officer")
    assert caught.value.field == "limit"


def test_only_one_request_waits_at_a_time(walk: Walk) -> None:
    walk.do(actions.request_pause, "等居民回家", by="street_officer")
    with pytest.raises(NotAllowed):
        walk.do(actions.request_extension, "1wd", "等配件", by="street_officer")


def test_a_pause_moves_the_deadline_by_what_passed(walk: Walk) -> None:
    due = walk.matter.due_at
    walk.do(actions.request_pause, "等居民回家", by="street_officer")
    walk.do(actions.decide_time, approve=True, reason="同意", by="centre_arbiter")
    assert walk.matter.paused_at is not None
    walk.tick(96)
    walk.do(actions.resume, by="street_officer")
    assert walk.matter.paused_at is None
    assert walk.matter.due_at > due
    assert audit().breaches == 0


def test_each_step_of_the_escalation_is_taken_once(walk: Walk) -> None:
    end = max(step.at for step in steps_of(walk.matter)) + timedelta(hours=1)
    assert actions.take_due_steps(end) == 1
    first = sorted(Alarm.objects.values_list("step", "span", "due_at"))
    assert {row[0] for row in first} == {"warning", "overdue", "supervision", "leader"}
    assert actions.take_due_steps(end + timedelta(days=1)) == 0
    Matter.objects.update(next_alarm_at=end)
    actions.take_due_steps(end + timedelta(days=1))
    assert sorted(Alarm.objects.values_list("step", "span", "due_at")) == first


def test_no_step_is_taken_before_its_time(walk: Walk) -> None:
    first = min(step.at for step in steps_of(walk.matter))
    actions.take_due_steps(first - timedelta(seconds=1))
    assert Alarm.objects.count() == 0
    actions.take_due_steps(first)
    assert Alarm.objects.get().step == "warning"


def test_a_matter_without_any_word_is_closed_by_the_rule_and_counted_as_such(walk: Walk) -> None:
    walk.answer()
    actions.take_due_steps(walk.at + timedelta(days=60))
    walk.matter.refresh_from_db()
    assert (walk.matter.state, walk.matter.outcome) == ("closed", "no_answer")
    assert walk.matter.confirmed_at is None
    assert audit().breaches == 0


def test_a_paused_clock_raises_no_alarm_but_is_reviewed(walk: Walk) -> None:
    walk.do(actions.request_pause, "等居民回家", by="street_officer")
    walk.do(actions.decide_time, approve=True, reason="同意", by="centre_arbiter")
    actions.take_due_steps(walk.at + timedelta(days=300))
    assert set(Alarm.objects.values_list("step", flat=True)) == {"pause_review"}


def test_a_leader_watches_a_matter_until_released(walk: Walk) -> None:
    walk.do(actions.supervise, by="district_leader")
    assert walk.matter.supervisor == walk.cast.seats["district_leader"].post
    with pytest.raises(Denied):
        walk.do(actions.release, by="street_leader")
    walk.do(actions.release, by="district_leader")
    assert walk.matter.supervisor is None
