"""What is off the communities' list goes down to one only when a second person agrees (准入)."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from yuanba.demo.cast import Cast
from yuanba.kernel.errors import Denied, Invalid, NotAllowed
from yuanba.kernel.journal.append import append
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import actions
from yuanba.matters.actions import Sorting
from yuanba.matters.auditing import audit
from yuanba.matters.models import Notice, PushDown
from yuanba.matters.story import story_of
from yuanba.matters.tests.api.conftest import Program, make_key
from yuanba.matters.tests.walking import Walk
from yuanba.people.models import Holding

OFF_LIST = Sorting(category="city-order", tier="small", tier_reason="社区就能办")
WHY = "摊位就在社区门口，社区最清楚。"


@pytest.fixture
def walk(cast: Cast) -> Walk:
    walk = Walk(cast).receive("菜市口摊贩占道经营，行人只能走车道。")
    walk.do(actions.triage_matter, OFF_LIST, by="centre_clerk")
    return walk


def propose(walk: Walk, by: str = "centre_clerk") -> PushDown:
    made: PushDown = walk.do(actions.propose_dispatch, walk.cast.offices["yucheng"], WHY, by=by)
    return made


def decide(walk: Walk, by: Any, *, approve: bool = True) -> PushDown:
    made: PushDown = walk.do(actions.decide_push_down, approve=approve, reason="属实", by=by)
    return made


def test_one_person_alone_can_not_push_it_down(walk: Walk) -> None:
    community = walk.cast.offices["yucheng"]
    with pytest.raises(Invalid) as refused:
        walk.do(actions.dispatch_matter, community, by="centre_clerk")
    assert (refused.value.code, refused.value.field) == ("off_list", "owner")
    walk.do(actions.dispatch_matter, walk.cast.offices["shahe"], by="centre_clerk")
    with pytest.raises(Invalid) as refused:
        walk.do(actions.hand_down, community, WHY, by="street_officer")
    assert refused.value.code == "off_list"


def test_what_is_on_the_list_goes_down_at_once(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch("yucheng", "small")
    assert walk.matter.owner == cast.offices["yucheng"]
    walk = Walk(cast).receive()
    walk.do(actions.triage_matter, walk.sorting("small"), by="centre_clerk")
    with pytest.raises(Invalid) as refused:
        walk.do(actions.propose_dispatch, cast.offices["yucheng"], WHY, by="centre_clerk")
    assert refused.value.code == "on_list"


def test_a_second_person_agrees_and_the_community_gets_it(walk: Walk) -> None:
    proposed = propose(walk)
    assert (walk.matter.state, walk.matter.owner) == ("triaged", walk.cast.offices["yucheng"])
    deliver_due(walk.at)
    told = Notice.objects.get(matter=walk.matter, kind="push_down_proposed")
    assert told.organization == walk.cast.offices["shahe"]
    decide(walk, "street_leader")
    proposed.refresh_from_db()
    assert proposed.approved
    assert (walk.matter.state, walk.matter.stage) == ("dispatched", "claim")
    assert audit().breaches == 0
    assert "玉城社区" in story_of(walk.matter, walk.resident)[0].body
    walk.claim("community_secretary")


def test_nobody_agrees_to_their_own_proposal_and_no_community_to_its_own_burden(walk: Walk) -> None:
    propose(walk, "centre_arbiter")
    with pytest.raises(Denied) as refused:
        decide(walk, "centre_arbiter")
    assert refused.value.code == "own_request"
    with pytest.raises(Denied):
        decide(walk, "community_secretary")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE matters_pushdown SET approved = true, decided_at = asked_at, approver = asker")
    decide(walk, "street_leader", approve=False)
    assert (walk.matter.state, PushDown.objects.get().approved) == ("triaged", False)


def test_a_street_hands_it_down_once_its_leader_agrees(walk: Walk) -> None:
    walk.do(actions.dispatch_matter, walk.cast.offices["shahe"], by="centre_clerk")
    walk.claim()
    walk.do(actions.propose_hand_down, walk.cast.offices["yucheng"], WHY, by="street_officer")
    decide(walk, "street_leader")
    assert (walk.matter.state, walk.matter.owner) == ("dispatched", walk.cast.offices["yucheng"])
    assert audit().breaches == 0


def test_a_proposal_ends_when_the_matter_becomes_another_or_goes_elsewhere(walk: Walk) -> None:
    propose(walk)
    walk.do(actions.dispatch_matter, walk.cast.offices["shahe"], by="centre_clerk")
    with pytest.raises(NotAllowed) as refused:
        decide(walk, "street_leader")
    assert refused.value.code == "nothing_pending"
    walk.do(actions.propose_hand_down, walk.cast.offices["yucheng"], WHY, by="street_officer")
    assert list(PushDown.objects.order_by("pk").values_list("approved", flat=True)) == [False, None]


def test_a_community_may_take_on_what_it_likes(walk: Walk) -> None:
    walk.do(actions.dispatch_matter, walk.cast.offices["yucheng"], by="community_secretary")
    assert walk.matter.owner == walk.cast.offices["yucheng"]
    assert audit().breaches == 0


def test_a_dispute_pushes_nothing_down_either(cast: Cast) -> None:
    walk = Walk(cast).receive()
    for _time in range(2):
        walk.do(actions.dispatch_matter, cast.offices["transport"], OFF_LIST, by="centre_clerk")
        refusal = ("not-our-duty", "不属于本单位", "三定规定第三条")
        walk.do(actions.refuse_dispatch, *refusal, by="transport_handler")
    with pytest.raises(Invalid) as refused:
        walk.do(actions.arbitrate, cast.offices["yucheng"], "就近", by="centre_arbiter")
    assert refused.value.code == "off_list"


def test_where_nobody_above_could_agree_it_is_said(walk: Walk) -> None:
    above = [walk.cast.offices[name] for name in ("shahe", "centre", "district")]
    clerk = walk.viewer("centre_clerk")
    Holding.objects.filter(post__organization__in=above).update(to_on=walk.at.date())
    with pytest.raises(NotAllowed, match="Nobody above"):
        walk.do(actions.propose_dispatch, walk.cast.offices["yucheng"], WHY, by=clerk)


def test_the_page_offers_it_in_turn_and_the_api_does_it(walk: Walk) -> None:
    client = Client()
    address = f"/matters/{walk.matter.number}/"

    def page(name: str) -> str:
        account = walk.cast.seats[name].account
        client.force_login(account, "allauth.account.auth_backends.AuthenticationBackend")
        return client.get(address).content.decode()

    assert "do-propose_dispatch" in page("centre_clerk")
    program = Program(make_key("dispatch"))
    moves = f"{address.removesuffix('/')}/moves"
    code = walk.cast.offices["yucheng"].code
    refused = program.post(f"{moves}/dispatch", {"owner": code})
    assert (refused.status_code, refused.json()["code"]) == (422, "off_list")
    assert program.post(f"{moves}/propose_dispatch", {"owner": code, "reason": WHY}).status_code == 200
    own = program.post(f"{moves}/decide_push_down", {"approve": True, "reason": "同意"})
    assert (own.status_code, own.json()["code"]) == (403, "own_request")
    assert "do-propose_dispatch" not in page("centre_clerk")
    assert "do-decide_push_down" in page("street_leader")
    moved = Program(make_key("dispatch")).post(
        f"{moves}/decide_push_down", {"approve": True, "reason": "同意"}
    )
    assert (moved.status_code, moved.json()["owner_id"]) == (200, walk.cast.offices["yucheng"].pk)


def test_the_audit_finds_what_one_person_pushed_down(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch("yucheng", "small")
    assert audit().breaches == 0
    matter = walk.matter
    matter.category = "city-order"
    append(matter, kind="comment", actor="post:1", at=walk.tick())
    matter.save()
    assert "admission" in {breach.rule for breach in audit().listed}
