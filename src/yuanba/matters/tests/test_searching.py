"""Finding requests by their words: everything that fits, and nothing that the viewer may not see."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yuanba.kernel.errors import Invalid
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import queries
from yuanba.matters.models import Matter, MatterWords
from yuanba.matters.queries import Filter, Reach
from yuanba.matters.tests.walking import Walk
from yuanba.people.models import Account


def said(cast: Any, text: str, place: str = "yucheng", **details: Any) -> Matter:
    matter = Walk(cast).receive(text, place=place, **details).matter
    deliver_due()
    return matter


def found(cast: Any, who: str, words: str) -> list[str]:
    return [row.text for row in queries.search(cast.viewer(who), words).rows]


LAMP, DRAIN, DANCE = "三栋的路灯坏了三天，晚上很黑。", "四栋下水道堵了。", "广场跳舞的 WeChat 群音响太大。"


def test_two_characters_find_the_requests_that_hold_them(cast: Any) -> None:
    for text in (LAMP, DRAIN, DANCE):
        said(cast, text)
    assert found(cast, "community_secretary", "路灯") == [LAMP]
    assert found(cast, "community_secretary", "下水道堵") == [DRAIN]
    assert found(cast, "community_secretary", "wechat") == [DANCE]
    assert found(cast, "community_secretary", "灯路") == []


def test_all_words_must_stand_there_in_whatever_order(cast: Any) -> None:
    said(cast, LAMP)
    assert found(cast, "community_secretary", "很黑 路灯") == [LAMP]
    assert found(cast, "community_secretary", "路灯 下水道") == []


def test_a_place_is_searched_for_like_a_word(cast: Any) -> None:
    said(cast, DRAIN)
    said(cast, LAMP, place="unit_2")
    assert found(cast, "centre_clerk", f"路灯 {cast.places['yucheng'].name}") == [LAMP]
    assert found(cast, "centre_clerk", f"路灯 {cast.places['pipaping'].name}") == []


def test_newest_come_first_and_pages_follow_each_other(cast: Any) -> None:
    texts = [said(cast, f"路灯坏了，第{number}次说。").text for number in "一二三"]
    viewer = cast.viewer("community_secretary")
    first = queries.search(viewer, "路灯", size=2)
    second = queries.search(viewer, "路灯", size=2, after=first.next)
    assert [row.text for row in (*first.rows, *second.rows)] == texts[::-1]


def test_nobody_finds_what_they_may_not_see(cast: Any) -> None:
    said(cast, LAMP)
    hidden = said(cast, "社区书记态度恶劣，路灯也不管。", about_office=True)
    assert found(cast, "neighbour_secretary", "路灯") == []
    assert found(cast, "community_secretary", "路灯") == [LAMP]
    assert hidden.text in found(cast, "centre_arbiter", "路灯")


@pytest.mark.parametrize("words", ["灯", "，。", "13812345678"])
def test_words_that_can_find_nothing_are_refused(cast: Any, words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        queries.search(cast.viewer("centre_arbiter"), words)
    assert refusal.value.field == "words"


@pytest.mark.parametrize(
    "words", ['路灯" OR "下水', "路灯*", "terms:路灯", "路灯')--", "NOT 路灯 NEAR", "^路灯"]
)
def test_signs_of_a_query_language_are_only_text(cast: Any, words: str) -> None:
    said(cast, LAMP)
    assert set(found(cast, "community_secretary", words)) <= {LAMP}


def test_a_list_is_narrowed_by_words_too(cast: Any) -> None:
    said(cast, LAMP)
    said(cast, DRAIN)
    viewer = cast.viewer("community_secretary")
    rows = queries.problem_list(viewer, Reach.TERRITORY, Filter(words="路灯")).rows
    assert [row.text for row in rows] == [LAMP]


def test_delivering_again_keeps_one_row_of_words(cast: Any) -> None:
    matter = said(cast, LAMP)
    MatterWords.objects.bulk_create([MatterWords(matter_id=matter.pk, terms="x")], ignore_conflicts=True)
    assert found(cast, "community_secretary", "路灯") == [LAMP]


def test_words_that_go_are_no_longer_found(cast: Any) -> None:
    matter = said(cast, LAMP)
    MatterWords.objects.filter(matter=matter).update(terms="下水")
    assert found(cast, "community_secretary", "路灯") == []
    assert found(cast, "community_secretary", "下水") == [LAMP]
    MatterWords.objects.filter(matter=matter).delete()
    assert found(cast, "community_secretary", "下水") == []


@pytest.fixture
def secretary(cast: Any) -> Client:
    client = Client()
    client.force_login(Account.objects.get(username="community_secretary"))
    return client


def test_a_number_leads_straight_to_its_request(cast: Any, secretary: Client) -> None:
    matter = said(cast, LAMP)
    assert secretary.get("/search/", {"q": matter.number})["Location"] == f"/matters/{matter.number}/"


def test_the_number_of_a_request_one_may_not_see_leads_nowhere(cast: Any, secretary: Client) -> None:
    hidden = said(cast, "社区书记态度恶劣。", about_office=True)
    answer = secretary.get("/search/", {"q": hidden.number})
    assert answer.status_code == 200
    assert not answer.context["rows"]


def test_places_and_posts_are_found_beside_requests(cast: Any, secretary: Client) -> None:
    page = secretary.get("/search/", {"q": "玉城家园3栋"}).context
    assert any("3栋" in place.label for place in page["places"])
    posts = secretary.get("/search/", {"q": "楼栋长"}).context["posts"]
    assert posts
    assert all("楼栋长" in line.title for line in posts)


def test_nothing_typed_shows_the_empty_box_and_one_character_its_reason(secretary: Client) -> None:
    assert secretary.get("/search/").status_code == 200
    page = secretary.get("/search/", {"q": "灯"})
    assert page.status_code == 200
    assert "Write at least two characters." in page.content.decode()


def test_a_search_costs_as_many_queries_for_many_as_for_few(cast: Any, secretary: Client) -> None:
    def searched() -> int:
        with CaptureQueriesContext(connection) as queries_made:
            secretary.get("/search/", {"q": "路灯"})
        return len(queries_made)

    counts = []
    for _turn in range(2):
        said(cast, LAMP)
        # What a process keeps for some seconds, such as the district's name, is now and then read anew.
        counts.append(min(searched() for _time in range(3)))
        said(cast, LAMP)
    assert counts[0] == counts[1]
