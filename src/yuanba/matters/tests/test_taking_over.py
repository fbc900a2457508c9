"""The level above takes a matter over from an office in which nobody holds a post."""

import pytest
from django.test import Client

from yuanba.demo.cast import Cast
from yuanba.kernel.errors import Denied, Invalid, NotAllowed
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import actions
from yuanba.matters.auditing import audit
from yuanba.matters.models import Matter, Notice, TimeRequest
from yuanba.matters.owners import staffed
from yuanba.matters.story import story_of
from yuanba.matters.tests.api.conftest import Program, make_key
from yuanba.matters.tests.walking import START, Walk
from yuanba.people.models import Holding

REASON = "社区书记调离，暂无人接任。"


def leave(cast: Cast, *offices: str) -> None:
    """Everybody at these offices has left on the first day."""
    posts = Holding.objects.filter(post__organization__in=[cast.offices[name] for name in offices])
    posts.update(to_on=START.date())


@pytest.fixture
def walk(cast: Cast) -> Walk:
    """Claimed by the community before its people left."""
    return Walk(cast).receive().dispatch("yucheng", "small").claim("community_secretary")


def test_it_goes_to_the_level_above_and_is_claimed_there_anew(walk: Walk) -> None:
    leave(walk.cast, "yucheng")
    walk.do(actions.take_over, REASON, by="street_officer")
    assert (walk.matter.owner, walk.matter.state) == (walk.cast.offices["shahe"], "dispatched")
    assert (walk.matter.stage, walk.matter.stage_started_at) == ("claim", walk.at)
    entry = Entry.objects.filter(subject_kind="matter", subject_id=walk.matter.pk).order_by("-seq")[0]
    assert entry.kind == "take_over"
    assert f'"from_owner":{walk.cast.offices["yucheng"].pk}' in entry.data
    line = story_of(walk.matter, walk.resident)[0]
    assert (REASON in line.body, "沙河街道" in line.body) == (True, True)
    assert audit().breaches == 0
    walk.claim().answer().confirm()
    assert walk.matter.state == "confirmed"


def test_a_building_head_alone_staffs_no_office(walk: Walk) -> None:
    others = Holding.objects.filter(post__organization=walk.cast.offices["yucheng"])
    others.exclude(post__kind="building_head").update(to_on=START.date())
    assert staffed([walk.cast.offices["yucheng"].pk]) == frozenset()
    again = Walk(walk.cast, at=walk.at).receive()
    deliver_due(again.at)
    told = Notice.objects.filter(matter=again.matter, kind="vacancy")
    assert [notice.organization for notice in told] == [walk.cast.offices["shahe"]]
    assert audit().breaches == 0
    walk.do(actions.take_over, REASON, by="street_officer")
    assert walk.matter.owner == walk.cast.offices["shahe"]


def test_where_only_posts_are_left_that_move_nothing_the_audit_says_so(walk: Walk) -> None:
    Holding.objects.exclude(post__kind__in=["building_head", "operator"]).update(to_on=START.date())
    assert {breach.rule for breach in audit().listed} == {"escalation"}


def test_a_leader_takes_over_what_the_empty_centre_should_dispatch_and_can_move_it_on(walk: Walk) -> None:
    walk.do(actions.climb, "社区解决不了", by="community_secretary")
    walk.claim()
    walk.do(actions.climb, "要区里定", by="street_officer")
    leave(walk.cast, "centre")
    walk.do(actions.take_over, REASON, by="district_leader")
    assert (walk.matter.owner, walk.matter.state) == (walk.cast.offices["district"], "dispatched")
    walk.do(actions.hand_down, walk.cast.offices["transport"], "由交通局办", by="district_leader")
    walk.claim("transport_handler")
    assert audit().breaches == 0


def test_while_somebody_is_there_nobody_takes_it(walk: Walk) -> None:
    with pytest.raises(NotAllowed, match="holds a post"):
        walk.do(actions.take_over, REASON, by="street_officer")
    assert walk.matter.owner == walk.cast.offices["yucheng"]


def test_an_empty_level_is_passed_over_and_nobody_at_all_is_said(walk: Walk) -> None:
    leave(walk.cast, "yucheng", "shahe")
    walk.do(actions.take_over, REASON, by="centre_clerk")
    assert walk.matter.owner == walk.cast.offices["centre"]
    other = Walk(walk.cast).receive().dispatch("yucheng", "small")
    clerk = other.viewer("centre_clerk")
    leave(walk.cast, "centre", "district")
    with pytest.raises(NotAllowed, match="no level above"):
        other.do(actions.take_over, REASON, by=clerk)


def test_it_never_goes_to_the_office_complained_about(walk: Walk) -> None:
    leave(walk.cast, "yucheng")
    street = walk.cast.offices["shahe"]
    Matter.objects.filter(pk=walk.matter.pk).update(
        owner=walk.cast.offices["transport"], accused=street, accused_path=street.path
    )
    leave(walk.cast, "transport")
    walk.do(actions.take_over, REASON, by="centre_clerk")
    assert walk.matter.owner == walk.cast.offices["centre"]


def test_a_pause_and_a_request_for_time_end_with_the_office_that_has_gone(walk: Walk) -> None:
    walk.do(actions.request_extension, "1wd", "等配件", by="community_secretary")
    leave(walk.cast, "yucheng")
    walk.do(actions.take_over, REASON, by="street_officer")
    assert TimeRequest.objects.get().approved is False
    assert audit().breaches == 0


def test_what_waits_to_be_sorted_is_sorted_by_the_level_above(cast: Cast) -> None:
    walk = Walk(cast).receive()
    leave(cast, "yucheng")
    due = walk.matter.due_at
    walk.do(actions.take_over, REASON, by="street_officer")
    assert (walk.matter.state, walk.matter.owner, walk.matter.due_at) == (
        "received",
        cast.offices["shahe"],
        due,
    )
    walk.do(actions.dispatch_matter, cast.offices["shahe"], walk.sorting(), by="street_officer")
    assert audit().breaches == 0


def test_a_suggestion_that_comes_late_undoes_no_take_over(cast: Cast) -> None:
    walk = Walk(cast).receive("玉城家园3栋的路灯不亮。", place="yucheng")
    leave(cast, "yucheng")
    walk.do(actions.take_over, REASON, by="street_officer")
    deliver_due(walk.at)
    walk.matter.refresh_from_db()
    assert (walk.matter.place, walk.matter.category) == (cast.places["building_3"], "roads-lights")
    assert (walk.matter.state, walk.matter.owner) == ("received", cast.offices["shahe"])
    assert audit().breaches == 0


def test_it_takes_the_power_above_and_a_reason(walk: Walk) -> None:
    neighbour = walk.viewer("building_head")
    leave(walk.cast, "yucheng")
    with pytest.raises(Denied):
        walk.do(actions.take_over, REASON, by=neighbour)
    with pytest.raises(Invalid):
        walk.do(actions.take_over, " ", by="street_officer")


def test_the_page_offers_it_only_then_and_the_api_does_it(walk: Walk) -> None:
    client = Client()
    account = walk.cast.seats["street_officer"].account
    client.force_login(account, "allauth.account.auth_backends.AuthenticationBackend")
    page = f"/matters/{walk.matter.number}/"
    assert "do-take_over" not in client.get(page).content.decode()
    leave(walk.cast, "yucheng")
    assert "do-take_over" in client.get(page).content.decode()
    program = Program(make_key("dispatch"))
    moved = program.post(f"{page.removesuffix('/')}/moves/take_over", {"reason": REASON})
    assert (moved.status_code, moved.json()["owner_id"]) == (200, walk.cast.offices["shahe"].pk)
    again = program.post(f"{page.removesuffix('/')}/moves/take_over", {"reason": REASON})
    assert (again.status_code, again.json()["code"]) == (409, "staffed")
    assert "do-take_over" not in client.get(page).content.decode()
