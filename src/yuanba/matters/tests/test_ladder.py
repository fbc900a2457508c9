import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yuanba.kernel.authority import system
from yuanba.kernel.errors import Denied, Invalid, Missing, NotAllowed, Stale
from yuanba.kernel.journal.append import append
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.journal.verification import verify
from yuanba.kernel.outbox.models import Message
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import actions
from yuanba.matters.actions import Opinion, Reply
from yuanba.matters.auditing import audit
from yuanba.matters.models import Answer, Matter, Note, Notice, Suggestion
from yuanba.matters.queries import Reach, desk, triage_queue
from yuanba.matters.tests.walking import START, Walk
from yuanba.playbooks.actions import publish_playbook
from yuanba.playbooks.shipped import shipped_source


@pytest.fixture
def walk(cast: Any) -> Walk:
    return Walk(cast)


def kinds(matter: Matter) -> list[str]:
    return list(
        Entry.objects.filter(subject_kind="matter", subject_id=matter.pk)
        .order_by("seq")
        .values_list("kind", flat=True)
    )


def test_a_request_has_owner_tier_and_deadline_from_its_first_moment(walk: Walk) -> None:
    matter = walk.receive().matter
    assert matter.owner == walk.cast.offices["yucheng"]
    assert matter.tier == "small"
    assert matter.due_at > matter.received_at
    assert matter.number == f"260303-{matter.pk}"


def test_a_request_walks_from_received_to_closed(walk: Walk) -> None:
    walk.receive().dispatch().claim().answer().confirm().close()
    assert kinds(walk.matter) == ["received", "dispatch", "claim", "answer", "confirm", "close"]
    assert (walk.matter.state, walk.matter.outcome) == ("closed", "solved")
    assert walk.matter.watch_until is not None
    assert audit().breaches == 0
    assert verify().broken == 0


def test_every_move_writes_one_entry_and_one_message_in_the_same_transaction(walk: Walk) -> None:
    walk.receive()
    entries, messages = Entry.objects.count(), Message.objects.count()
    walk.dispatch()
    assert (Entry.objects.count(), Message.objects.count()) == (entries + 1, messages + 1)
    assert walk.matter.version == 2


def test_a_failed_move_leaves_nothing_behind(walk: Walk) -> None:
    walk.receive().dispatch().claim()
    before = (Entry.objects.count(), Message.objects.count(), Note.objects.count(), Answer.objects.count())
    future = Reply("已修好。", "沙河街道", (walk.at + timedelta(days=9)).date())
    with pytest.raises(Invalid):
        walk.do(actions.answer_matter, future, by="street_officer")
    assert before == (
        Entry.objects.count(),
        Message.objects.count(),
        Note.objects.count(),
        Answer.objects.count(),
    )


def test_a_move_that_does_not_exist_in_a_state_names_those_that_do(walk: Walk) -> None:
    walk.receive().dispatch()
    with pytest.raises(NotAllowed) as caught:
        walk.do(actions.close_matter, by="centre_arbiter")
    assert "claim" in caught.value.allowed
    assert "close" not in caught.value.allowed


def test_a_stale_edit_is_refused_with_the_present_version(walk: Walk) -> None:
    walk.receive()
    seen = walk.matter.version
    walk.dispatch()
    with pytest.raises(Stale) as caught:
        walk.do(actions.claim_matter, by="street_officer", version=seen)
    assert caught.value.current_version == seen + 1


def test_the_stranger_next_door_cannot_even_know_of_it(walk: Walk) -> None:
    walk.receive()
    with pytest.raises(Missing):
        walk.do(actions.comment, "看看", by="neighbour_secretary")


def test_a_viewer_who_sees_it_still_needs_the_power(walk: Walk) -> None:
    walk.receive().dispatch()
    with pytest.raises(Denied):
        walk.do(actions.claim_matter, by="community_secretary")


def test_a_second_refusal_goes_to_arbitration_and_binds(walk: Walk) -> None:
    walk.receive().dispatch("transport")
    reason = ("not-in-remit", "不属于本局职责", "《城市道路管理条例》第六条")
    walk.do(actions.refuse_dispatch, *reason_for(walk, reason), by="transport_handler")
    assert walk.matter.state == "triaged"
    assert walk.matter.owner == walk.cast.offices["yucheng"]
    walk.do(actions.dispatch_matter, walk.cast.offices["transport"], by="centre_clerk")
    walk.do(actions.refuse_dispatch, *reason_for(walk, reason), by="transport_handler")
    assert walk.matter.state == "arbitration"
    assert walk.matter.owner == walk.cast.offices["centre"]
    assert walk.matter.stage == "arbitration"
    walk.do(actions.arbitrate, walk.cast.offices["urban-management"], "路灯由城管局管", by="centre_arbiter")
    assert walk.matter.owner == walk.cast.offices["urban-management"]
    with pytest.raises(NotAllowed):
        walk.do(actions.refuse_dispatch, *reason_for(walk, reason), by="urban_handler")


def reason_for(walk: Walk, words: tuple[str, str, str]) -> tuple[str, str, str]:
    code = walk.matter.playbook.playbook.refusals.reasons[0].code
    return (code, words[1], words[2])


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_refusal_needs_reason_explanation_and_legal_basis(walk: Walk, missing: int) -> None:
    walk.receive().dispatch("transport")
    words = list(reason_for(walk, ("", "不属于本局职责", "第六条")))
    words[missing] = " "
    with pytest.raises(Invalid):
        walk.do(actions.refuse_dispatch, *words, by="transport_handler")


def test_a_climb_carries_its_history_and_starts_a_new_claim(walk: Walk) -> None:
    walk.receive()
    walk.do(actions.dispatch_matter, walk.cast.offices["yucheng"], walk.sorting("small"), by="centre_clerk")
    claim_since = walk.matter.stage_started_at
    walk.do(actions.climb, "社区解决不了公交线路", tier="big", by="community_secretary")
    assert walk.matter.owner == walk.cast.offices["shahe"]
    assert walk.matter.state == "dispatched"
    assert walk.matter.tier == "big"
    assert walk.matter.stage_started_at > claim_since
    assert kinds(walk.matter) == ["received", "dispatch", "climb"]
    walk.do(actions.climb, "需要区里协调", by="street_officer")
    assert walk.matter.owner == walk.cast.offices["centre"]
    assert (walk.matter.state, walk.matter.stage, walk.matter.stage_started_at) == (
        "triaged",
        "triage",
        walk.at,
    )


def test_what_climbs_to_the_district_waits_in_the_centres_queue_and_its_leader_is_told(walk: Walk) -> None:
    walk.receive()
    deliver_due(walk.tick())
    walk.dispatch().claim()
    walk.do(actions.climb, "要区里定", tier="hard", by="street_officer")
    deliver_due(walk.at)
    clerk, leader = walk.viewer("centre_clerk"), walk.viewer("district_leader")
    assert walk.matter.supervisor_id in leader.posts
    assert Notice.objects.filter(matter=walk.matter, kind="supervision", post__in=leader.posts).exists()
    told = Notice.objects.get(matter=walk.matter, kind="to_dispatch")
    assert told.organization == walk.cast.offices["centre"]
    assert walk.matter in desk(clerk, Reach.OWN).rows
    assert walk.matter in triage_queue(clerk).rows
    # The levels below have tried: what one press would take is the department of its category now.
    proposals = Suggestion.objects.get(pk=walk.matter.pk).proposals
    owners = [row["value"] for row in proposals if row["aspect"] == "owner"]
    assert owners == [walk.cast.offices["urban-management"].pk]
    walk.do(actions.dispatch_matter, walk.cast.offices["urban-management"], by="centre_clerk")
    assert (walk.matter.state, walk.matter.supervisor_id in leader.posts) == ("dispatched", True)
    assert audit().breaches == 0


def test_a_department_that_refuses_what_climbed_gives_it_back_to_the_centre(walk: Walk) -> None:
    walk.receive().dispatch().claim()
    walk.do(actions.climb, "要区里定", by="street_officer")
    walk.do(actions.dispatch_matter, walk.cast.offices["transport"], by="centre_clerk")
    walk.do(actions.refuse_dispatch, *reason_for(walk, ("", "不属于本局", "第六条")), by="transport_handler")
    assert (walk.matter.state, walk.matter.owner) == ("triaged", walk.cast.offices["centre"])


def test_what_is_dispatched_to_the_centre_waits_there_and_goes_round_in_no_circle(walk: Walk) -> None:
    walk.receive()
    centre = walk.cast.offices["centre"]
    walk.do(actions.dispatch_matter, centre, walk.sorting(), by="community_secretary")
    assert (walk.matter.state, walk.matter.owner) == ("triaged", centre)
    with pytest.raises(Invalid) as refused:
        walk.do(actions.dispatch_matter, centre, by="centre_clerk")
    assert refused.value.code == "has_it"
    assert audit().breaches == 0


def test_the_centres_desk_shows_one_step_for_what_climbed_to_it(walk: Walk) -> None:
    walk.receive().dispatch().claim()
    walk.do(actions.climb, "要区里定", by="street_officer")
    client = Client()
    account = walk.cast.seats["centre_clerk"].account
    client.force_login(account, "allauth.account.auth_backends.AuthenticationBackend")
    assert f"/matters/{walk.matter.number}/#do-dispatch" in client.get("/desk/").content.decode()
    assert 'id="do-dispatch"' in client.get(f"/matters/{walk.matter.number}/").content.decode()


def test_the_resident_is_asked_no_more_often_than_the_playbook_says(walk: Walk) -> None:
    walk.receive().dispatch().claim()
    for left in (2, 1):
        assert actions.questions_left(walk.matter) == left
        walk.do(actions.ask_information, "请问是哪一盏灯？", by="street_officer")
        walk.do(actions.supply_information, "门口左边那盏。", by=walk.resident)
    with pytest.raises(NotAllowed) as refused:
        walk.do(actions.ask_information, "再问一句？", by="street_officer")
    assert refused.value.code == "used_up"
    assert audit().breaches == 0
    for _more in range(2):
        append(walk.matter, kind="ask_information", actor="post:1", at=walk.tick())
    walk.matter.save()
    assert [breach.rule for breach in audit().listed] == ["questions"]


def test_a_matter_of_an_edition_without_that_number_is_asked_as_before(walk: Walk) -> None:
    source = re.sub(r"\n    max_questions: \d", "", shipped_source("wanzhou"))
    publish_playbook(source, actor=system("test"), at=walk.at)
    walk.receive()
    publish_playbook(shipped_source("wanzhou"), actor=system("test"), at=walk.at)
    walk.dispatch().claim()
    assert actions.questions_left(walk.matter) is None
    for _time in range(4):
        walk.do(actions.ask_information, "请问是哪一盏灯？", by="street_officer")
        walk.do(actions.supply_information, "门口左边那盏。", by=walk.resident)
    assert audit().breaches == 0


def test_a_climb_never_lowers_the_tier(walk: Walk) -> None:
    walk.receive().dispatch(tier="big")
    with pytest.raises(Invalid, match="climb"):
        walk.do(actions.climb, "解决不了", tier="small", by="street_officer")


def test_a_matter_is_handed_down_only_to_an_office_below(walk: Walk) -> None:
    walk.receive().dispatch("shahe")
    with pytest.raises(Invalid):
        walk.do(actions.hand_down, walk.cast.offices["pipaping"], "就近解决", by="street_officer")
    walk.do(actions.hand_down, walk.cast.offices["yucheng"], "就近解决", by="street_officer")
    assert walk.matter.owner == walk.cast.offices["yucheng"]


def test_asking_the_resident_stops_the_clock_until_the_reply(walk: Walk) -> None:
    walk.receive().dispatch().claim()
    due = walk.matter.total_due_at
    walk.do(actions.ask_information, "请问是哪一盏灯？", by="street_officer")
    assert walk.matter.paused_at is not None
    walk.tick(72)
    walk.do(actions.supply_information, "门口左边那盏。", by=walk.resident)
    assert walk.matter.state == "claimed"
    assert walk.matter.paused_at is None
    assert walk.matter.total_due_at > due


def test_a_comment_never_moves_the_clock(walk: Walk) -> None:
    walk.receive().dispatch().claim()
    clock = (walk.matter.clock, walk.matter.due_at, walk.matter.total_due_at)
    walk.do(actions.comment, "已电话联系", by="street_officer")
    assert clock == (walk.matter.clock, walk.matter.due_at, walk.matter.total_due_at)


def test_out_of_scope_says_where_to_go(walk: Walk) -> None:
    walk.receive("我要起诉邻居欠钱不还。")
    walk.do(actions.point_elsewhere, "legal_channel", "属于诉讼", by="centre_clerk")
    assert (walk.matter.state, walk.matter.outcome) == ("out_of_scope", "out_of_scope")
    notices = Message.objects.filter(subject_id=walk.matter.pk).order_by("-pk")[0].data["notices"]
    assert notices[0]["kind"] == "out_of_scope"
    assert notices[0]["params"]["right_place"]


def test_dispatch_needs_a_category(walk: Walk) -> None:
    walk.receive()
    with pytest.raises(Invalid, match="category"):
        walk.do(actions.dispatch_matter, walk.cast.offices["shahe"], by="centre_clerk")


def test_a_part_is_owned_on_its_own_and_holds_up_the_answer(walk: Walk) -> None:
    walk.receive().dispatch().claim()
    parts = walk.do(
        actions.split_matter,
        [actions.Part("修路灯", "roads-lights"), actions.Part("清垃圾", "sanitation")],
        by="street_officer",
    )
    assert [part.part_of_id for part in parts] == [walk.matter.pk] * 2
    assert all(part.requester_id is None for part in parts)
    with pytest.raises(NotAllowed, match="parts"):
        walk.answer()
    for part in parts:
        other = Walk(walk.cast, at=walk.at)
        other.matter = part
        other.dispatch("shahe").claim().answer()
        other.do(actions.confirm, Opinion(), by="street_officer")
    walk.at = other.at
    walk.answer()
    assert walk.matter.state == "answered"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE matters_matter SET owner_id = NULL",
        "UPDATE matters_matter SET tier = ''",
        "UPDATE matters_matter SET due_at = NULL",
        "UPDATE matters_matter SET state = 'lost'",
        "UPDATE matters_matter SET state = 'closed'",
        "UPDATE matters_matter SET outcome = 'solved', stopped_at = received_at, state = 'closed'",
        "UPDATE matters_matter SET lead_id = id",
        "UPDATE matters_matter SET state = 'merged', stopped_at = received_at, outcome = 'merged'",
    ],
)
def test_the_database_itself_keeps_the_promises(walk: Walk, sql: str) -> None:
    walk.receive()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_audit_finds_what_the_database_could_not_refuse(walk: Walk) -> None:
    walk.receive()
    Matter.objects.filter(pk=walk.matter.pk).update(due_at=START + timedelta(days=400))
    found = audit()
    assert found.breaches == 1
    assert found.listed[0].rule == "clock"


def test_the_audit_finds_clock_events_that_the_journal_does_not_tell(walk: Walk) -> None:
    walk.receive()
    Matter.objects.filter(pk=walk.matter.pk).update(
        clock=[*walk.matter.clock, {"kind": "paused", "at": walk.at.isoformat()}]
    )
    assert any("journal" in breach.why for breach in audit().listed)


def test_the_audit_finds_an_owner_nobody_works_for_up_to_the_top(walk: Walk) -> None:
    from yuanba.people.models import Holding

    walk.receive()
    assert audit().breaches == 0
    Holding.objects.update(to_on=START.date())
    assert {breach.rule for breach in audit().listed} == {"escalation"}


def statements(work: Any) -> int:
    """How many SQL statements it takes, without the marks of transactions."""
    with CaptureQueriesContext(connection) as captured:
        work()
    marks = ("SAVEPOINT", "RELEASE", "ROLLBACK TO")
    return len([query for query in captured if not query["sql"].startswith(marks)])


def test_a_request_takes_at_most_twelve_statements_and_a_move_nine(walk: Walk) -> None:
    walk.receive()
    assert statements(walk.receive) <= 12
    walk.dispatch()
    viewer, matter = walk.viewer("street_officer"), walk.matter
    assert statements(lambda: actions.claim_matter(matter.pk, actor=viewer, at=walk.tick())) <= 5
    assert statements(lambda: actions.start_work(matter.pk, actor=viewer, at=walk.tick())) <= 5
    assert statements(lambda: actions.comment(matter.pk, "x", actor=viewer, at=walk.tick())) <= 6
    reply = Reply("已修好。", "街道", walk.at.date(), override_reason="test")
    assert statements(lambda: actions.answer_matter(matter.pk, reply, actor=viewer, at=walk.tick())) <= 9
    assert statements(lambda: actions.confirm(matter.pk, actor=walk.resident, at=walk.tick())) <= 9


def test_the_centre_binds_whom_it_named_and_not_whom_that_one_hands_it_to(walk: Walk) -> None:
    walk.receive().dispatch("police")
    refusal = ("not-our-duty", "不属于本单位", "三定规定第三条")
    walk.do(actions.refuse_dispatch, *refusal, by="police_handler")
    walk.do(actions.dispatch_matter, walk.cast.offices["transport"], by="centre_clerk")
    walk.do(actions.refuse_dispatch, *refusal, by="transport_handler")
    walk.do(actions.arbitrate, walk.cast.offices["shahe"], "属地负责", by="centre_arbiter")
    with pytest.raises(NotAllowed, match="centre"):
        walk.do(actions.refuse_dispatch, *refusal, by="street_leader")
    walk.claim()
    walk.do(actions.hand_down, walk.cast.offices["yucheng"], "就近办理", by="street_leader")
    walk.do(actions.refuse_dispatch, *refusal, by="community_secretary")
    assert walk.matter.state == "triaged"
