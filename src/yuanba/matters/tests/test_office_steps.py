"""Steps of the offices' pages that lost something: what the gate points out, who was not asked, a third part."""

from datetime import timedelta

from yuanba.demo.cast import Cast
from yuanba.matters import actions
from yuanba.matters.models import Matter, Verdict
from yuanba.matters.tests.test_sort_page import signed_in, step
from yuanba.matters.tests.walking import GOOD_ANSWER, Walk


def test_departments_that_have_not_reported_are_named_where_the_page_says_to_look(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch().claim()
    walk.do(actions.whistle, [cast.offices["transport"]], "请到三栋现场", by="street_officer")
    officer = signed_in(cast, "street_officer")
    said = {"text": GOOD_ANSWER, "done_by": "沙河街道", "done_on": walk.at.date().isoformat()}
    answer = step(officer, walk, "answer", **said)
    assert answer.status_code == 422
    pointed = [finding.code for finding in answer.context["offers"][0].form.pointed]
    assert "calls_open" in pointed
    assert "These were called and have not reported yet: 区交通局" in answer.content.decode()
    assert step(officer, walk, "answer", **said, override_reason="交通局已口头答复").status_code == 302
    assert walk.matter.state == "answered"


def contacted(cast: Cast, **said: str) -> bool | None:
    """What a call back leaves of whether the office had been in touch."""
    walk = Walk(cast).receive().dispatch().claim().answer()
    client = signed_in(cast, "centre_clerk")
    assert step(client, walk, "confirm", said="电话里说亮了", **said).status_code == 302
    return Verdict.objects.get(matter=walk.matter).contacted


def test_who_was_not_asked_is_not_counted_as_not_contacted(cast: Cast) -> None:
    assert contacted(cast) is None
    assert contacted(cast, contacted="") is None
    assert contacted(cast, contacted="no") is False
    assert contacted(cast, contacted="yes") is True


def test_the_form_takes_two_to_four_parts(cast: Cast) -> None:
    officer = signed_in(cast, "street_officer")
    walk = Walk(cast).receive().dispatch().claim()
    two = {
        "first": "修路灯",
        "first_category": "roads-lights",
        "second": "清垃圾",
        "second_category": "other",
    }
    assert step(officer, walk, "split", **two).status_code == 302
    assert Matter.objects.filter(part_of=walk.matter).count() == 2
    walk = Walk(cast, at=walk.at + timedelta(hours=1)).receive().dispatch().claim()
    four = two | {"third": "铺人行道", "third_category": "roads-lights", "fourth": "修树枝"}
    assert step(officer, walk, "split", **four).status_code == 302
    parts = Matter.objects.filter(part_of=walk.matter).order_by("pk")
    assert [part.text for part in parts] == ["修路灯", "清垃圾", "铺人行道", "修树枝"]
