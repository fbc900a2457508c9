"""A leader's page: streets from kept counts, what they watch over, what was promised; and the list of watches."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from yuanba.demo.cast import BUILDER, Cast
from yuanba.kernel.errors import Denied
from yuanba.kernel.keyset import PAGE_SIZE
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.kernel.sheets import open_table
from yuanba.matters import actions
from yuanba.matters.actions import Opinion, Sorting
from yuanba.matters.glance import STREETS_ON_A_PAGE, glance
from yuanba.matters.models import Matter
from yuanba.matters.supervision import my_watch, promises, sees_watches, watched
from yuanba.matters.tests.walking import Walk
from yuanba.places.actions import add_place


def work_off() -> None:
    while deliver_due():
        pass


def walk(cast: Cast, place: str = "building_3", owner: str = "shahe", tier: str = "big") -> Walk:
    return Walk(cast, at=timezone.now() - timedelta(hours=6)).receive(place=place).dispatch(owner, tier)


def signed_in(cast: Cast, name: str) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(cast.seats[name].account, "allauth.account.auth_backends.AuthenticationBackend")
    return client


def page(cast: Cast, name: str = "district_leader", address: str = "/leader/") -> Any:
    answer = signed_in(cast, name).get(address)
    assert answer.status_code == 200
    return answer


def names(cast: Cast, viewer: str) -> list[str]:
    return [street.place.name for street in glance(cast.viewer(viewer)).streets]


def test_my_streets_are_those_that_my_post_watches_over(cast: Cast) -> None:
    assert names(cast, "district_leader") == ["沙河街道", "钟鼓楼街道"]
    assert names(cast, "street_leader") == ["沙河街道"]
    assert names(cast, "centre_arbiter") == ["沙河街道", "钟鼓楼街道"]
    with pytest.raises(Denied):
        glance(cast.viewer("street_officer"))


def test_a_street_counts_what_is_open_by_tier_and_what_is_overdue(cast: Cast) -> None:
    late = walk(cast).matter
    walk(cast, place="longbao")
    walk(cast, place="square", owner="zhonggulou")
    hard = walk(cast, tier="hard")
    Matter.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(minutes=1))
    work_off()
    shahe, zhonggulou = glance(cast.viewer("district_leader")).streets
    assert dict(shahe.open) == {"big": 2, "hard": 1}
    assert (shahe.open_in_all, shahe.overdue) == (3, 1)
    assert (zhonggulou.open_in_all, zhonggulou.overdue) == (1, 0)
    hard.claim()
    shown = page(cast).context["open_by_tier"]
    assert [pile.total for pile in shown.rows] == [3, 1]


def test_what_counts_for_the_district_alone_is_in_no_street(cast: Cast) -> None:
    accusing = Walk(cast, at=timezone.now() - timedelta(hours=6)).receive(place="building_3")
    sorting = Sorting(category="roads-lights", tier="big", accused=cast.offices["transport"])
    accusing.do(actions.triage_matter, sorting, by="centre_clerk")
    Walk(cast, at=timezone.now() - timedelta(hours=6)).receive(place="building_3", confidential=True)
    Matter.objects.update(due_at=timezone.now() - timedelta(hours=1))
    work_off()
    shahe = glance(cast.viewer("district_leader")).streets[0]
    assert (shahe.open_in_all, shahe.overdue) == (0, 0)


def test_weeks_hold_what_was_answered_and_how_much_of_it_in_time(cast: Cast) -> None:
    for _ in range(3):
        walk(cast).claim().answer()
    late = walk(cast).claim()
    Matter.objects.filter(pk=late.matter.pk).update(total_due_at=timezone.now() - timedelta(days=1))
    work_off()
    seen = glance(cast.viewer("district_leader"))
    now = seen.streets[0].weeks[-1]
    assert (now.received, now.answered, now.in_time, now.percent_in_time) == (4, 3, 3, 100.0)
    assert seen.streets[1].weeks[-1].percent_in_time is None
    assert seen.weeks[-1].answered == 3
    assert len(seen.weeks) == 13


def test_rates_stay_away_until_enough_residents_have_spoken(cast: Cast) -> None:
    for number in range(5):
        spoken = walk(cast).claim().answer()
        spoken.do(actions.confirm, Opinion(contacted=True, satisfaction="satisfied"), by=spoken.resident)
        work_off()
        rate = glance(cast.viewer("district_leader")).streets[0].rates.resolution
        assert (rate.percent is None) == (number < 4)


def test_streets_are_paged_by_key(cast: Cast) -> None:
    for number in range(STREETS_ON_A_PAGE):
        add_place(
            parent=cast.places["district"],
            kind="street",
            name=f"{number}号街道",
            code="",
            actor=BUILDER,
            at=timezone.now(),
        )
    first = page(cast, "centre_arbiter")
    assert len(first.context["cards"]) == STREETS_ON_A_PAGE
    assert "The 12 streets on this page together" in first.content.decode()
    second = page(cast, "centre_arbiter", f"/leader/{first.context['next_streets']}")
    assert [card.street.place.name for card in second.context["cards"]] == ["10号街道", "11号街道"]
    assert second.context["next_streets"] == ""
    assert "The 2 streets on this page together" in second.content.decode()
    assert "on this page" not in page(cast, "street_leader").content.decode()
    assert signed_in(cast, "centre_arbiter").get("/leader/?streets=%2F..").status_code == 422


def test_a_post_without_streets_is_told_so(cast: Cast) -> None:
    cast.seats["district_leader"].post.territories.all().delete()
    cast.offices["district"].place = None
    cast.offices["district"].save()
    shown = page(cast)
    assert "No street is yours to watch over" in shown.content.decode()
    assert "No answer is promised for these days." in shown.content.decode()


def test_hard_matters_under_my_watch_stand_with_their_next_step_and_date(cast: Cast) -> None:
    mine = walk(cast).claim()
    mine.do(actions.supervise, by="district_leader")
    walk(cast).do(actions.supervise, by="street_leader")
    shown = page(cast)
    assert [row.number for row in shown.context["watched"]] == [mine.matter.number]
    assert "The owner begins work." in shown.content.decode()
    mine.do(actions.release, by="district_leader")
    assert my_watch(cast.viewer("district_leader"), size=6).rows == []


def test_promises_are_those_of_the_next_fourteen_days_that_are_still_owed(cast: Cast) -> None:
    now = timezone.now()
    soon, far, past, answered, elsewhere = (walk(cast) for _ in range(5))
    answered.claim().answer()
    Matter.objects.filter(pk=soon.matter.pk).update(total_due_at=now + timedelta(days=13))
    Matter.objects.filter(pk=far.matter.pk).update(total_due_at=now + timedelta(days=15))
    Matter.objects.filter(pk=past.matter.pk).update(total_due_at=now - timedelta(minutes=1))
    Matter.objects.filter(pk=elsewhere.matter.pk).update(street=cast.places["zhonggulou"])
    found = promises(cast.viewer("street_leader"), size=15).rows
    assert [matter.pk for matter in found] == [soon.matter.pk]


def test_a_promise_that_was_put_off_says_by_how_much(cast: Cast) -> None:
    put_off = walk(cast, tier="small").claim()
    asked = put_off.do(actions.request_extension, "1wd", "等配件", by="street_officer")
    assert asked.approved is None
    assert [row.extended_by for row in promises(cast.viewer("district_leader"), size=15).rows] == [None]  # type: ignore[attr-defined]
    put_off.do(actions.decide_time, approve=True, reason="同意", by="centre_arbiter")
    shown = page(cast)
    assert "Put off by 1 working day, granted" in " ".join(shown.content.decode().split())


def test_promises_are_paged_by_key(cast: Cast) -> None:
    made = {walk(cast, tier="small").matter.pk for _ in range(4)}
    first = promises(cast.viewer("district_leader"), size=3)
    rest = promises(cast.viewer("district_leader"), size=3, after=first.next)
    assert len(first.rows) == 3
    assert {matter.pk for matter in (*first.rows, *rest.rows)} == made


def test_the_list_of_watches_is_for_whoever_sees_a_street_or_more(cast: Cast) -> None:
    allowed = {name for name in cast.seats if sees_watches(cast.viewer(name))}
    assert allowed == {
        "street_officer",
        "street_leader",
        "other_street_officer",
        "district_leader",
        "centre_clerk",
        "centre_arbiter",
    }
    with pytest.raises(Denied):
        watched(cast.viewer("community_secretary"))


def test_each_sees_the_watches_of_their_own_ground(cast: Cast) -> None:
    here, there = walk(cast), walk(cast, place="square", owner="zhonggulou")
    for each in (here, there):
        each.do(actions.supervise, by="district_leader")
    walk(cast)

    def seen(name: str) -> set[int]:
        return {matter.pk for matter in watched(cast.viewer(name)).rows}

    assert seen("street_officer") == {here.matter.pk}
    assert seen("other_street_officer") == {there.matter.pk}
    assert seen("district_leader") == seen("centre_arbiter") == {here.matter.pk, there.matter.pk}
    shown = page(cast, "street_officer", "/supervision/").content.decode()
    assert "包片区领导" in shown


def test_whoever_is_complained_about_finds_no_watch_over_it(cast: Cast) -> None:
    accusing = Walk(cast, at=timezone.now() - timedelta(hours=6)).receive(
        place="building_3", confidential=True
    )
    sorting = Sorting(category="roads-lights", tier="big", accused=cast.offices["shahe"])
    accusing.do(actions.triage_matter, sorting, by="centre_clerk")
    accusing.do(actions.supervise, by="centre_arbiter")
    for name in ("street_officer", "street_leader"):
        assert watched(cast.viewer(name)).rows == [], name
        assert accusing.matter.number not in page(cast, "street_leader").content.decode()
    assert [matter.pk for matter in watched(cast.viewer("centre_arbiter")).rows] == [accusing.matter.pk]


def test_what_has_ended_stands_apart(cast: Cast) -> None:
    done = walk(cast)
    done.do(actions.supervise, by="district_leader")
    done.claim().answer().confirm().close()
    assert watched(cast.viewer("district_leader")).rows == []
    ended = page(cast, address="/supervision/?show=ended")
    assert [row.number for row, _who in ended.context["rows"]] == [done.matter.number]
    assert "Nothing is under watch" in page(cast, address="/supervision/").content.decode()


def test_too_many_watches_are_paged_by_key(cast: Cast) -> None:
    for _ in range(PAGE_SIZE + 1):
        walk(cast).do(actions.supervise, by="district_leader")
    first = page(cast, address="/supervision/")
    assert len(first.context["rows"]) == PAGE_SIZE
    assert len(page(cast, address=f"/supervision/{first.context['next']}").context["rows"]) == 1
    assert page(cast).context["more_watched"] is True


def test_the_file_has_a_line_for_each_street(cast: Cast) -> None:
    walk(cast)
    work_off()
    answer = signed_in(cast, "district_leader").get("/leader/streets.xlsx")
    assert answer.status_code == 200
    with open_table(io.BytesIO(b"".join(answer.streaming_content))) as table:  # type: ignore[attr-defined]
        rows = [list(row.cells) for row in table]
    assert len(rows) == 2, rows


def test_navigation_offers_the_pages_to_those_who_can_use_them(cast: Cast) -> None:
    for name, leads, lists in (
        ("district_leader", True, True),
        ("street_officer", False, True),
        ("community_secretary", False, False),
    ):
        shown = page(cast, name, "/desk/").content.decode()
        assert ('href="/leader/"' in shown) == leads, name
        assert ('href="/supervision/"' in shown) == lists, name
