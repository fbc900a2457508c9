"""A board followed by mail: the field on the board, the letter that asks, the button that confirms."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from pytest_django import Settings

from yuanba.demo.cast import Cast
from yuanba.kernel.mail import mail_settings
from yuanba.matters.actions.following import KEPT_UNCONFIRMED, LETTERS, drop_lapsed_followers
from yuanba.matters.models import Follower
from yuanba.matters.pages.visitors import FOLLOWING
from yuanba.matters.tests.following.mornings import (
    ADDRESS,
    CONFIRMED,
    ask,
    deliver,
    follow,
    links_in,
    morning,
)
from yuanba.matters.tests.walking import Walk

# --- the field on the board ---


@pytest.mark.parametrize("place", ["district", "shahe", "yucheng", "yucheng_estate", "square"])
def test_a_board_that_lists_something_can_be_followed(cast: Cast, place: str) -> None:
    key = cast.places[place].pk
    assert f'action="/board/{key}/follow/"' in Client().get(f"/board/{key}/").content.decode()
    assert Client().get(f"/board/{key}/follow/").status_code == 200


def test_a_building_lists_nothing_and_is_not_followed(cast: Cast) -> None:
    building = cast.places["unit_2"].parent
    assert building is not None
    assert "/follow/" not in Client().get(f"/building/{building.pk}/").content.decode()
    for key in (building.pk, cast.places["unit_2"].pk):
        assert Client().get(f"/board/{key}/follow/").status_code == 404
        assert Client().post(f"/board/{key}/follow/", {"email": ADDRESS}).status_code == 404
    assert not Follower.objects.exists()


def test_without_a_mail_server_nothing_is_offered(cast: Cast, settings: Settings) -> None:
    settings.EMAIL_BACKEND = mail_settings("")["EMAIL_BACKEND"]
    key = cast.places["yucheng"].pk
    assert "/follow/" not in Client().get(f"/board/{key}/").content.decode()
    assert Client().post(f"/board/{key}/follow/", {"email": ADDRESS}).status_code == 404


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@b", "a b@example.org", "a@example.org\nBcc: b@example.org"]
)
def test_what_is_no_address_comes_back_with_what_is_wrong(cast: Cast, address: str) -> None:
    answer = Client().post(f"/board/{cast.places['yucheng'].pk}/follow/", {"email": address})
    assert answer.status_code == 422
    assert answer.context["form"].errors["email"]
    assert not Follower.objects.exists()


# --- asked, confirmed ---


def test_one_letter_asks_and_nothing_is_sent_before_its_button_is_pressed(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    client = Client()
    answer = client.post(f"/board/{cast.places['yucheng'].pk}/follow/", {"email": ADDRESS}, follow=True)
    assert "Now look into your mail" in answer.content.decode()
    deliver()
    (letter,) = mail.outbox
    assert letter.to == [ADDRESS]
    confirm, stop = links_in(letter)
    Walk(cast).receive().dispatch()
    # A program that looks through mail opens every link.
    for _each in range(3):
        assert Client().get(confirm).status_code == 200
        assert Client().get(stop).status_code == 200
    assert Follower.objects.get().confirmed_at is None
    assert morning(clock) == []


def test_the_button_confirms_once(cast: Cast) -> None:
    ask(cast)
    follower = Follower.objects.get()
    client, address = Client(), f"/follow/{follower.link}/"
    assert "You follow this board" in client.post(address, follow=True).content.decode()
    follower.refresh_from_db()
    assert (follower.confirmed_at, follower.told_on) == (CONFIRMED, date(2026, 3, 3))
    Follower.objects.update(told_on=date(2026, 3, 2))
    client.post(address)
    assert Follower.objects.get().told_on == date(2026, 3, 2)


def test_the_answer_tells_nothing_of_whether_an_address_is_known(cast: Cast) -> None:
    follow(cast, "known@example.org")
    ask(cast, "asked@example.org")
    answers = set()
    for address in ("known@example.org", "KNOWN@example.org", "asked@example.org", "new@example.org"):
        client = Client()
        answer = client.post(f"/board/{cast.places['yucheng'].pk}/follow/", {"email": address})
        page = client.get(answer["Location"]).content.decode()
        answers.add((answer.status_code, answer["Location"], "known@" in page))
    assert len(answers) == 1
    assert Follower.objects.count() == 3


def test_who_follows_already_is_told_so_by_letter(cast: Cast) -> None:
    follower = follow(cast)
    ask(cast, ADDRESS.upper(), language="zh-hans")
    deliver()
    (letter,) = mail.outbox
    assert letter.subject == f"You follow the board of {cast.places['yucheng'].name}"
    assert links_in(letter) == [f"/follow/{follower.link}/stop/"]


def test_a_box_is_not_flooded_and_the_page_says_nothing_of_it(cast: Cast) -> None:
    for number in range(LETTERS.count + 3):
        place = ("yucheng", "shahe")[number % 2]
        answer = Client(REMOTE_ADDR=f"192.0.2.{number}").post(
            f"/board/{cast.places[place].pk}/follow/", {"email": ADDRESS}
        )
        assert answer["Location"].endswith("?sent=1")
    deliver()
    assert len(mail.outbox) == LETTERS.count


def test_what_stands_after_a_plus_is_the_same_box(cast: Cast) -> None:
    for number in range(LETTERS.count + 2):
        ask(cast, f"neighbour+{number}@example.org")
    deliver()
    assert len(mail.outbox) == LETTERS.count


def test_asking_again_gives_no_more_time(cast: Cast, clock: time_machine.Traveller) -> None:
    ask(cast)
    link = Follower.objects.get().link
    clock.move_to(CONFIRMED + timedelta(hours=47))
    ask(cast)
    assert Follower.objects.get().link == link
    clock.move_to(CONFIRMED + timedelta(hours=49))
    assert Client().get(f"/follow/{link}/").status_code == 404
    ask(cast)
    assert Follower.objects.get().link != link


def test_one_visitor_orders_few_letters(cast: Cast) -> None:
    client, address = Client(), f"/board/{cast.places['yucheng'].pk}/follow/"
    for number in range(FOLLOWING.count):
        assert client.post(address, {"email": f"box{number}@example.org"}).status_code == 302
    answer = client.post(address, {"email": "onemore@example.org"})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "onemore@example.org" in answer.content.decode()
    assert Follower.objects.count() == FOLLOWING.count


def test_what_is_not_confirmed_is_erased_after_two_days(cast: Cast, clock: time_machine.Traveller) -> None:
    kept = follow(cast, "kept@example.org")
    ask(cast)
    link = Follower.objects.get(confirmed_at=None).link
    clock.move_to(CONFIRMED + KEPT_UNCONFIRMED)
    drop_lapsed_followers(datetime.now(UTC))
    assert Follower.objects.count() == 2
    clock.move_to(CONFIRMED + KEPT_UNCONFIRMED + timedelta(seconds=1))
    # The page knows before the job has come.
    assert Client().post(f"/follow/{link}/").status_code == 404
    drop_lapsed_followers(datetime.now(UTC))
    assert Follower.objects.get() == kept
