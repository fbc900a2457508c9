"""A building's page and the feed of a board: what neighbours may know, and what they may not."""

from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from yuanba.demo.cast import BUILDER, Cast
from yuanba.matters import actions
from yuanba.matters.boards import published_cell
from yuanba.matters.tests.walking import START, Walk
from yuanba.people.actions import create_post
from yuanba.places.actions import add_place, retire_place

ENGLISH = {"Accept-Language": "en"}
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def _no_kept_feeds() -> None:
    cache.clear()


def get(address: str, **headers: str) -> Any:
    return Client().get(address, headers=ENGLISH | headers)


def building(cast: Cast, name: str = "building_3", query: str = "") -> Any:
    answer = get(f"/building/{cast.places[name].pk}/{query}")
    assert answer.status_code == 200
    return answer


def solved(cast: Cast, place: str = "unit_2") -> Walk:
    at = timezone.now() - timedelta(days=3)
    return Walk(cast, at=at).receive(place=place).dispatch().claim().answer().confirm().close()


def open_one(cast: Cast, place: str = "unit_2", **fields: Any) -> Walk:
    return Walk(cast, at=timezone.now() - timedelta(days=2)).receive(place=place, **fields).dispatch()


# --- who is responsible


def test_everyone_reads_who_is_responsible_from_the_nearest_up_with_duty_promise_and_telephone(
    cast: Cast,
) -> None:
    create_post(
        kind="building_head",
        title="3栋副楼长",
        place=cast.places["building_3"],
        duty="每周走访一次",
        promise="有事当天回话",
        actor=BUILDER,
        at=START,
    )
    page = building(cast).content.decode()
    assert page.index("3栋楼栋长") < page.index("社区书记") < page.index("包片区领导")
    assert "每周走访一次" in page
    assert "有事当天回话" in page
    assert "1 post here is vacant" in page
    assert "13900001234" not in page


def test_a_place_without_posts_says_so(cast: Cast) -> None:
    lonely = add_place(parent=None, kind="district", name="新区", actor=BUILDER, at=START)
    hamlet = add_place(parent=lonely, kind="street", name="空街道", actor=BUILDER, at=START)
    house = add_place(parent=hamlet, kind="building", name="孤楼" + "长" * 110, actor=BUILDER, at=START)
    page = get(f"/building/{house.pk}/").content.decode()
    assert "Nobody is entered here yet" in page
    assert "Nothing is open here" in page
    assert house.name in page


def test_old_and_near_addresses_lead_to_the_one_page(cast: Cast) -> None:
    places = cast.places
    page, estate = f"/building/{places['building_3'].pk}/", f"/board/{places['yucheng_estate'].pk}/"
    leads = {
        f"/people/duty/{places['building_3'].pk}/": page,
        f"/people/duty/{places['unit_2'].pk}/": page,
        f"/people/duty/{places['yucheng_estate'].pk}/": estate,
        f"/board/{places['building_3'].pk}/": page,
        f"/board/{places['unit_2'].pk}/": page,
        f"/building/{places['unit_2'].pk}/": page,
        f"/building/{places['yucheng_estate'].pk}/": estate,
    }
    for address, target in leads.items():
        answer = get(address)
        assert (answer.status_code, answer.headers.get("Location")) == (302, target), address


def test_homes_and_retired_places_have_no_page_and_a_replaced_one_leads_on(cast: Cast) -> None:
    places = cast.places
    home = add_place(parent=places["unit_2"], kind="household", name="301", actor=BUILDER, at=START)
    old = add_place(parent=places["yucheng_estate"], kind="building", name="5栋", actor=BUILDER, at=START)
    gone = add_place(parent=places["yucheng_estate"], kind="building", name="6栋", actor=BUILDER, at=START)
    retire_place(old, on=START.date(), replaced_by=places["building_4"], actor=BUILDER, at=START)
    retire_place(gone, on=START.date(), actor=BUILDER, at=START)
    for kind in ("building", "board", "people/duty"):
        for place in (home.pk, gone.pk, 9_999_999):
            assert get(f"/{kind}/{place}/").status_code == 404, (kind, place)
    assert get(f"/building/{old.pk}/")["Location"] == f"/building/{places['building_4'].pk}/"


def test_the_door_my_matter_and_the_estate_lead_to_the_building(cast: Cast) -> None:
    walk = open_one(cast)
    address = f'href="/building/{cast.places["building_3"].pk}/"'
    door = f"/d/{cast.places['unit_2'].door_code}/"
    for page in (door, f"/m/{walk.track_key}/", f"/m/{walk.track_key}/?new=1"):
        assert address in get(page).content.decode(), page
    assert address in get(f"/board/{cast.places['yucheng_estate'].pk}/").content.decode()


def test_a_report_from_the_building_s_page_knows_where_it_is(cast: Cast) -> None:
    page = building(cast).content.decode()
    address = f"/report/?at={cast.places['building_3'].pk}"
    assert f'href="{address}"' in page
    assert get(address).context["form"]["address"].value() == "沙河街道 玉城社区 玉城家园 3栋"
    home = add_place(parent=cast.places["unit_2"], kind="household", name="301", actor=BUILDER, at=START)
    for nonsense in (str(home.pk), "x", "-1", "9" * 30, "٣"):
        answer = get(f"/report/?at={nonsense}")
        assert answer.status_code == 200
        assert not answer.context["form"]["address"].value()


# --- what is open, what was done


def test_a_building_lists_its_estate_and_never_itself(cast: Cast) -> None:
    here, there = open_one(cast), open_one(cast, "building_4")
    answer = building(cast)
    assert {row.number for row in answer.context["rows"]} == {here.matter.number, there.matter.number}
    assert {row.place.split()[-1] for row in answer.context["rows"]} == {"玉城家园"}
    done = solved(cast)
    ended = building(cast, query="?show=done")
    assert [row.number for row in ended.context["rows"]] == [done.matter.number]
    tabs = ended.content.decode().split('class="tabs"')[1].split("</nav>")[0]
    assert f'href="/building/{cast.places["building_3"].pk}/#matters"' in tabs


def test_what_protects_somebody_stands_on_no_page_of_a_building(cast: Cast) -> None:
    Walk(cast, at=timezone.now() - timedelta(days=2)).receive(confidential=True)
    Walk(cast, at=timezone.now() - timedelta(days=2)).receive(about_office=True)
    unsorted = Walk(cast, at=timezone.now() - timedelta(days=2)).receive()
    answer = building(cast)
    assert answer.context["rows"] == []
    assert unsorted.matter.number not in answer.content.decode()
    assert answer.context["inside"].open is None


def test_a_building_is_counted_only_where_the_numbers_point_at_nobody(cast: Cast) -> None:
    for _number in range(5):
        open_one(cast)
        solved(cast)
    assert building(cast).context["inside"].open == 5
    assert building(cast).context["inside"].solved == 5
    assert building(cast, "building_4").context["inside"].open is None
    # One more request next door would be told by the estate's sum less this building's.
    open_one(cast, "building_4")
    assert building(cast).context["inside"].open is None
    assert building(cast).context["inside"].solved == 5


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 12), min_size=1))
def test_nothing_small_can_be_told_from_a_sum_and_what_is_published(cells: dict[str, int]) -> None:
    told = {cell: published_cell(cells, cell) for cell in cells}
    assert all(count is None or count == cells[cell] >= 5 for cell, count in told.items())
    hidden = [cells[cell] for cell, count in told.items() if count is None]
    small = any(0 < count < 5 for count in hidden)
    assert not (small and any(told.values())) or sum(hidden) >= 5


def test_a_building_s_page_asks_little_and_no_more_for_more(cast: Cast) -> None:
    counts = []
    for more in (1, 2):
        for _number in range(more):
            open_one(cast)
            solved(cast)
        building(cast)
        with CaptureQueriesContext(connection) as seen:
            building(cast)
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert counts[0] <= 12


# --- to follow a board


def feed(cast: Cast, place: str = "yucheng_estate", **headers: str) -> Any:
    return get(f"/board/{cast.places[place].pk}/feed/", **headers)


def entries(answer: Any) -> list[str]:
    found = ElementTree.fromstring(answer.content).findall(f"{ATOM}entry")  # noqa: S314 - our own feed
    return [entry.findtext(f"{ATOM}title") or "" for entry in found]


def test_a_board_is_followed_by_what_is_received_answered_and_ended(cast: Cast) -> None:
    solved(cast)
    answer = feed(cast)
    assert answer["Content-Type"].startswith("application/atom+xml")
    kind = entries(answer)[0].partition(": ")[2]
    assert entries(answer) == [
        f"Solved, says the resident: {kind}",
        f"Answered: {kind}",
        f"Received: {kind}",
    ]
    root = ElementTree.fromstring(answer.content)  # noqa: S314 - our own feed
    ids = [each.text for each in root.iter(f"{ATOM}id")]
    assert len(ids) == len(set(ids)) == 4
    page = get(f"/board/{cast.places['yucheng_estate'].pk}/").content.decode()
    assert 'rel="alternate"' in page
    assert f"http://testserver/board/{cast.places['yucheng_estate'].pk}/feed/" in page
    assert "Follow this board" in page


def test_a_feed_tells_no_more_than_its_board(cast: Cast) -> None:
    text = "三栋二单元301的王阿姨家门口路灯坏了。"
    walk = open_one(cast, text=text)
    Walk(cast).receive(confidential=True)
    Walk(cast).receive(about_office=True)
    Walk(cast).receive()
    body = feed(cast).content.decode()
    assert len(entries(feed(cast))) == 1
    for secret in ("王阿姨", "301", "3栋", "居民乙", text):
        assert secret not in body
    assert walk.matter.number in body


def test_what_may_turn_out_to_protect_somebody_is_on_the_board_and_not_yet_in_the_feed(cast: Cast) -> None:
    walk = Walk(cast, at=timezone.now() - timedelta(days=2)).receive()
    board = get(f"/board/{cast.places['yucheng'].pk}/").content.decode()
    assert walk.matter.number in board
    assert entries(feed(cast, "yucheng")) == []
    cache.clear()
    walk.dispatch()
    assert len(entries(feed(cast, "yucheng"))) == 1


def test_a_reader_that_has_the_feed_already_gets_nothing_again(cast: Cast) -> None:
    open_one(cast)
    first = feed(cast)
    assert "max-age=300" in first["Cache-Control"]
    assert feed(cast, **{"If-None-Match": first["ETag"]}).status_code == 304
    assert "Last-Modified" not in first, "an entry may be taken off, and the newest is as old as it was"
    cache.clear()
    solved(cast)
    again = feed(cast, **{"If-None-Match": first["ETag"]})
    assert again.status_code == 200
    assert again["ETag"] != first["ETag"]


def test_many_readers_cost_one_reading(cast: Cast) -> None:
    open_one(cast)
    feed(cast)
    with CaptureQueriesContext(connection) as seen:
        feed(cast)
    assert len(seen) <= 2


def test_an_empty_feed_is_a_feed_and_a_building_s_is_that_of_its_estate(cast: Cast) -> None:
    assert entries(feed(cast)) == []
    estate = f"/board/{cast.places['yucheng_estate'].pk}/feed/"
    for place in ("building_3", "unit_2"):
        assert feed(cast, place)["Location"] == estate
    assert get("/board/9999999/feed/").status_code == 404


def test_what_was_withdrawn_and_what_joined_another_end_in_the_feed(cast: Cast) -> None:
    walk = open_one(cast)
    walk.do(actions.withdraw, by=walk.resident)
    lead, other = open_one(cast), open_one(cast)
    other.do(actions.merge_into, lead.matter.pk, by="centre_clerk")
    titles = " ".join(entries(feed(cast)))
    assert "Withdrawn by the resident" in titles
    assert "Answered with the matter it joined" in titles
