from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from yuanba.kernel.errors import Denied, Invalid, NotAllowed
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.journal.verification import verify
from yuanba.kernel.outbox.models import Message
from yuanba.matters import actions, clockwork
from yuanba.matters.actions import Opinion
from yuanba.matters.actions.reclocking import reclock
from yuanba.matters.auditing import audit
from yuanba.matters.clockwork import steps_of
from yuanba.matters.models import Alarm, Matter, TimeRequest
from yuanba.matters.pages.moves import offers
from yuanba.matters.story import story_of
from yuanba.matters.tests.walking import START, Walk
from yuanba.people.models import Holding


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


@pytest.mark.parametrize("limit", ["999999d", "999999wd", "999999wh", "1000d"])
def test_more_time_than_there_is_is_refused_at_its_field(walk: Walk, limit: str) -> None:
    with pytest.raises(Invalid) as refused:
        walk.do(actions.request_extension, limit, "等配件", by="street_officer")
    assert (refused.value.field, refused.value.code) == ("limit", "too_long")


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
    # Sent back by the resident it has a new deadline, and may be given more of that.
    walk.answer()
    walk.do(actions.not_solved, Opinion(said="还没亮"), by=walk.resident)
    walk.do(actions.request_extension, "1wd", "又缺配件", by="street_officer")


@pytest.mark.parametrize("limit", ["", "soon", "-1wd", "999wd", "5 apples"])
def test_an_extension_that_can_not_be_given_is_refused_by_name(walk: Walk, limit: str) -> None:
    with pytest.raises(Invalid) as caught:
        walk.do(actions.request_extension, limit, "等配件", by="street_officer")
    assert caught.value.field == "limit"


def test_only_one_request_waits_at_a_time(walk: Walk) -> None:
    walk.do(actions.request_pause, "season", "等天暖再铺沥青", by="street_officer")
    with pytest.raises(NotAllowed):
        walk.do(actions.request_extension, "1wd", "等配件", by="street_officer")


@pytest.mark.parametrize("ground", ["", "too-busy", "Season"])
def test_a_pause_is_asked_for_on_a_listed_ground_only(walk: Walk, ground: str) -> None:
    with pytest.raises(Invalid, match="listed grounds") as caught:
        walk.do(actions.request_pause, ground, "忙不过来", by="street_officer")
    assert caught.value.field == "ground"
    assert not TimeRequest.objects.exists()


def test_the_ground_is_journaled_and_read_by_office_and_resident(walk: Walk) -> None:
    walk.do(actions.request_pause, "season", "等天暖再铺沥青", by="street_officer")
    walk.do(actions.decide_time, approve=True, reason="同意", by="centre_arbiter")
    entries = Entry.objects.filter(subject_kind="matter", subject_id=walk.matter.pk, kind="request_time")
    assert '"ground":"season"' in entries.get().data
    for viewer in (walk.viewer("street_officer"), walk.resident):
        assert "须待适宜的季节施工" in story_of(walk.matter, viewer)[0].body
    notices = Message.objects.filter(subject_id=walk.matter.pk).order_by("-pk")[0].data["notices"]
    told = [notice["params"]["reason"] for notice in notices if notice["kind"] == "paused"]
    assert told == ["须待适宜的季节施工：等天暖再铺沥青"]


@pytest.mark.parametrize("sql", ["SET ground = ''", "SET kind = 'extension', \"limit\" = '1wd'"])
def test_the_database_keeps_a_ground_to_each_pause(walk: Walk, sql: str) -> None:
    walk.do(actions.request_pause, "season", "等天暖再铺沥青", by="street_officer")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE matters_timerequest {sql}")


def test_a_pause_moves_the_deadline_by_what_passed(walk: Walk) -> None:
    due = walk.matter.due_at
    walk.do(actions.request_pause, "season", "等天暖再铺沥青", by="street_officer")
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
    walk.do(actions.request_pause, "season", "等天暖再铺沥青", by="street_officer")
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


def test_nobody_decides_on_their_own_request_however_they_watch_over_it(walk: Walk) -> None:
    walk.do(actions.supervise, by="street_leader")
    asked = walk.do(actions.request_extension, "1wd", "等配件", by="street_officer")
    assert asked.decider == walk.cast.offices["centre"]
    with pytest.raises(Denied):
        walk.do(actions.decide_time, approve=True, reason="同意", by="street_leader")
    walk.do(actions.decide_time, approve=True, reason="同意", by="district_leader")


def test_a_request_for_time_ends_with_the_owner_who_made_it(cast: Any) -> None:
    walk = Walk(cast).receive().dispatch("yucheng", "small").claim("community_secretary")
    asked = walk.do(actions.request_extension, "1wd", "等配件", by="community_secretary")
    walk.do(actions.climb, "解决不了", by="community_secretary")
    asked.refresh_from_db()
    assert asked.approved is False
    walk.claim()
    with pytest.raises(NotAllowed, match="waiting"):
        walk.do(actions.decide_time, approve=True, reason="同意", by="street_leader")


def test_more_time_is_asked_for_before_the_deadline(walk: Walk) -> None:
    walk.at = walk.matter.due_at
    with pytest.raises(NotAllowed) as caught:
        walk.do(actions.request_extension, "1wd", "等配件", by="street_officer")
    assert caught.value.code == "too_late"


def test_a_matter_that_climbs_while_paused_runs_for_its_new_owner(walk: Walk) -> None:
    walk.do(actions.request_pause, "season", "等天暖再铺沥青", by="street_officer")
    walk.do(actions.decide_time, approve=True, reason="同意", by="centre_arbiter")
    walk.do(actions.climb, "需要区里协调", by="street_officer")
    assert walk.matter.paused_at is None
    assert next(step.name for step in steps_of(walk.matter)) == "warning"
    assert audit().breaches == 0


def test_a_pause_is_reviewed_again_and_again(walk: Walk) -> None:
    walk.do(actions.request_pause, "season", "等天暖再铺沥青", by="street_officer")
    walk.do(actions.decide_time, approve=True, reason="同意", by="centre_arbiter")
    for months in range(1, 4):
        actions.take_due_steps(walk.at + timedelta(days=31 * months))
        assert Alarm.objects.filter(step="pause_review").count() == months


def test_a_pause_is_reviewed_for_as_long_as_it_lasts(walk: Walk) -> None:
    walk.do(actions.request_pause, "season", "等天暖再铺沥青", by="street_officer")
    walk.do(actions.decide_time, approve=True, reason="同意", by="centre_arbiter")
    end = walk.at + timedelta(days=31 * 30)
    while (walk.matter.next_alarm_at or end) < end:
        actions.take_due_steps(walk.matter.next_alarm_at)
        walk.matter.refresh_from_db()
    assert Alarm.objects.filter(step="pause_review").count() > 24
    assert walk.matter.next_alarm_at is not None
    assert audit().breaches == 0
    Matter.objects.filter(pk=walk.matter.pk).update(next_alarm_at=None)
    assert [breach.rule for breach in audit().listed] == ["alarm"]


def test_who_granted_a_pause_ends_it_and_the_owner_hears_of_it(walk: Walk) -> None:
    walk.do(actions.request_pause, "season", "等天暖再铺沥青", by="street_officer")
    walk.do(actions.decide_time, approve=True, reason="同意", by="centre_arbiter")
    for name in ("street_leader", "centre_arbiter"):
        assert actions.may_resume(walk.viewer(name), walk.matter)
    assert not actions.may_resume(walk.viewer("centre_clerk"), walk.matter)
    walk.do(actions.resume, by="centre_arbiter")
    assert walk.matter.paused_at is None
    sent = Message.objects.filter(subject_id=walk.matter.pk).order_by("-pk")[0].data["notices"]
    assert [(notice["to"], notice["kind"]) for notice in sent] == [
        ("organization", "pause_ended"),
        ("requester", "resumed"),
    ]
    entry = Entry.objects.filter(subject_kind="matter", subject_id=walk.matter.pk).order_by("-seq")[0]
    assert entry.actor.startswith(f"post:{walk.cast.seats['centre_arbiter'].post.pk}/")
    assert audit().breaches == 0


def test_only_the_power_that_granted_a_pause_or_one_above_it_ends_it(cast: Any) -> None:
    walk = Walk(cast).receive().dispatch("yucheng", "hard").claim("community_secretary")
    walk.do(actions.request_pause, "season", "等天暖再铺沥青", by="community_secretary")
    walk.do(actions.decide_time, approve=True, reason="同意", by="district_leader")
    # The watching leader granted it: the street below that leader may decide on others, not on this one.
    with pytest.raises(Denied):
        walk.do(actions.resume, by="street_leader")
    walk.do(actions.resume, by="district_leader")
    assert walk.matter.paused_at is None


def test_a_question_without_reply_holds_nothing_up_for_ever(walk: Walk) -> None:
    walk.do(actions.ask_information, "是哪一盏灯？", by="street_officer")
    actions.take_due_steps(walk.at + timedelta(days=6))
    walk.matter.refresh_from_db()
    assert walk.matter.state == "awaiting_information"
    actions.take_due_steps(walk.at + timedelta(days=8))
    walk.matter.refresh_from_db()
    assert (walk.matter.state, walk.matter.paused_at) == ("claimed", None)
    assert audit().breaches == 0


def test_late_check_ins_and_reports_raise_an_alarm_once_each(walk: Walk) -> None:
    called = [walk.cast.offices[name] for name in ("transport", "police")]
    walk.do(actions.whistle, called, "请到现场", by="street_officer")
    party = walk.matter.parties.get(organization=called[0])
    actions.check_in(party.pk, actor=walk.viewer("transport_handler"), at=walk.tick())
    for days in (3, 10, 11):
        actions.take_due_steps(walk.at + timedelta(days=days))
    late = Alarm.objects.filter(span__startswith="call:")
    assert sorted(late.values_list("step", flat=True)) == ["check_in_late", "report_late"]
    assert audit().breaches == 0


def test_one_matter_that_the_clock_cannot_read_holds_up_no_other(walk: Walk) -> None:
    broken = Walk(walk.cast, at=walk.at).receive()
    Matter.objects.filter(pk=broken.matter.pk).update(clock=[{"kind": "nonsense"}], next_alarm_at=START)
    end = max(step.at for step in steps_of(walk.matter)) + timedelta(hours=1)
    actions.take_due_steps(end)
    assert Alarm.objects.filter(matter=walk.matter).count() >= 4


def test_a_hard_matter_is_watched_by_its_leader_from_the_start(cast: Any) -> None:
    walk = Walk(cast).receive().dispatch("education", "hard")
    assert walk.matter.supervisor == cast.seats["district_leader"].post
    walk.do(actions.supervise, by="district_leader")
    with pytest.raises(NotAllowed):
        walk.do(actions.supervise, by="street_leader")


def test_a_watch_that_nobody_can_keep_is_told_to_the_centre(cast: Any) -> None:
    Holding.objects.filter(post=cast.seats["district_leader"].post).update(to_on=START.date())
    walk = Walk(cast).receive().dispatch("education", "hard")
    sent = Message.objects.filter(subject_id=walk.matter.pk).order_by("-pk")[0].data["notices"]
    assert {"to": "organization", "id": cast.offices["centre"].pk, "kind": "vacancy", "params": {}} in sent


def test_a_watch_of_a_post_that_nobody_holds_is_taken_by_another(cast: Any) -> None:
    walk = Walk(cast).receive().dispatch("education", "hard")
    gone = cast.seats["district_leader"].post
    leader = walk.viewer("street_leader")
    assert "supervise" not in {offer.move.name for offer in offers(walk.matter, leader)}
    Holding.objects.filter(post=gone).update(to_on=START.date())
    assert "supervise" in {offer.move.name for offer in offers(walk.matter, leader)}
    walk.do(actions.supervise, by="street_leader")
    assert walk.matter.supervisor == cast.seats["street_leader"].post
    entry = Entry.objects.filter(subject_kind="matter", subject_id=walk.matter.pk).order_by("-seq")[0]
    assert f'"instead_of":{gone.pk}' in entry.data
    with pytest.raises(NotAllowed) as refused:
        walk.do(actions.supervise, by="centre_arbiter")
    assert refused.value.code == "supervised"
    assert audit().breaches == 0


def test_the_time_to_refuse_is_limited(cast: Any) -> None:
    walk = Walk(cast).receive().dispatch("transport")
    walk.tick(24 * 7)
    with pytest.raises(NotAllowed) as caught:
        walk.do(actions.refuse_dispatch, "not-our-duty", "不属于本局", "第三条", by="transport_handler")
    assert caught.value.code == "too_late"
    assert "claim" in caught.value.allowed


def test_newly_announced_holidays_move_the_deadlines_of_open_matters(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = Walk(walk.cast, at=walk.at).receive().dispatch().claim().answer().confirm().close()
    due_at, version = walk.matter.due_at, walk.matter.version
    assert reclock() == 0
    off = {START.date() + timedelta(days=day): False for day in range(1, 6)}
    for tier in walk.matter.playbook.playbook.tiers:
        calendar = clockwork.calendar_of(walk.matter.playbook, tier.code)
        key = (walk.matter.playbook.digest, tier.code)
        monkeypatch.setitem(clockwork._calendars, key, replace(calendar, overrides=off))
    assert audit().breaches > 0
    assert reclock() == 2
    walk.matter.refresh_from_db()
    assert walk.matter.due_at > due_at
    assert walk.matter.next_alarm_at in {step.at for step in steps_of(walk.matter)}
    assert walk.matter.version == version
    ended.matter.refresh_from_db()
    assert ended.matter.state == "closed"
    assert (audit().breaches, verify().broken, reclock()) == (0, 0, 0)
