"""The map of a board: what it tells, and that it tells nothing that the board does not."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from yuanba.demo.cast import BUILDER, Cast
from yuanba.demo.district import put_on_the_map
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import actions
from yuanba.matters.actions import Sorting
from yuanba.matters.mapping import spots_in
from yuanba.matters.models import Matter
from yuanba.matters.tests.walking import Walk
from yuanba.places.actions import change_place, retire_place
from yuanba.places.datum import Point


@pytest.fixture
def town(cast: Cast) -> Cast:
    put_on_the_map(cast, timezone.now())
    return cast


def work_off() -> None:
    while deliver_due():
        pass


def places(cast: Cast, place: str, **options: Any) -> Any:
    return Client().get(f"/board/{cast.places[place].pk}/map.geojson", **options)


def found(cast: Cast, place: str) -> dict[str, dict[str, Any]]:
    answer = places(cast, place)
    assert answer.status_code == 200
    return {row["properties"]["name"]: row for row in json.loads(answer.content)["features"]}


def just_now(hours: int = 3) -> datetime:
    return timezone.now() - timedelta(hours=hours)


def ask(cast: Cast, count: int, place: str = "building_3", **fields: Any) -> list[Walk]:
    walks = [Walk(cast, at=just_now()).receive(place=place, **fields).dispatch() for _ in range(count)]
    work_off()
    return walks


def test_points_are_whole_geojson_in_wgs84(town: Cast) -> None:
    answer = places(town, "shahe")
    assert answer["Content-Type"] == "application/geo+json"
    body = json.loads(answer.content)
    assert body["type"] == "FeatureCollection"
    by_name = {row["properties"]["name"]: row for row in body["features"]}
    assert by_name["玉城社区"]["geometry"] == {"type": "Point", "coordinates": [108.401, 30.801]}
    assert by_name["玉城社区"]["properties"]["url"] == f"/board/{town.places['yucheng'].pk}/"


def test_a_street_without_a_point_stands_in_the_middle_of_its_communities(town: Cast) -> None:
    lon, lat = found(town, "district")["沙河街道"]["geometry"]["coordinates"]
    assert (lon, lat) == (pytest.approx(108.398), pytest.approx(30.803))


def test_numbers_are_those_of_the_board_and_small_ones_are_not_told(town: Cast) -> None:
    ask(town, 4)
    assert found(town, "shahe")["玉城社区"]["properties"]["open"] is None
    assert found(town, "yucheng")["玉城家园"]["properties"]["open"] is None
    ask(town, 1)
    assert found(town, "shahe")["玉城社区"]["properties"]["open"] == 5
    assert found(town, "yucheng")["玉城家园"]["properties"]["open"] == 5
    assert found(town, "shahe")["龙宝社区"]["properties"] | {"url": ""} == {
        "name": "龙宝社区",
        "kind": "community",
        "url": "",
        "open": 0,
        "told": True,
        "tone": "none",
    }


def test_a_building_is_a_point_of_which_nothing_is_told(town: Cast) -> None:
    ask(town, 6)
    building = found(town, "yucheng")["3栋"]["properties"]
    assert (building["open"], building["told"], building["tone"]) == (None, False, "")


def test_what_breaks_first_is_read_from_the_promised_day(town: Cast) -> None:
    first = ask(town, 6)[0].matter
    assert found(town, "shahe")["玉城社区"]["properties"]["tone"] == "calm"
    # The step is late, which no board tells; the answer is not yet.
    step, day = timezone.now() - timedelta(hours=1), timedelta(days=1)
    Matter.objects.filter(pk=first.pk).update(due_at=step)
    assert found(town, "shahe")["玉城社区"]["properties"]["tone"] == "calm"
    Matter.objects.filter(pk=first.pk).update(total_due_at=timezone.now() + day / 2)
    for place, name in (("district", "沙河街道"), ("shahe", "玉城社区"), ("yucheng", "玉城家园")):
        assert found(town, place)[name]["properties"]["tone"] == "soon", place
    Matter.objects.filter(pk=first.pk).update(total_due_at=step)
    for place, name in (("district", "沙河街道"), ("shahe", "玉城社区"), ("yucheng", "玉城家园")):
        assert found(town, place)[name]["properties"]["tone"] == "late", place


def test_nobody_is_late_by_the_residents_time_or_while_the_clock_stands(town: Cast) -> None:
    answered, paused = ask(town, 2)
    answered.claim().answer()
    paused.claim()
    past = timezone.now() - timedelta(hours=1)
    Matter.objects.filter(pk=answered.matter.pk).update(due_at=past, total_due_at=past)
    Matter.objects.filter(pk=paused.matter.pk).update(due_at=past, total_due_at=past, paused_at=past)
    work_off()
    assert found(town, "shahe")["玉城社区"]["properties"]["tone"] == "calm"
    assert found(town, "yucheng")["玉城家园"]["properties"]["tone"] == "calm"


def test_what_protects_somebody_moves_no_number_and_no_mark(town: Cast) -> None:
    ask(town, 5)
    before = {place: found(town, place) for place in ("shahe", "yucheng")}
    late = timezone.now() - timedelta(hours=1)
    confidential = Walk(town, at=just_now()).receive(place="building_3", confidential=True)
    accusing = Walk(town, at=just_now()).receive(place="building_3", text="街道窗口的人态度很差，拖着不办。")
    sorting = Sorting(category="roads-lights", tier="big", accused=town.offices["shahe"])
    accusing.do(actions.triage_matter, sorting, by="centre_clerk")
    for walk in (confidential, accusing):
        Matter.objects.filter(pk=walk.matter.pk).update(due_at=late, total_due_at=late)
    work_off()
    assert {place: found(town, place) for place in before} == before


def test_an_estate_tells_nothing_of_what_nobody_has_sorted(town: Cast) -> None:
    for _ in range(6):
        Walk(town, at=just_now()).receive(place="building_3")
    work_off()
    assert found(town, "yucheng")["玉城家园"]["properties"]["open"] == 0


def test_it_may_be_kept_for_a_minute_and_is_not_sent_twice(town: Cast) -> None:
    first = places(town, "shahe")
    assert first["Cache-Control"] == "public, max-age=60"
    again = places(town, "shahe", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    ask(town, 5)
    assert places(town, "shahe", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_a_place_without_board_has_no_map(town: Cast) -> None:
    assert places(town, "unit_2").status_code == 404
    assert Client().get("/board/999999/map.geojson").status_code == 404


def test_the_list_on_the_board_has_the_same_numbers_without_scripts(town: Cast) -> None:
    ask(town, 5)
    page = (
        Client().get(f"/board/{town.places['shahe'].pk}/", headers={"Accept-Language": "en"}).content.decode()
    )
    lines = page.split('id="places"')[1].split("</section>")[0].split("<tr>")
    line = next(part for part in lines if "玉城社区" in part)
    assert ">5</td>" in line
    assert "in time" in line
    assert f'href="/board/{town.places["yucheng"].pk}/"' in line


def test_a_board_with_nothing_inside_draws_no_map(town: Cast) -> None:
    page = Client().get(f"/board/{town.places['longbao'].pk}/").content.decode()
    assert "data-map" not in page
    assert "dist/pictures" not in page


def test_where_no_place_has_a_point_there_is_the_list_alone(cast: Cast) -> None:
    page = Client().get(f"/board/{cast.places['shahe'].pk}/").content.decode()
    assert "data-map-open" not in page
    assert "玉城社区" in page.split('id="places"')[1]


def test_retired_places_are_on_no_map(town: Cast) -> None:
    retire_place(town.places["building_4"], actor=BUILDER, on=timezone.localdate(), at=timezone.now())
    assert "4栋" not in found(town, "yucheng")


def test_a_place_without_any_point_is_listed_and_not_drawn(cast: Cast) -> None:
    change_place(cast.places["longbao"], point=Point(108.395, 30.805), actor=BUILDER, at=timezone.now())
    assert set(found(cast, "shahe")) == {"龙宝社区"}
    assert [spot.place.name for spot in spots_in(cast.places["shahe"])] == ["玉城社区", "龙宝社区"]
