"""Who sorts for the whole district calls a matter back from the office that has it, to be sorted anew (收回重派)."""

import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from yuanba.demo.cast import Cast
from yuanba.kernel.authority import system
from yuanba.kernel.errors import Denied, Invalid, NotAllowed
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import actions
from yuanba.matters.actions import Opinion, Sorting
from yuanba.matters.auditing import audit
from yuanba.matters.models import Alarm, Notice, Party, Suggestion
from yuanba.matters.queries import triage_queue
from yuanba.matters.seeing import can_see
from yuanba.matters.story import story_of
from yuanba.matters.telling import make_notices, render
from yuanba.matters.tests.api.conftest import Program, make_key
from yuanba.matters.tests.walking import Walk
from yuanba.playbooks.actions import publish_playbook
from yuanba.playbooks.shipped import shipped_source

WHY = "分类有误，不属于该单位职责。"
REFUSAL = ("not-our-duty", "不属于本单位", "三定规定第三条")


@pytest.fixture
def walk(cast: Cast) -> Walk:
    return Walk(cast).receive().dispatch().claim()


def told(walk: Walk, kind: str) -> list[object]:
    deliver_due(walk.at)
    return [row.organization or row.post for row in Notice.objects.filter(matter=walk.matter, kind=kind)]


def test_the_accused_office_that_claimed_it_loses_it_and_never_answers_it_again(cast: Cast) -> None:
    walk = Walk(cast).receive("社区里的事，说了好几次没人管。").dispatch("yucheng", "small")
    walk.claim("community_secretary").answer("community_secretary")
    walk.do(actions.not_solved, Opinion(said="我反映的就是你们社区"), by=walk.resident)
    assert (walk.matter.state, walk.matter.owner) == ("handling", cast.offices["yucheng"])
    walk.do(actions.recall, "居民反映的是社区本身", by="centre_clerk")
    walk.do(
        actions.triage_matter,
        Sorting(category="officials-conduct", accused=cast.offices["yucheng"]),
        by="centre_clerk",
    )
    assert not can_see(walk.viewer("community_secretary"), walk.matter)
    walk.do(actions.dispatch_matter, cast.offices["shahe"], by="centre_clerk")
    walk.claim().answer()
    assert (walk.matter.state, walk.matter.owner) == ("answered", cast.offices["shahe"])
    assert audit().breaches == 0


def test_the_office_complained_about_is_named_as_it_is_called_back_and_told_nothing(cast: Cast) -> None:
    walk = Walk(cast).receive("社区里的事，说了好几次没人管。").dispatch("yucheng", "small")
    walk.claim("community_secretary")
    walk.do(actions.join, cast.offices["education"], "借用操场", by="community_secretary")
    deliver_due(walk.at)
    before = set(Notice.objects.values_list("pk", flat=True))
    walk.do(actions.recall, "居民反映的是社区本身", accused=cast.offices["yucheng"], by="centre_clerk")
    deliver_due(walk.at)
    assert (walk.matter.accused, walk.matter.owner) == (cast.offices["yucheng"], cast.offices["centre"])
    assert (walk.matter.confidential, walk.matter.accused_supposed) == (True, False)
    assert not can_see(walk.viewer("community_secretary"), walk.matter)
    told_now = Notice.objects.exclude(pk__in=before).values_list("organization__code", "kind")
    assert ("education", "call_ended") in set(told_now)
    assert "yucheng-community" not in {code for code, _kind in told_now}
    with pytest.raises(Invalid) as refused:
        walk.do(actions.dispatch_matter, cast.offices["yucheng"], walk.sorting(), by="centre_clerk")
    assert refused.value.code == "accused"
    assert audit().breaches == 0


def test_what_joined_it_is_out_of_the_accused_offices_reach_as_well(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch("yucheng", "small").claim("community_secretary")
    other = Walk(cast, at=walk.at).receive().dispatch("yucheng", "small").claim("community_secretary")
    other.do(actions.merge_into, walk.matter.pk, by="community_secretary")
    walk.at = other.at
    walk.do(actions.recall, "居民反映的是社区本身", accused=cast.offices["yucheng"], by="centre_clerk")
    other.matter.refresh_from_db()
    assert (other.matter.accused, other.matter.confidential) == (cast.offices["yucheng"], True)
    assert not can_see(walk.viewer("community_secretary"), other.matter)
    assert audit().breaches == 0


def test_a_complaint_about_the_district_cannot_be_named_by_calling_back(walk: Walk) -> None:
    with pytest.raises(Invalid) as refused:
        walk.do(actions.recall, WHY, accused=walk.cast.offices["district"], by="centre_clerk")
    assert refused.value.field == "accused"
    assert walk.matter.state == "claimed"


def test_page_and_api_take_the_office_complained_about(cast: Cast) -> None:
    program = Program(make_key("dispatch"))
    walk = Walk(cast).receive().dispatch().claim()
    moves = f"/matters/{walk.matter.number}/moves/recall"
    unknown = program.post(moves, {"reason": WHY, "accused": "nobody"})
    assert (unknown.status_code, "accused" in unknown.content.decode()) == (422, True)
    assert program.post(moves, {"reason": WHY, "accused": "shahe"}).status_code == 200
    other = Walk(cast).receive().dispatch().claim()
    client = Client()
    account = cast.seats["centre_clerk"].account
    client.force_login(account, "allauth.account.auth_backends.AuthenticationBackend")
    page = f"/matters/{other.matter.number}/"
    sent = {"recall-reason": WHY, "recall-accused": cast.offices["shahe"].name}
    client.post(f"{page}moves/recall/", sent | {"version": other.matter.version})
    for each in (walk, other):
        each.matter.refresh_from_db()
        assert (each.matter.accused, each.matter.state) == (cast.offices["shahe"], "triaged")


def test_it_waits_at_the_centre_to_be_sorted_and_its_whole_time_goes_on(walk: Walk) -> None:
    due = walk.matter.total_due_at
    walk.do(actions.recall, WHY, by="centre_clerk")
    assert (walk.matter.state, walk.matter.owner) == ("triaged", walk.cast.offices["centre"])
    assert (walk.matter.stage, walk.matter.stage_started_at) == ("triage", walk.at)
    assert walk.matter.total_due_at == due
    assert walk.matter in triage_queue(walk.viewer("centre_clerk")).rows
    entry = Entry.objects.filter(subject_kind="matter", subject_id=walk.matter.pk).order_by("-seq")[0]
    assert entry.kind == "recall"
    assert f'"from_owner":{walk.cast.offices["shahe"].pk}' in entry.data
    assert audit().breaches == 0


def test_owner_leader_and_requester_are_told_and_the_reason_is_not_for_the_resident(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch("education", "hard").claim("education_handler")
    walk.do(actions.recall, WHY, by="centre_arbiter")
    line = story_of(walk.matter, walk.resident)[0]
    assert ("指挥中心" in line.body, WHY in line.body) == (True, False)
    assert WHY in story_of(walk.matter, walk.viewer("centre_clerk"))[0].body
    leader = cast.seats["district_leader"].post
    assert told(walk, "recalled") == [cast.offices["education"], leader, None]
    assert told(walk, "to_dispatch") == [cast.offices["centre"]]
    assert walk.matter.supervisor == leader


def test_what_its_owner_had_asked_and_called_for_ends_with_it(walk: Walk) -> None:
    walk.do(actions.whistle, [walk.cast.offices["police"]], "请到现场", by="street_officer")
    walk.do(actions.whistle, [walk.cast.offices["transport"]], "请到现场", by="street_officer")
    walk.do(actions.join, walk.cast.offices["education"], "借用操场", by="street_officer")
    done, waiting, joined = Party.objects.order_by("pk")
    police = walk.viewer("police_handler")
    actions.check_in(done.pk, actor=police, at=walk.tick())
    actions.report_back(done.pk, "已到场", actor=police, at=walk.tick())
    asked = walk.do(actions.request_extension, "1wd", "等配件", by="street_officer")
    walk.do(actions.recall, WHY, by="centre_clerk")
    for row in (asked, done, waiting, joined):
        row.refresh_from_db()
    assert asked.approved is False
    assert (done.ended_at, waiting.ended_at, joined.ended_at) == (None, walk.at, walk.at)
    assert told(walk, "call_ended") == [walk.cast.offices["transport"], walk.cast.offices["education"]]
    with pytest.raises(NotAllowed) as refused:
        actions.check_in(waiting.pk, actor=walk.viewer("transport_handler"), at=walk.tick())
    assert refused.value.code == "call_ended"
    actions.take_due_steps(waiting.report_due_at)
    assert not Alarm.objects.filter(span__startswith="call:").exists()
    # The next owner is held up by nobody it did not call, and may bring the same one in again.
    walk.dispatch("shahe").claim()
    walk.do(actions.join, walk.cast.offices["education"], "借用操场", by="street_officer")
    walk.answer()
    assert "calls_open" not in walk.matter.answers.get().findings
    assert audit().breaches == 0


def test_the_database_keeps_an_ended_call_from_being_waited_for(walk: Walk) -> None:
    walk.do(actions.whistle, [walk.cast.offices["police"]], "请到现场", by="street_officer")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE matters_party SET ended_at = joined_at")


def test_a_pause_and_a_question_end_with_it(walk: Walk) -> None:
    walk.do(actions.ask_information, "是哪一盏灯？", by="street_officer")
    walk.tick(48)
    walk.do(actions.recall, WHY, by="centre_clerk")
    assert (walk.matter.state, walk.matter.paused_at, walk.matter.state_before) == ("triaged", None, "")
    with pytest.raises(NotAllowed):
        walk.do(actions.supply_information, "左边那盏", by=walk.resident)
    walk.dispatch("transport").claim("transport_handler")
    walk.do(actions.request_pause, "season", "等天暖", by="transport_handler")
    walk.do(actions.decide_time, approve=True, reason="同意", by="centre_arbiter")
    walk.do(actions.recall, WHY, by="centre_clerk")
    assert walk.matter.paused_at is None
    assert audit().breaches == 0


def test_no_press_sends_it_back_to_where_it_was_wrong(cast: Cast) -> None:
    walk = Walk(cast).receive()
    deliver_due(walk.tick())
    walk.dispatch("yucheng", "small")
    walk.do(actions.recall, WHY, by="centre_clerk")
    proposals = Suggestion.objects.get(pk=walk.matter.pk).proposals
    assert "owner" not in {row["aspect"] for row in proposals}


def test_a_dispute_begins_anew_and_the_next_refusal_goes_back_to_the_centre(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch("transport")
    walk.do(actions.refuse_dispatch, *REFUSAL, by="transport_handler")
    walk.dispatch("police")
    walk.do(actions.recall, WHY, by="centre_clerk")
    walk.dispatch("education")
    walk.do(actions.refuse_dispatch, *REFUSAL, by="education_handler")
    assert (walk.matter.state, walk.matter.owner, walk.matter.refusals) == (
        "triaged",
        cast.offices["centre"],
        1,
    )


def test_it_takes_the_power_over_the_whole_district_and_a_reason(walk: Walk) -> None:
    for name in ("community_secretary", "street_leader", "district_leader"):
        with pytest.raises(Denied):
            walk.do(actions.recall, WHY, by=name)
    with pytest.raises(Invalid) as refused:
        walk.do(actions.recall, " \n", by="centre_clerk")
    assert refused.value.field == "reason"
    assert walk.matter.state == "claimed"


def test_the_page_offers_it_and_the_api_does_it(walk: Walk) -> None:
    client, page = Client(), f"/matters/{walk.matter.number}/"

    def shown(name: str) -> bool:
        account = walk.cast.seats[name].account
        client.force_login(account, "allauth.account.auth_backends.AuthenticationBackend")
        return "do-recall" in client.get(page).content.decode()

    assert (shown("centre_clerk"), shown("street_officer")) == (True, False)
    moves = f"{page.removesuffix('/')}/moves/recall"
    assert Program(make_key("handle")).post(moves, {"reason": WHY}).status_code == 403
    program = Program(make_key("dispatch"))
    assert program.post(moves, {}).status_code == 422
    moved = program.post(moves, {"reason": WHY})
    assert (moved.status_code, moved.json()["state"]) == (200, "triaged")
    assert moved.json()["owner_id"] == walk.cast.offices["centre"].pk
    again = program.post(moves, {"reason": WHY})
    assert (again.status_code, "dispatch" in again.json()["allowed"]) == (409, True)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_edition_without_words_for_it_tells_the_resident_in_the_products(
    cast: Cast, language: str
) -> None:
    source = re.sub(r"\n  recalled:\n.*?\n  claimed:", "\n  claimed:", shipped_source("wanzhou"), flags=re.S)
    walk = Walk(cast)
    publish_playbook(source, actor=system("test"), at=walk.at)
    walk.receive()
    plan = {"to": "requester", "kind": "recalled", "params": {"owner": "指挥中心"}}
    (notice,) = make_notices(walk.matter, [plan], walk.at)
    words = render(notice, language)
    assert walk.matter.number in words.subject
    assert "指挥中心" in words.body
    assert "/find/" in words.body
    assert ("收回" in words.body) == (language == "zh-hans")
