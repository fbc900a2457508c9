"""What the letters to followers tell, and what they never tell."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client

from yuanba.demo.cast import Cast
from yuanba.kernel.outbox.models import Message
from yuanba.matters import actions
from yuanba.matters.actions.following import drop_lapsed_followers
from yuanba.matters.digests import put_digests
from yuanba.matters.happenings import LISTED
from yuanba.matters.models import Follower, Matter
from yuanba.matters.tests.following.mornings import ADDRESS, AFTER, NEXT, deliver, follow, links_in, morning
from yuanba.matters.tests.walking import Walk
from yuanba.places.models import Place
from yuanba.playbooks.queries import current_playbook

# --- the letter ---


def test_the_letter_tells_what_is_new_and_what_ended_and_nothing_of_who_asked(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    new = Walk(cast).receive().dispatch().matter
    taken_back = Walk(cast).receive().dispatch()
    taken_back.do(actions.withdraw, by=taken_back.resident)
    unsorted = Walk(cast).receive().matter
    follower = follow(cast)
    (letter,) = morning(clock)
    place = cast.places["yucheng"]
    assert letter.subject == f"{place.name}: 1 new, 1 ended"
    assert letter.to == [ADDRESS]
    told_new, told_ended = letter.body.split("Ended: 1")
    assert new.number in told_new
    assert f"/board/{place.pk}/#matters" in told_new
    assert taken_back.matter.number not in told_new
    assert taken_back.matter.number in told_ended
    assert "Withdrawn by the resident" in told_ended
    assert f"/board/{place.pk}/?show=done#matters" in told_ended
    assert unsorted.number not in letter.body
    for secret in ("居民乙", "13800005678", "路灯坏了", cast.places["unit_2"].name):
        assert secret not in letter.subject + letter.body
    assert links_in(letter) == [f"/follow/{follower.link}/stop/"]


def test_it_tells_of_a_day_once_and_comes_only_after_a_day_with_something(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    follow(cast)
    Walk(cast).receive().dispatch()
    assert len(morning(clock)) == 1
    assert morning(clock, NEXT + timedelta(hours=1)) == []
    assert morning(clock, AFTER) == []
    # Two days later something new comes, and is told once somebody has sorted it.
    walk = Walk(cast, at=AFTER).receive()
    assert morning(clock, AFTER + timedelta(days=1)) == []
    walk.at = AFTER + timedelta(days=1)
    walk.dispatch()
    (letter,) = morning(clock, AFTER + timedelta(days=2))
    assert walk.matter.number in letter.body
    assert "New on the board: 1" in letter.body


def test_what_was_sorted_on_a_later_day_is_new_on_that_day(cast: Cast, clock: time_machine.Traveller) -> None:
    follow(cast)
    walk = Walk(cast).receive()
    assert morning(clock) == []
    walk.at = NEXT
    walk.dispatch().claim().answer().confirm()
    (letter,) = morning(clock, AFTER)
    assert "New on the board: 1" in letter.body
    walk.at = AFTER
    walk.close()
    (letter,) = morning(clock, AFTER + timedelta(days=1))
    assert "New" not in letter.body
    assert "Solved, says the resident" in letter.body


def test_what_protects_somebody_at_the_moment_of_sending_is_not_told(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    follow(cast)
    follow(cast, place="shahe")
    Walk(cast).receive().dispatch()
    deliver()
    clock.move_to(NEXT)
    assert put_digests(NEXT) == 2
    Matter.objects.update(confidential=True)
    deliver()
    assert mail.outbox == []
    assert not Message.objects.exists()


@pytest.mark.parametrize("place", ["yucheng", "yucheng_estate"])
def test_private_life_is_told_as_the_board_lists_it(
    cast: Cast, clock: time_machine.Traveller, place: str
) -> None:
    follow(cast, place=place)
    walk = Walk(cast).receive().dispatch()
    sensitive = next(kind.code for kind in current_playbook().playbook.all_categories() if kind.sensitive)
    Matter.objects.update(category=sensitive)
    letters = morning(clock)
    if place == "yucheng_estate":
        assert letters == []
    else:
        assert "A matter of private life" in letters[0].body
        assert cast.places["yucheng_estate"].name not in letters[0].body
        assert walk.matter.number in letters[0].body


def test_twenty_of_each_are_named_and_the_rest_counted(cast: Cast, clock: time_machine.Traveller) -> None:
    follow(cast)
    made = [Walk(cast).receive().dispatch().matter.number for _each in range(LISTED + 2)]
    (letter,) = morning(clock)
    assert f"New on the board: {LISTED + 2}" in letter.body
    assert "and 2 more on the board" in letter.body
    assert sum(f"  {number} · " in letter.body for number in made) == LISTED


def test_another_place_is_none_of_it(cast: Cast, clock: time_machine.Traveller) -> None:
    follow(cast, "elsewhere@example.org", place="pipaping")
    follow(cast, "district@example.org", place="district")
    Walk(cast).receive().dispatch()
    assert [letter.to for letter in morning(clock)] == [["district@example.org"]]


def test_each_reads_it_in_the_language_of_the_page(cast: Cast, clock: time_machine.Traveller) -> None:
    follow(cast, "en@example.org")
    follow(cast, "zh@example.org", language="zh-hans")
    Client().post(
        f"/board/{cast.places['shahe'].pk}/follow/",
        {"email": "hant@example.org"},
        headers={"Accept-Language": "zh-TW"},
    )
    assert Follower.objects.get(confirmed_at=None).language == "zh-hant"
    walk = Walk(cast).receive().dispatch()
    walk.do(actions.withdraw, by=walk.resident)
    told = {letter.to[0]: letter.body for letter in morning(clock)}
    assert "Withdrawn by the resident" in told["en@example.org"]
    assert "撤回" in told["zh@example.org"]
    assert "Withdrawn" not in told["zh@example.org"]


def test_a_place_that_was_replaced_is_followed_on_its_successors_board(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    follower = follow(cast, place="pipaping")
    Place.objects.filter(pk=cast.places["pipaping"].pk).update(
        retired_on=date(2026, 3, 3), replaced_by=cast.places["yucheng"]
    )
    Walk(cast).receive().dispatch()
    (letter,) = morning(clock)
    assert cast.places["yucheng"].name in letter.subject
    Place.objects.filter(pk=cast.places["pipaping"].pk).update(replaced_by=None)
    drop_lapsed_followers(NEXT)
    assert not Follower.objects.filter(pk=follower.pk).exists()
