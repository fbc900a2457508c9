"""What went up stays up until the level above decides, and what binds an office is no way round a climb."""

import pytest

from yuanba.demo.cast import Cast
from yuanba.kernel.authority import system
from yuanba.kernel.errors import Denied, Invalid, NotAllowed
from yuanba.matters import actions
from yuanba.matters.actions import Sorting
from yuanba.matters.auditing import audit
from yuanba.matters.owners import stands_over
from yuanba.matters.pages.moves import offers
from yuanba.matters.tests.api.conftest import Program, make_key
from yuanba.matters.tests.walking import Walk
from yuanba.playbooks.actions import publish_playbook
from yuanba.playbooks.shipped import shipped_source

REFUSAL = ("not-our-duty", "不属于本单位", "三定规定第三条")


def offered(walk: Walk, name: str) -> set[str]:
    return {offer.move.name for offer in offers(walk.matter, walk.viewer(name))}


def decided_by_the_centre(cast: Cast) -> Walk:
    walk = Walk(cast).receive()
    for _time in range(2):
        walk.dispatch("transport")
        walk.do(actions.refuse_dispatch, *REFUSAL, by="transport_handler")
    walk.do(actions.arbitrate, cast.offices["shahe"], "属地负责", by="centre_arbiter")
    return walk


@pytest.mark.parametrize("name", ["street_officer", "street_leader"])
def test_a_street_takes_back_nothing_that_it_passed_up(cast: Cast, name: str) -> None:
    walk = Walk(cast).receive().dispatch("shahe").claim()
    walk.do(actions.climb, "要区里定", by="street_officer")
    walk.dispatch("transport")
    for office in ("police", "zhonggulou"):
        with pytest.raises(Denied):
            walk.do(actions.hand_down, cast.offices[office], "由它办", by=name)
    with pytest.raises(Denied):
        walk.do(actions.propose_hand_down, cast.offices["yucheng"], "由它办", by=name)
    assert walk.matter.owner == cast.offices["transport"]
    assert not {"hand_down", "propose_hand_down"} & offered(walk, name)


def test_what_the_district_holds_is_not_handed_down_from_below(cast: Cast) -> None:
    walk = Walk(cast).receive()
    walk.do(actions.dispatch_matter, cast.offices["district"], walk.sorting(), by="centre_clerk")
    assert walk.matter.state == "dispatched"
    for name in ("street_officer", "centre_arbiter"):
        with pytest.raises(Denied):
            walk.do(actions.hand_down, cast.offices["transport"], "由它办", by=name)
    walk.do(actions.hand_down, cast.offices["transport"], "由它办", by="district_leader")
    assert walk.matter.owner == cast.offices["transport"]


def test_a_level_above_hands_down_what_its_streets_have(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch("shahe")
    walk.do(actions.hand_down, cast.offices["yucheng"], "就近解决", by="centre_arbiter")
    assert walk.matter.owner == cast.offices["yucheng"]


def test_whoever_stands_over_an_office_is_at_it_or_above_it(cast: Cast) -> None:
    expected = {
        "shahe": {"street_officer", "street_leader", "district_leader", "centre_clerk"},
        "transport": {"transport_handler", "district_leader", "centre_clerk"},
        "centre": {"district_leader", "centre_clerk"},
        "district": {"district_leader"},
    }
    names = set().union(*expected.values(), {"community_secretary", "other_street_officer"})
    found = {
        office: {name for name in names if stands_over(cast.viewer(name), cast.offices[office])}
        for office in expected
    }
    assert found == expected


def test_whom_the_centre_named_claims_it_before_passing_it_up(cast: Cast) -> None:
    walk = decided_by_the_centre(cast)
    assert "climb" not in offered(walk, "street_officer")
    with pytest.raises(NotAllowed) as refused:
        walk.do(actions.climb, "不归我们", by="street_officer")
    assert (refused.value.code, refused.value.allowed) == ("binding", ("claim",))
    walk.claim()
    assert "climb" in offered(walk, "street_officer")
    walk.do(actions.climb, "要区里协调资金", by="street_officer")
    assert walk.matter.owner == cast.offices["centre"]
    assert audit().breaches == 0


def test_after_the_time_to_refuse_nothing_goes_up_unclaimed_either(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch("yucheng", "small")
    walk.tick(24 * 7)
    for move, words in ((actions.refuse_dispatch, REFUSAL), (actions.climb, ("解决不了",))):
        with pytest.raises(NotAllowed) as refused:
            walk.do(move, *words, by="community_secretary")
        assert refused.value.code == "too_late"
        assert "claim" in refused.value.allowed
    answer = Program(make_key("handle")).post(
        f"/matters/{walk.matter.number}/moves/climb", {"reason": "解决不了"}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "too_late")
    walk.claim("community_secretary")
    walk.do(actions.climb, "解决不了", by="community_secretary")
    assert walk.matter.owner == cast.offices["shahe"]


def test_a_department_can_refuse_what_no_community_may_be_given(cast: Cast) -> None:
    line = "        name: 市容秩序\n"
    source = shipped_source("wanzhou").replace(line, f"{line}        item: demolition-orders\n")
    walk = Walk(cast)
    publish_playbook(source, actor=system("test"), at=walk.at)
    walk.receive()
    sorting = Sorting(category="city-order", tier="big")
    walk.do(actions.dispatch_matter, cast.offices["transport"], sorting, by="centre_clerk")
    walk.do(actions.refuse_dispatch, *REFUSAL, by="transport_handler")
    assert (walk.matter.state, walk.matter.owner) == ("triaged", cast.offices["yucheng"])
    assert audit().breaches == 0
    with pytest.raises(Invalid) as refused:
        walk.do(actions.dispatch_matter, cast.offices["yucheng"], by="community_secretary")
    assert refused.value.code == "withdrawn_item"
    walk.do(actions.dispatch_matter, cast.offices["shahe"], by="community_secretary")
    assert walk.matter.owner == cast.offices["shahe"]
