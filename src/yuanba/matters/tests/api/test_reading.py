from typing import Any

import pytest

from yuanba.demo.cast import Cast
from yuanba.matters.actions import Sorting, triage_matter
from yuanba.matters.models import Matter
from yuanba.matters.tests.api.conftest import TEXT, Program, make_key
from yuanba.matters.tests.api.lives import Life, begin


@pytest.fixture
def life(program: Program, cast: Cast) -> Life:
    return begin(program, cast)


def _numbers(response: Any) -> list[str]:
    return [matter["number"] for matter in response.json()["matters"]]


def _signed_in(cast: Cast, seat: str) -> Program:
    person = Program()
    person.client.force_login(cast.seats[seat].account)
    return person


def test_a_matter_is_read_with_its_version_and_not_sent_again_unchanged(life: Life) -> None:
    response = life.program.get(f"/matters/{life.number}")
    assert response["ETag"] == '"1"'
    assert response["Cache-Control"] == "no-store"
    assert response.json()["place"]["name"] == "2单元"
    assert {move["name"] for move in response.json()["moves"]} >= {"triage", "dispatch"}
    again = life.program.get(f"/matters/{life.number}", If_None_Match='"1"')
    assert (again.status_code, again.content) == (304, b"")


def test_a_matter_that_one_may_not_see_looks_like_none(life: Life, cast: Cast) -> None:
    neighbour = _signed_in(cast, "neighbour_secretary")
    hidden, absent = neighbour.get(f"/matters/{life.number}"), neighbour.get("/matters/261122-999999")
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert hidden.json() == absent.json()
    wrong_day = f"000101-{life.number.split('-')[1]}"
    assert life.program.get(f"/matters/{wrong_day}").status_code == 404


def test_the_requester_is_masked_and_only_for_those_whose_post_includes_it(
    program: Program, cast: Cast
) -> None:
    body = {
        "text": TEXT,
        "place": {"id": cast.places["unit_2"].pk},
        "contact": {"name": "居民丙", "phone": "13800007777"},
    }
    number = program.post("/matters", body).json()["number"]
    assert program.get(f"/matters/{number}").json()["requester"] is None
    secretary = _signed_in(cast, "community_secretary").get(f"/matters/{number}")
    assert secretary.json()["requester"] == {"name": "居*", "phone": "138****7777"}


def test_the_complained_about_office_finds_nothing(life: Life, cast: Cast) -> None:
    matter = Matter.objects.get(pk=life.number.split("-")[1])
    sorting = Sorting(category="officials-conduct", accused=cast.offices["yucheng"])
    triage_matter(matter.pk, sorting, actor=cast.viewer("centre_clerk"))
    secretary = _signed_in(cast, "community_secretary")
    assert secretary.get(f"/matters/{life.number}").status_code == 404
    assert secretary.get(f"/matters/{life.number}/timeline").status_code == 404
    assert life.number not in _numbers(secretary.get("/matters"))


def test_lists_run_newest_first_by_key(program: Program, cast: Cast) -> None:
    lives = [begin(program, cast, f"第{number}件事，路灯坏了。").number for number in range(5)]
    first = program.get("/matters", {"size": 2})
    second = program.get("/matters", {"size": 2, "after": first.json()["next"]})
    third = program.get("/matters", {"size": 2, "after": second.json()["next"]})
    assert _numbers(first) + _numbers(second) + _numbers(third) == lives[::-1]
    assert third.json()["next"] == ""


def test_lists_are_narrowed(program: Program, cast: Cast) -> None:
    one, other = begin(program, cast).dispatched(), begin(program, cast)
    assert _numbers(program.get("/matters", {"state": "dispatched"})) == [one.number]
    assert _numbers(program.get("/matters", {"category": "roads-lights", "tier": "big"})) == [one.number]
    assert _numbers(program.get("/matters", {"owner": cast.offices["yucheng"].pk})) == [other.number]
    assert _numbers(program.get("/matters", {"place": cast.places["zhonggulou"].pk})) == []
    assert set(_numbers(program.get("/matters", {"place": cast.places["shahe"].pk, "open": "true"}))) == {
        one.number,
        other.number,
    }
    assert _numbers(program.get("/matters", {"overdue": "true"})) == []
    assert _numbers(program.get("/matters", {"received_to": "2020-01-01"})) == []
    assert len(_numbers(program.get("/matters", {"order": "due"}))) == 2


def test_a_list_is_the_callers_own(program: Program, cast: Cast) -> None:
    life = begin(program, cast).dispatched("transport")
    handler = _signed_in(cast, "transport_handler")
    assert _numbers(handler.get("/matters", {"reach": "own"})) == [life.number]
    assert _numbers(_signed_in(cast, "police_handler").get("/matters")) == []
    assert handler.get("/matters", {"reach": "supervised"}).status_code == 403


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"reach": "all"}, "reach"),
        ({"size": "1000"}, "size"),
        ({"after": "xxxx"}, "after"),
        ({"place": "99999999"}, "place"),
        ({"received_from": "yesterday"}, "received_from"),
        ({"sate": "closed"}, "sate"),
    ],
)
def test_a_filter_that_cannot_be_used_is_named(program: Program, query: dict[str, str], field: str) -> None:
    response = program.get("/matters", query)
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == field


def test_titles_of_sensitive_categories_stay_out_of_lists(program: Program, cast: Cast) -> None:
    body = {"text": "家里老人生病没钱看。", "place": {"id": cast.places["unit_2"].pk}, "category": "hardship"}
    sensitive = _first_sensitive(cast)
    program.post("/matters", body | {"category": sensitive})
    assert program.get("/matters").json()["matters"][0]["title"] == ""


def _first_sensitive(cast: Cast) -> str:
    from yuanba.playbooks.queries import current_playbook

    return next(kind.code for kind in current_playbook().playbook.all_categories() if kind.sensitive)


def test_the_timeline_tells_all_to_staff_and_what_concerns_them_to_residents(life: Life) -> None:
    life.claimed()
    life.done("comment", {"text": "内部：先联系电工"})
    life.done("comment", {"text": "明天上午来修", "to_resident": True})
    staff = life.program.get(f"/matters/{life.number}/timeline").json()
    own = life.resident.get(f"/matters/{life.number}/timeline").json()
    assert [entry["kind"] for entry in staff["entries"]] == [
        "received",
        "dispatch",
        "claim",
        "comment",
        "comment",
    ]
    assert [entry["kind"] for entry in own["entries"]] == ["received", "dispatch", "claim", "comment"]
    assert own["entries"][-1]["notes"] == [{"kind": "everybody", "text": "明天上午来修"}]
    assert {entry["by"] for entry in own["entries"]} == {"key"}
    assert own["entries"][-1]["by"] == "key"
    assert staff["entries"][1]["state"] == "dispatched"


def test_the_resident_finds_their_matter_by_the_key_of_their_link(life: Life) -> None:
    response = life.resident.get("/tracked")
    assert response.json()["number"] == life.number
    assert [move["name"] for move in response.json()["moves"]] == ["withdraw"]
    assert life.program.get("/tracked").status_code == 403


def test_a_resident_reaches_no_list(life: Life) -> None:
    assert life.resident.get("/matters").status_code == 403
    body = {"text": TEXT, "place": {"id": 1}}
    assert life.resident.post("/matters", body).status_code == 403


def test_a_key_that_only_reports_reads_nothing(life: Life) -> None:
    reporter = Program(make_key("report"))
    assert reporter.get(f"/matters/{life.number}").status_code == 404
    assert reporter.get("/matters").status_code == 403


@pytest.mark.parametrize("field", ["received_from", "received_to"])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_at_the_edge_of_time_is_refused_at_its_field(
    life: Life, cast: Cast, field: str, day: str
) -> None:
    response = life.program.get(f"/matters?{field}={day}")
    assert response.status_code == 422
    assert field in response.content.decode()
    clerk = _signed_in(cast, "centre_clerk").client
    page = clerk.get(f"/problems/?{field}={day}&reach=territory")
    assert page.status_code == 200
    assert page.context["form"].errors.keys() == {field}
    assert len(page.context["lines"]) == 1
    assert clerk.get(f"/problems/export/?{field}={day}&reach=territory").status_code in {200, 403, 404}
