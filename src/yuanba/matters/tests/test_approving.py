"""Who asked never decides, through whichever post, account or key."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from yuanba.demo.cast import Cast
from yuanba.kernel.authority import Power, Viewer, hand_of
from yuanba.kernel.errors import Denied
from yuanba.kernel.journal.append import append
from yuanba.matters import actions
from yuanba.matters.actions import Opinion
from yuanba.matters.approving import own_decisions, refusers_of
from yuanba.matters.auditing import audit
from yuanba.matters.models import TimeRequest
from yuanba.matters.pages.moves import offers
from yuanba.matters.tests.api.conftest import Program, make_key
from yuanba.matters.tests.walking import Walk

REFUSAL = ("not-our-duty", "不属于本单位", "三定规定第三条")


@pytest.fixture
def walk(cast: Cast) -> Walk:
    return Walk(cast).receive().dispatch().claim()


def elsewhere(walk: Walk, asker: str, post: str) -> Viewer:
    """The person of one seat on another's post, as after a move within the district."""
    there = walk.viewer(post)
    person = walk.viewer(asker).person_id
    return replace(there, actor=f"post:{min(there.posts)}/person:{person}", person_id=person)


def test_one_hand_is_the_person_behind_every_post_else_the_account_or_the_key() -> None:
    assert hand_of("post:12/person:5") == hand_of("account:3/person:5") == "person:5"
    assert (hand_of("account:3"), hand_of("key:ab12cd34")) == ("account:3", "key:ab12cd34")


def test_a_key_of_no_organization_can_not_grant_the_time_it_asked_for(walk: Walk) -> None:
    asking = Program(make_key("handle", "dispatch"))
    moves = f"/matters/{walk.matter.number}/moves"
    asked = asking.post(f"{moves}/request_time", {"kind": "pause", "ground": "season", "reason": "等天暖"})
    assert asked.status_code == 200
    decision = {"approve": True, "reason": "同意"}
    refused = asking.post(f"{moves}/decide_time", decision)
    assert (refused.status_code, refused.json()["code"]) == (403, "own_request")
    assert walk.cast.offices["centre"].called in refused.json()["detail"]
    assert TimeRequest.objects.get().approved is None
    assert Program(make_key("dispatch")).post(f"{moves}/decide_time", decision).status_code == 200
    assert audit().breaches == 0


def test_a_person_with_another_post_can_not_decide_what_they_asked_for_in_the_first(walk: Walk) -> None:
    walk.do(actions.request_extension, "1wd", "等配件", by="street_officer")
    moved = elsewhere(walk, "street_officer", "centre_arbiter")
    with pytest.raises(Denied) as refused:
        walk.do(actions.decide_time, approve=True, reason="同意", by=moved)
    assert refused.value.code == "own_request"
    assert "decide_time" not in {offer.move.name for offer in offers(walk.matter, moved)}
    asked = walk.do(actions.decide_time, approve=True, reason="同意", by="centre_arbiter")
    arbiter = walk.viewer("centre_arbiter").person_id
    assert asked.approver == f"person:{arbiter}" != asked.asker
    assert audit().breaches == 0


def test_who_refused_a_matter_does_not_arbitrate_it(cast: Cast) -> None:
    walk = Walk(cast).receive()
    for _time in range(2):
        walk.dispatch("transport")
        walk.do(actions.refuse_dispatch, *REFUSAL, by="transport_handler")
    moved = elsewhere(walk, "transport_handler", "centre_arbiter")
    with pytest.raises(Denied) as refused:
        walk.do(actions.arbitrate, cast.offices["shahe"], "属地负责", by=moved)
    assert refused.value.code == "own_request"
    assert "arbitrate" not in {offer.move.name for offer in offers(walk.matter, moved)}
    walk.do(actions.arbitrate, cast.offices["shahe"], "属地负责", by="centre_arbiter")
    assert audit().breaches == 0


def test_the_database_itself_takes_no_approval_by_who_asked(walk: Walk) -> None:
    walk.do(actions.request_extension, "1wd", "等配件", by="street_officer")
    decided = "UPDATE matters_timerequest SET approved = true, decided_at = requested_at, approver = "
    for approver in ("asker", "''"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(decided + approver)


def test_the_audit_finds_a_decision_by_who_asked(walk: Walk) -> None:
    asked = walk.do(actions.request_extension, "1wd", "等配件", by="street_officer")
    matter, actor = walk.matter, walk.viewer("street_officer").actor
    at = walk.at + timedelta(hours=1)
    append(matter, kind="decide_time", actor=actor, at=at, data={"request": asked.pk, "approved": True})
    matter.save()
    assert [breach.rule for breach in audit().listed] == ["approver"]


def test_a_refusal_is_forgotten_once_another_level_has_the_matter() -> None:
    refused = ("refuse", "post:1/person:7", "{}")
    decided = ("arbitrate", "post:2/person:7", "{}")
    assert list(own_decisions([refused, decided])) == ["arbitrate"]
    assert list(own_decisions([refused, ("climb", "post:3/person:8", "{}"), decided])) == []


def test_a_refusal_before_the_resident_sent_it_up_bars_nobody_from_the_dispute_after(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch("transport")
    walk.do(actions.refuse_dispatch, *REFUSAL, by="transport_handler")
    walk.dispatch("shahe").claim()
    moved = elsewhere(walk, "transport_handler", "centre_arbiter")
    while walk.matter.owner == cast.offices["shahe"]:
        walk.answer()
        assert walk.viewer("transport_handler").hand in refusers_of(walk.matter)
        walk.do(actions.not_solved, Opinion(said="还是不亮"), by=walk.resident)
    assert refusers_of(walk.matter) == set()
    for _time in range(2):
        walk.dispatch("police")
        walk.do(actions.refuse_dispatch, *REFUSAL, by="police_handler")
    assert walk.matter.state == "arbitration"
    assert "arbitrate" in {offer.move.name for offer in offers(walk.matter, moved)}
    walk.do(actions.arbitrate, cast.offices["shahe"], "属地负责", by=moved)
    assert walk.matter.state == "dispatched"
    assert audit().breaches == 0


def test_a_word_that_sends_it_back_to_the_same_office_ends_no_dispute() -> None:
    refused = ("refuse", "post:1/person:7", "{}")
    decided = ("arbitrate", "post:2/person:7", "{}")
    again, up = ('{"new_round":2}', '{"new_round":3,"owner":5}')
    assert list(own_decisions([refused, ("not_solved", "resident/1", again), decided])) == ["arbitrate"]
    for kind in ("not_solved", "count_verdict"):
        assert list(own_decisions([refused, (kind, "system/merge", up), decided])) == []


def test_the_page_says_nothing_of_deciding_to_the_office_that_asked(walk: Walk) -> None:
    walk.do(actions.request_extension, "1wd", "等配件", by="street_officer")
    client = Client()
    for name, offered in (("street_leader", False), ("district_leader", True)):
        account = walk.cast.seats[name].account
        client.force_login(account, "allauth.account.auth_backends.AuthenticationBackend")
        page = client.get(f"/matters/{walk.matter.number}/").content.decode()
        assert ("do-decide_time" in page) is offered
    assert Power.DECIDE_PAUSE in walk.viewer("street_leader").powers
