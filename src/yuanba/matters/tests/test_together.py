from typing import Any

import pytest

from yuanba.kernel.errors import Denied, Invalid, Missing, NotAllowed
from yuanba.matters import actions
from yuanba.matters.actions import Reply, Sorting
from yuanba.matters.models import Matter, Party
from yuanba.matters.owners import check_owner
from yuanba.matters.seeing import can_see, sees_requester
from yuanba.matters.tests.walking import GOOD_ANSWER, Walk, listed


@pytest.fixture
def walk(cast: Any) -> Walk:
    return Walk(cast).receive().dispatch().claim()


def call(walk: Walk, *names: str) -> list[Party]:
    departments = [walk.cast.offices[name] for name in names]
    walk.do(actions.whistle, departments, "请到三栋现场", by="street_officer")
    return list(Party.objects.order_by("pk"))


def test_a_whistle_keeps_the_one_owner_and_shows_the_matter_to_those_called(walk: Walk) -> None:
    assert not can_see(walk.viewer("police_handler"), walk.matter)
    call(walk, "transport", "police")
    assert walk.matter.owner == walk.cast.offices["shahe"]
    assert can_see(walk.viewer("police_handler"), walk.matter)
    assert not can_see(walk.viewer("education_handler"), walk.matter)


def test_a_called_department_checks_in_then_reports(walk: Walk) -> None:
    (party,) = call(walk, "transport")
    handler = walk.viewer("transport_handler")
    with pytest.raises(NotAllowed):
        actions.report_back(party.pk, "已勘察", actor=handler, at=walk.tick())
    actions.check_in(party.pk, actor=handler, at=walk.tick())
    actions.check_in(party.pk, actor=handler, at=walk.tick())
    done = actions.report_back(party.pk, "已勘察", actor=handler, at=walk.tick())
    assert done.reported_at is not None
    assert done.checked_in_at is not None
    assert done.checked_in_at < done.reported_at


def test_nobody_checks_in_for_another_department(walk: Walk) -> None:
    (party,) = call(walk, "transport")
    with pytest.raises(Denied):
        actions.check_in(party.pk, actor=walk.viewer("street_officer"), at=walk.tick())
    with pytest.raises(Missing):
        actions.check_in(party.pk, actor=walk.viewer("police_handler"), at=walk.tick())
    with pytest.raises(Missing):
        actions.check_in(999_999, actor=walk.viewer("police_handler"), at=walk.tick())


def test_a_whistle_calls_somebody_and_not_the_owner(walk: Walk) -> None:
    with pytest.raises(Invalid):
        call(walk)
    with pytest.raises(Invalid):
        call(walk, "shahe")


def test_an_organization_joins_once(walk: Walk) -> None:
    walk.do(actions.join, walk.cast.offices["police"], "疏导交通", by="street_officer")
    with pytest.raises(Invalid):
        walk.do(actions.join, walk.cast.offices["police"], "疏导交通", by="street_officer")


def complaint(walk: Walk, accused: str) -> Walk:
    walk.do(
        actions.triage_matter,
        Sorting(category="officials-conduct", tier="big", accused=walk.cast.offices[accused]),
        by="centre_clerk",
    )
    return walk


def test_the_accused_loses_the_matter_at_once_and_never_sees_it_again(cast: Any) -> None:
    walk = complaint(Walk(cast).receive("社区干部态度恶劣，推诿。"), "yucheng")
    assert walk.matter.owner == cast.offices["shahe"]
    assert walk.matter.confidential
    accused = walk.viewer("community_secretary")
    assert not can_see(accused, walk.matter)
    assert not listed(accused)


def test_the_accused_and_those_below_it_are_never_given_the_matter(cast: Any) -> None:
    walk = complaint(Walk(cast).receive("街道办事推诿，不作为。"), "shahe")
    for office in ("shahe", "yucheng", "longbao"):
        with pytest.raises(Invalid, match="complaint"):
            walk.do(actions.dispatch_matter, cast.offices[office], by="centre_clerk")
    walk.do(actions.dispatch_matter, cast.offices["police"], by="centre_clerk")
    walk.do(actions.claim_matter, by="police_handler")
    with pytest.raises(Missing):
        walk.do(actions.comment, "看看是谁告的", by="street_leader")


def test_a_confidential_requester_is_hidden_from_who_handles_it(cast: Any) -> None:
    walk = complaint(Walk(cast).receive("社区干部态度恶劣。"), "yucheng")
    assert not sees_requester(walk.viewer("street_officer"), walk.matter)
    assert sees_requester(walk.viewer("centre_arbiter"), walk.matter)
    # Who sorts it reads the words and needs no name.
    assert can_see(walk.viewer("centre_clerk"), walk.matter)
    assert not sees_requester(walk.viewer("centre_clerk"), walk.matter)


def test_what_a_list_shows_is_what_a_page_shows(cast: Any, walk: Walk) -> None:
    complaint(Walk(cast, at=walk.at).receive("街道不作为。"), "shahe")
    call(walk, "transport")
    Walk(cast, at=walk.at).receive("广场太吵。", place="square")
    for name in cast.seats:
        viewer = cast.viewer(name)
        opened = {matter.pk for matter in Matter.objects.all() if can_see(viewer, matter)}
        assert listed(viewer) == opened, name


def test_an_answer_before_a_called_office_reported_takes_a_reason(walk: Walk) -> None:
    (party,) = call(walk, "transport")
    reply = Reply(GOOD_ANSWER, "沙河街道", walk.at.date(), override_reason="")
    with pytest.raises(Invalid, match="区交通局") as caught:
        walk.do(actions.answer_matter, reply, by="street_officer")
    assert caught.value.code == "gate"
    walk.answer()
    assert "calls_open" in walk.matter.answers.get().findings
    assert party.reported_at is None


def test_a_department_named_twice_is_called_once(walk: Walk) -> None:
    assert len(call(walk, "transport", "transport")) == 1


def test_an_item_taken_off_the_communities_is_not_pushed_down_to_one(walk: Walk) -> None:
    playbook = walk.matter.playbook.playbook
    item = playbook.admission.withdrawn[0].code
    walk.matter.category = item
    with pytest.raises(Invalid) as caught:
        check_owner(walk.matter, walk.cast.offices["yucheng"])
    assert caught.value.code == "withdrawn_item"
    check_owner(walk.matter, walk.cast.offices["shahe"])
