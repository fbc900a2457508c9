"""Staff on behalf: a request taken down on the desk, and what its requester leaves with."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from yuanba.demo.cast import Cast
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.ratelimit import Rate, take
from yuanba.matters.limiting import forget_limits
from yuanba.matters.models import Matter, Photo
from yuanba.matters.tests.test_pictures import upload
from yuanba.matters.tests.test_sort_page import signed_in

ADDRESS, RECEIPT = "/desk/new/", "/desk/new/receipt/"
SAID: dict[str, Any] = {"text": "三栋门口的路灯坏了一个星期。", "channel": "visit"}


@pytest.fixture
def head(cast: Cast) -> Client:
    forget_limits()
    return signed_in(cast, "building_head")


def test_a_building_head_takes_down_what_a_neighbour_asks(head: Client, cast: Cast) -> None:
    assert "玉城家园 3栋" in head.get(ADDRESS).content.decode()
    answer = head.post(ADDRESS, SAID | {"name": "居民乙", "phone": "13800005678"})
    assert (answer.status_code, answer["Location"]) == (302, RECEIPT)
    matter = Matter.objects.get()
    assert (matter.channel, matter.place) == ("visit", cast.places["building_3"])
    assert matter.requester is not None
    assert matter.requester.phone == "13800005678"
    entry = Entry.objects.get(subject_kind="matter", subject_id=matter.pk, kind="received")
    assert entry.actor.startswith(f"post:{cast.seats['building_head'].post.pk}/")


def test_the_link_is_handed_over_and_then_gone(head: Client) -> None:
    head.post(ADDRESS, SAID)
    matter = Matter.objects.get()
    page = head.get(RECEIPT).content.decode()
    link = re.search(r"/m/([\w-]+)/", page)
    assert link is not None
    assert "<svg" in page
    assert matter.number in page
    # Loading it again by mistake loses nothing; the link is the resident's own.
    assert link[0] in head.get(RECEIPT).content.decode()
    assert Client().get(link[0]).status_code == 200
    assert head.post(RECEIPT, {"open": "1"})["Location"] == f"/matters/{matter.number}/"
    assert head.get(RECEIPT)["Location"] == ADDRESS


def test_sending_it_twice_makes_one_matter(head: Client) -> None:
    sent = SAID | {"key": "one-key"}
    head.post(ADDRESS, sent)
    head.post(ADDRESS, sent)
    assert Matter.objects.count() == 1


def test_another_place_is_named_in_words_and_only_inside_ones_reach(head: Client, cast: Cast) -> None:
    answer = head.post(ADDRESS, SAID | {"place": "枇杷坪广场"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "You can&#x27;t bring in requests from this place." in page
    assert 'value="枇杷坪广场"' in page
    assert SAID["text"] in page
    assert Matter.objects.count() == 0
    clerk = signed_in(cast, "centre_clerk")
    assert clerk.post(ADDRESS, SAID | {"channel": "hotline", "place": "枇杷坪广场"}).status_code == 302
    assert Matter.objects.get().place == cast.places["square"]
    assert clerk.post(ADDRESS, SAID | {"place": cast.places["unit_2"].door_code}).status_code == 302
    assert Matter.objects.latest("pk").place == cast.places["unit_2"]
    assert clerk.post(ADDRESS, SAID).status_code == 422


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "\u200b"}, "text"),
        ({"text": "灯" * 6000}, "text"),
        ({"channel": "import"}, "channel"),
        ({"received_at": "昨天"}, "received_at"),
        ({"received_at": "2199-01-01T10:00"}, "received_at"),
        ({"phone": "电话"}, "phone"),
        ({"phone": "123"}, "phone"),
        ({"place": "火星基地"}, "place"),
        ({"place": "\x00"}, "place"),
    ],
)
def test_what_cannot_be_used_stands_at_its_field(head: Client, said: dict[str, str], field: str) -> None:
    answer = head.post(ADDRESS, SAID | said)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert Matter.objects.count() == 0


def test_a_complaint_about_ones_own_office_is_taken_down_and_not_seen(cast: Cast) -> None:
    secretary = signed_in(cast, "community_secretary")
    said = {"text": "社区的人态度差。", "channel": "window", "about_office": "on"}
    assert secretary.post(ADDRESS, said).status_code == 302
    matter = Matter.objects.get()
    assert matter.confidential
    page = secretary.get(RECEIPT).content.decode()
    assert 'name="open"' not in page
    assert secretary.post(RECEIPT, {"open": "1"})["Location"] == ADDRESS
    assert secretary.get(f"/matters/{matter.number}/").status_code == 404


def test_when_it_came_and_protection_are_kept(head: Client) -> None:
    earlier = timezone.localtime() - timedelta(hours=5)
    said = {"received_at": f"{earlier:%Y-%m-%dT%H:%M}", "confidential": "on", "channel": "meeting"}
    assert head.post(ADDRESS, SAID | said).status_code == 302
    matter = Matter.objects.get()
    assert timezone.localtime(matter.received_at).replace(second=0) == earlier.replace(
        second=0, microsecond=0
    )
    assert (matter.confidential, matter.channel) == (True, "meeting")
    # The next one comes the same way until told otherwise.
    checked = re.search(r'value="meeting"[^>]*checked', head.get(ADDRESS).content.decode())
    assert checked is not None


def test_staff_are_limited_by_account_not_by_address(head: Client, cast: Cast) -> None:
    account, minute = str(cast.viewer("building_head").account_id), Rate("staff/account", 60, 60)
    # The next minute too: a slow machine may have reached it when the page is asked.
    for later in (0, 60) * 60:
        take(minute, account, "", now=timezone.now() + timedelta(seconds=later))
    answer = head.post(ADDRESS, SAID)
    assert answer.status_code == 429
    assert SAID["text"] in answer.content.decode()
    officer = signed_in(cast, "street_officer")
    assert officer.post(ADDRESS, SAID).status_code == 302


def test_whoever_was_signed_out_comes_back_to_the_form(cast: Cast) -> None:
    answer = Client().post(ADDRESS, SAID)
    assert answer.status_code == 302
    assert answer["Location"].endswith("next=/desk/new/")


def test_photos_are_kept_while_the_rest_is_mended(head: Client) -> None:
    wrong = head.post(ADDRESS, SAID | {"phone": "123", "photos": [upload()]})
    assert wrong.status_code == 422
    kept = wrong.context["form"].data["kept"]
    assert kept in wrong.content.decode()
    assert head.post(ADDRESS, SAID | {"kept": kept})["Location"] == RECEIPT
    assert Photo.objects.get().matter == Matter.objects.get()
