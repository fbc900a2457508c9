"""A complaint about an office: that office and those below it never get it, see it or learn of it."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from yuanba.kernel.authority import Power
from yuanba.kernel.errors import Denied, Invalid, Missing
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.journal.verification import verify
from yuanba.kernel.outbox.models import Message
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import actions, queries
from yuanba.matters.actions import Part, Sorting
from yuanba.matters.auditing import audit
from yuanba.matters.clockwork import steps_of
from yuanba.matters.models import Matter, Notice, Party
from yuanba.matters.queries import notices_for
from yuanba.matters.seeing import can_see, sees_requester
from yuanba.matters.story import story_of
from yuanba.matters.tests.api.conftest import Program, make_key
from yuanba.matters.tests.walking import Walk

CONDUCT = "officials-conduct"
REFUSAL = ("not-our-duty", "不属于本单位", "三定规定第三条")


@pytest.fixture
def walk(cast: Any) -> Walk:
    return Walk(cast)


def accuse(walk: Walk, office: str) -> Walk:
    sorting = Sorting(category=CONDUCT, tier="big", accused=walk.cast.offices[office])
    walk.do(actions.triage_matter, sorting, by="centre_clerk")
    return walk


def told(walk: Walk) -> set[int]:
    """The organizations that any message about the matter goes to."""
    rows = Message.objects.filter(subject_id=walk.matter.pk).values_list("data", flat=True)
    return {
        notice["id"] for data in rows for notice in data.get("notices", []) if notice["to"] == "organization"
    }


def test_until_the_centre_knows_whom_it_is_about_no_office_of_the_place_sees_it(walk: Walk) -> None:
    walk.receive("社区书记态度恶劣。", about_office=True)
    assert walk.matter.owner == walk.cast.offices["centre"]
    for name in ("community_secretary", "street_officer", "street_leader", "building_head"):
        assert not can_see(walk.viewer(name), walk.matter), name
    deliver_due(walk.tick())
    walk.matter.refresh_from_db()
    assert walk.matter.owner == walk.cast.offices["centre"]
    offices = {walk.cast.offices[name].pk for name in ("yucheng", "shahe")}
    assert not Notice.objects.filter(matter=walk.matter, organization_id__in=offices).exists()
    accuse(walk, "yucheng")
    assert can_see(walk.viewer("street_leader"), walk.matter)
    assert not can_see(walk.viewer("community_secretary"), walk.matter)
    assert audit().breaches == 0


def test_what_turns_out_not_to_be_about_an_office_goes_back_to_the_place(walk: Walk) -> None:
    walk.receive("路灯没人管。", about_office=True)
    walk.dispatch("yucheng", "small")
    assert walk.matter.accused_path == ""
    assert can_see(walk.viewer("community_secretary"), walk.matter)


NOBODY = Sorting(nobody_accused=True)


def test_the_clerk_can_say_that_no_office_is_meant_and_the_category_stays(walk: Walk) -> None:
    walk.receive("问一问信访接待的时间。", about_office=True)
    category = walk.matter.category
    assert walk.matter.accused == walk.cast.offices["shahe"]
    walk.do(actions.triage_matter, NOBODY, by="centre_clerk")
    assert walk.matter.accused is None
    assert walk.matter.accused_path == ""
    assert (walk.matter.category, walk.matter.confidential) == (category, True)
    entry = Entry.objects.filter(subject_kind="matter", subject_id=walk.matter.pk).order_by("-seq")[0]
    assert (entry.kind, json.loads(entry.data)["accused"]) == ("triage", 0)
    assert "no office" in story_of(walk.matter, walk.viewer("centre_clerk"))[0].body
    deliver_due(walk.tick())
    walk.do(actions.triage_matter, Sorting(category=category, tier="big"), by="centre_clerk")
    assert walk.matter.accused is None
    walk.do(actions.dispatch_matter, walk.cast.offices["shahe"], by="centre_clerk")
    assert can_see(walk.viewer("street_officer"), walk.matter)
    assert not sees_requester(walk.viewer("street_officer"), walk.matter)
    assert audit().breaches == 0


def test_what_joined_it_complains_about_nobody_either_and_an_accusation_of_its_own_stays(walk: Walk) -> None:
    walk.receive("社区不作为。")
    joined = Walk(walk.cast, at=walk.at).receive("社区不作为，同上。")
    joined.do(actions.merge_into, walk.matter.pk, by="centre_clerk")
    walk.at = joined.at
    accuse(walk, "yucheng")
    parts = walk.do(
        actions.split_matter, [Part("问时间", "noise"), Part("修灯", "roads-lights")], by="centre_arbiter"
    )
    police = walk.cast.offices["police"]
    actions.triage_matter(
        parts[1].pk, Sorting(accused=police), actor=walk.viewer("centre_clerk"), at=walk.tick()
    )
    walk.do(actions.triage_matter, NOBODY, by="centre_clerk")
    rows = Matter.objects.in_bulk([joined.matter.pk, *(part.pk for part in parts)])
    assert [rows[key].accused for key in sorted(rows)] == [None, None, police]
    assert audit().breaches == 0
    assert verify().broken == 0


def test_only_who_sorts_for_the_district_takes_an_accusation_back(walk: Walk) -> None:
    accuse(walk.receive("社区不作为。"), "yucheng")
    assert walk.matter.owner == walk.cast.offices["shahe"]
    with pytest.raises(Denied):
        walk.do(actions.triage_matter, NOBODY, by="street_officer")
    both = Sorting(accused=walk.cast.offices["yucheng"], nobody_accused=True)
    with pytest.raises(Invalid) as refused:
        walk.do(actions.triage_matter, both, by="centre_clerk")
    assert refused.value.field == "nobody_accused"
    assert walk.matter.accused == walk.cast.offices["yucheng"]


def test_the_form_offers_it_only_where_an_office_is_noted_and_the_api_takes_it(walk: Walk) -> None:
    accuse(walk.receive("社区不作为。"), "yucheng")
    plain = Walk(walk.cast, at=walk.at).receive()
    page = "/matters/{}/".format
    box = "triage-nobody_accused"
    clerk, officer = signed_in(walk.cast, "centre_clerk"), signed_in(walk.cast, "street_officer")
    assert box in clerk.get(page(walk.matter.number)).content.decode()
    assert box not in clerk.get(page(plain.matter.number)).content.decode()
    assert box not in officer.get(page(walk.matter.number)).content.decode()
    form = {"triage-category": CONDUCT, "triage-tier": "big", box: "on"}
    assert clerk.post(f"{page(walk.matter.number)}moves/triage/", form).status_code == 302
    walk.matter.refresh_from_db()
    assert walk.matter.accused is None
    accuse(walk, "yucheng")
    program = Program(make_key("dispatch"))
    moved = program.post(f"/matters/{walk.matter.number}/moves/triage", {"nobody_accused": True})
    assert moved.status_code == 200
    walk.matter.refresh_from_db()
    assert walk.matter.accused is None


def signed_in(cast: Any, name: str) -> Client:
    client = Client()
    client.force_login(cast.seats[name].account, "allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_a_department_can_send_back_a_complaint_about_the_office_that_sorts(walk: Walk) -> None:
    accuse(walk.receive("社区干部态度恶劣。"), "yucheng")
    walk.do(actions.dispatch_matter, walk.cast.offices["police"], by="centre_clerk")
    walk.do(actions.refuse_dispatch, *REFUSAL, by="police_handler")
    assert walk.matter.owner == walk.cast.offices["shahe"]


def test_a_complaint_never_joins_a_matter_of_the_office_it_is_about(walk: Walk) -> None:
    lead = Walk(walk.cast, at=walk.at).receive().dispatch("shahe").claim()
    walk.at = lead.at
    accuse(walk.receive("街道办事推诿。"), "shahe")
    with pytest.raises(Invalid, match="complaint"):
        walk.do(actions.merge_into, lead.matter.pk, by="centre_clerk")


def test_what_joined_a_complaint_is_protected_with_it(walk: Walk) -> None:
    walk.receive("社区不作为。")
    other = Walk(walk.cast, at=walk.at).receive("社区不作为，同上。")
    other.do(actions.merge_into, walk.matter.pk, by="centre_clerk")
    walk.at = other.at
    accuse(walk, "yucheng")
    other.matter.refresh_from_db()
    assert not can_see(walk.viewer("community_secretary"), other.matter)
    assert audit().breaches == 0


def test_a_called_office_that_turns_out_to_be_the_one_is_out_and_forgets(walk: Walk) -> None:
    walk.receive().dispatch().claim()
    walk.do(actions.whistle, [walk.cast.offices["police"]], "请到现场", by="street_officer")
    deliver_due(walk.tick())
    assert notices_for(walk.viewer("police_handler")).rows
    walk.do(actions.climb, "解决不了", by="street_officer")
    Matter.objects.filter(pk=walk.matter.pk).update(state="triaged", stage="triage")
    accuse(walk, "police")
    assert not Party.objects.filter(matter=walk.matter).exists()
    assert not can_see(walk.viewer("police_handler"), walk.matter)
    assert not notices_for(walk.viewer("police_handler")).rows


def test_who_watches_over_a_matter_sees_it_wherever_it_lies(walk: Walk) -> None:
    walk.receive()
    post = walk.cast.seats["police_handler"].post
    Matter.objects.update(supervisor=post)
    walk.matter.refresh_from_db()
    viewer = walk.viewer("police_handler")
    assert can_see(viewer, walk.matter)


def test_the_handler_sees_no_requester_of_a_protected_matter_nor_does_a_called_office(walk: Walk) -> None:
    walk.receive(confidential=True).dispatch().claim()
    walk.do(actions.join, walk.cast.offices["police"], "协助", by="street_officer")
    for name in ("street_officer", "street_leader", "police_handler", "community_secretary"):
        assert not sees_requester(walk.viewer(name), walk.matter), name


def test_no_link_is_renewed_by_an_office(walk: Walk) -> None:
    walk.receive()
    with pytest.raises(Denied):
        actions.renew_link(walk.matter.pk, actor=walk.viewer("centre_clerk"))
    assert queries.matter_by_track_key(actions.renew_link(walk.matter.pk, actor=walk.resident)) == walk.matter


def test_no_alarm_and_no_request_for_time_reaches_the_office_complained_about(walk: Walk) -> None:
    walk.receive("指挥中心派单不公。").dispatch("shahe").claim()
    centre = walk.cast.offices["centre"]
    Matter.objects.update(accused=centre, accused_path=centre.path)
    Message.objects.all().delete()
    asked = walk.do(actions.request_extension, "1wd", "等配件", by="street_officer")
    assert asked.decider == walk.cast.offices["district"]
    actions.take_due_steps(max(step.at for step in steps_of(walk.matter)) + timedelta(hours=1))
    assert walk.cast.offices["district"].pk in told(walk)
    assert centre.pk not in told(walk)


def test_a_stranger_learns_nothing_from_any_move(walk: Walk) -> None:
    walk.receive().dispatch().claim()
    stranger = walk.viewer("neighbour_secretary")
    attempts: list[Callable[[], object]] = [
        lambda: actions.claim_matter(walk.matter.pk, actor=stranger),
        lambda: actions.climb(walk.matter.pk, "x", actor=stranger),
        lambda: actions.claim_matter(10**9, actor=stranger),
    ]
    for attempt in attempts:
        with pytest.raises(Missing, match="no such matter"):
            attempt()
    assert not stranger.may(Power.SEE, walk.matter)
