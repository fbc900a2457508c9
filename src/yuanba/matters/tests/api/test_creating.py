from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from yuanba.demo.cast import Cast
from yuanba.kernel.idempotency import IdempotencyKey
from yuanba.kernel.journal.models import Entry
from yuanba.matters.models import Matter
from yuanba.matters.tests.api.conftest import Program, make_key
from yuanba.people.models import Person

Report = dict[str, Any]


def test_a_report_has_an_owner_a_tier_and_a_deadline_at_once(
    program: Program, cast: Cast, report: Report
) -> None:
    response = program.post("/matters", report)
    made = response.json()
    assert response.status_code == 201
    assert response["Location"] == f"/api/v1/matters/{made['number']}"
    assert response["ETag"] == f'"{made["version"]}"'
    assert made["owner_id"] == cast.offices["yucheng"].pk
    assert made["tier"]
    assert made["due_at"] < made["total_due_at"]
    assert made["track_url"].endswith(f"/m/{made['track_key']}/")


def test_a_report_keeps_what_it_was_told(program: Program, report: Report) -> None:
    more = {
        "title": "路灯",
        "category": "roads-lights",
        "channel": "hotline",
        "source": "12345",
        "source_number": "A-77",
        "received_at": "2026-03-04T09:00:00+08:00",
        "contact": {"name": "居民丙", "phone": "13800007777", "email": "c@example.org", "language": "en"},
        "confidential": True,
    }
    number = program.post("/matters", report | more).json()["number"]
    matter = Matter.objects.get(source="12345", source_number="A-77")
    assert matter.number == number
    assert (matter.title, matter.channel, matter.confidential) == ("路灯", "hotline", True)
    assert matter.received_at.isoformat() == "2026-03-04T01:00:00+00:00"
    assert matter.requester is not None
    assert matter.requester.phone == "13800007777"
    assert "13800007777" not in "".join(Entry.objects.values_list("data", flat=True))


@pytest.mark.parametrize(
    "place", [{"code": "500101005000"}, {"door_code": "<door>"}, {"address": "玉城家园3栋2单元门口"}]
)
def test_a_place_is_found_by_code_door_or_words(
    program: Program, cast: Cast, report: Report, place: dict[str, str]
) -> None:
    if "door_code" in place:
        place = {"door_code": cast.places["unit_2"].door_code}
    response = program.post("/matters", report | {"place": place})
    assert response.status_code == 201, response.json()
    found = Matter.objects.get(pk=response.json()["number"].split("-")[1]).place
    assert found.path.startswith(cast.places["shahe"].path)


def test_a_point_leads_to_the_nearest_place(program: Program, cast: Cast, report: Report) -> None:
    _put(cast, "yucheng_estate", 108.4, 30.8)
    _put(cast, "square", 108.5, 30.9)
    response = program.post("/matters", report | {"place": {"lon": 108.4003, "lat": 30.8004}})
    matter = Matter.objects.get(pk=response.json()["number"].split("-")[1])
    assert matter.place == cast.places["yucheng_estate"]
    assert (matter.lon, matter.lat) == (108.4003, 30.8004)


def test_a_point_outside_the_district_is_refused(program: Program, cast: Cast, report: Report) -> None:
    _put(cast, "yucheng_estate", 108.4, 30.8)
    response = program.post("/matters", report | {"place": {"lon": 2.35, "lat": 48.86}})
    assert response.status_code == 422
    assert response.json()["errors"] == [
        {"field": "lat", "code": "outside", "message": response.json()["detail"]}
    ]


def _put(cast: Cast, name: str, lon: float, lat: float) -> None:
    viewer = cast.viewer("operator")
    place = cast.places[name]
    type(place).objects.filter(pk=place.pk).update(lon=lon, lat=lat)
    assert viewer is not None


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"text": ""}, "text", "string_too_short"),
        ({"text": "  "}, "text", "empty"),
        ({"text": "长" * 5001}, "text", "string_too_long"),
        ({"text": "a\x00b"}, "text", "bad_characters"),
        ({"place": {}}, "place", "empty"),
        ({"place": {"id": 999999999}}, "place_id", "unknown_place"),
        ({"place": {"code": "999999999999"}}, "code", "unknown_place"),
        ({"place": {"lon": 108.4}}, "lat", "invalid"),
        ({"place": {"lat": 91, "lon": 0}}, "place.lat", "less_than_equal"),
        ({"place": {"address": "月球背面"}}, "address", "unknown_place"),
        ({"category": "no-such"}, "category", "invalid"),
        ({"received_at": "2026-03-04T09:00:00"}, "received_at", "timezone_aware"),
        ({"received_at": "0001-01-01T00:00:00+14:00"}, "received_at", "too_early"),
        ({"received_at": "<tomorrow>"}, "received_at", "invalid"),
        ({"channel": "part"}, "channel", "literal_error"),
        ({"contact": {"phone": "what"}}, "phone", None),
        ({"contact": {"wechat": "x"}}, "contact.wechat", "unknown_field"),
        ({"urgent": True}, "urgent", "unknown_field"),
        ({"photos": ["0" * 64]}, "photos", "invalid"),
        ({"source_number": "a\nb"}, "source_number", "string_pattern_mismatch"),
    ],
)
def test_what_cannot_be_used_is_named_and_leaves_nothing_behind(
    program: Program, report: Report, change: Report, field: str, code: str | None
) -> None:
    if change.get("received_at") == "<tomorrow>":
        change = {"received_at": (timezone.now() + timedelta(days=1)).isoformat()}
    before = (Matter.objects.count(), Person.objects.count())
    response = program.post("/matters", report | change, Accept_Language="en")
    problem = response.json()
    assert response.status_code == 422, problem
    assert response["Content-Type"] == "application/problem+json"
    assert problem["errors"][0]["field"] == field
    assert code is None or problem["errors"][0]["code"] == code
    assert problem["errors"][0]["message"]
    assert (Matter.objects.count(), Person.objects.count()) == before


def test_a_source_number_is_taken_once(program: Program, report: Report) -> None:
    named = report | {"source": "12345", "source_number": "77"}
    number = program.post("/matters", named).json()["number"]
    again = program.post("/matters", named)
    assert again.status_code == 409
    assert (again.json()["code"], again.json()["number"]) == ("already_received", number)


def test_a_key_learns_no_number_of_what_it_may_not_know_and_squats_no_file(
    program: Program, report: Report
) -> None:
    named = report | {"source": "12345", "source_number": "77"}
    number = program.post("/matters", named).json()["number"]
    other = Program(make_key("report"))
    refused = other.post("/matters", named)
    assert (refused.status_code, refused.json()["code"]) == (409, "already_received")
    assert number not in refused.content.decode()
    own = report | {"source": "another", "source_number": "1"}
    assert other.post("/matters", own).json()["number"] == other.post("/matters", own).json()["number"]
    squatted = other.post("/matters", report | {"source": "import", "source_number": "1"})
    assert (squatted.status_code, squatted.json()["errors"][0]["field"]) == (422, "source")


def test_a_repeated_try_with_its_key_is_taken_once(program: Program, report: Report) -> None:
    first = program.post("/matters", report, Idempotency_Key="try-1")
    again = program.post("/matters", report, Idempotency_Key="try-1")
    assert again.json() == first.json()
    assert (again.status_code, again["ETag"], again["Location"]) == (201, first["ETag"], first["Location"])
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert Matter.objects.filter(text=report["text"]).count() == 1


def test_a_key_used_for_another_request_is_refused(program: Program, report: Report) -> None:
    program.post("/matters", report, Idempotency_Key="try-1")
    other = program.post("/matters", report | {"text": "另一件事，水管漏水。"}, Idempotency_Key="try-1")
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")


def test_a_refused_try_may_be_repeated_with_its_key(program: Program, report: Report) -> None:
    assert program.post("/matters", report | {"category": "nope"}, Idempotency_Key="try-1").status_code == 422
    assert program.post("/matters", report, Idempotency_Key="try-1").status_code == 201


def test_the_kept_answer_hides_the_secret_of_the_link(program: Program, report: Report) -> None:
    made = program.post("/matters", report, Idempotency_Key="try-1").json()
    assert made["track_key"] not in IdempotencyKey.objects.get().response


def test_a_category_about_officials_is_confidential_from_the_start(program: Program, report: Report) -> None:
    made = program.post("/matters", report | {"category": "officials-conduct"})
    matter = Matter.objects.get(pk=made.json()["number"].split("-")[1])
    assert matter.confidential


def test_an_organization_s_key_brings_in_only_from_its_own_ground(cast: Cast, report: Report) -> None:
    program = Program(make_key("report", organization=cast.offices["shahe"]))
    assert program.post("/matters", report).status_code == 201
    elsewhere = report | {"place": {"id": cast.places["square"].pk}}
    assert program.post("/matters", elsewhere).status_code == 403
