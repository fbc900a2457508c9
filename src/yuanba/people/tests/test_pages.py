from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from yuanba.people.actions import add_organization, sign_agreement
from yuanba.people.models import Agreement, CheckIn, Holding, Organization
from yuanba.people.queries import holder_of
from yuanba.people.tests.conftest import AT, BUILDER, ON, Town, account_for, register

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Settings) -> None:
    settings.REQUIRE_SECOND_FACTOR = False


def as_holder(town: Town, kind: str, office: str) -> Client:
    client = Client()
    client.force_login(town.holder(kind, office)[1])
    return client


def unit_of(town: Town) -> Organization:
    return add_organization(
        code="t-unit",
        name="驻区单位",
        kind="resident_unit",
        parent=town.offices["community"],
        actor=BUILDER,
        at=AT,
    )


def test_a_community_page_opens_inside_ones_reach_only(town: Town) -> None:
    page = reverse("people:people_and_posts", args=[town.offices["community"].pk])
    assert as_holder(town, "community_secretary", "community").get(page).status_code == 200
    assert as_holder(town, "street_leader", "other_street").get(page).status_code == 404
    assert Client().get(page).status_code == 302


def test_whoever_keeps_people_finds_them_from_their_own_page(town: Town) -> None:
    community = reverse("people:people_and_posts", args=[town.offices["community"].pk])
    vacancies, profile = reverse("people:vacancies"), reverse("people:profile")

    def shown(kind: str, office: str) -> tuple[bool, bool]:
        page = as_holder(town, kind, office).get(profile).content.decode()
        return f'href="{community}"' in page, f'href="{vacancies}"' in page

    assert shown("community_secretary", "community") == (True, False)
    assert shown("street_leader", "street") == (True, True)
    assert shown("street_leader", "other_street") == (False, True)


def test_vacancies_are_for_those_who_fill_them(town: Town) -> None:
    page = reverse("people:vacancies")
    town.post("grid_worker", "community")
    answer = as_holder(town, "street_leader", "street").get(page)
    assert [post.kind for post in answer.context["posts"]] == ["grid_worker"]
    assert as_holder(town, "community_worker", "community").get(page).status_code == 403


def test_a_post_is_handed_over_to_somebody_from_here(town: Town) -> None:
    post, _account = town.holder("community_worker", "community")
    _other, colleague = town.holder("grid_worker", "community")
    leader, today = as_holder(town, "street_leader", "street"), timezone.localdate()
    page = reverse("people:hand_over", args=[post.pk])
    assert leader.get(page).status_code == 200
    answer = leader.post(page, {"person": str(colleague.person_id), "on": today.isoformat()})
    assert answer.status_code == 302
    held = holder_of(post.pk)
    assert held is not None
    assert held.person_id == colleague.person_id


def test_a_vacant_post_is_filled_by_somebody_new(town: Town) -> None:
    post = town.post("community_worker", "community")
    page = reverse("people:hand_over", args=[post.pk])
    leader = as_holder(town, "street_leader", "street")
    empty = leader.post(page, {"person": "new", "on": timezone.localdate().isoformat()})
    assert (empty.status_code, list(empty.context["form"].errors)) == (422, ["name"])
    wrong = leader.post(
        page, {"person": "new", "name": "王芳", "phone": "abc", "on": timezone.localdate().isoformat()}
    )
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["phone"])
    assert "王芳" in wrong.content.decode()
    assert not Holding.objects.filter(post=post).exists()
    leader.post(
        page,
        {"person": "new", "name": "王芳", "phone": "13900000000", "on": timezone.localdate().isoformat()},
    )
    held = holder_of(post.pk)
    assert held is not None
    assert held.person.name == "王芳"


def test_sending_a_hand_over_twice_changes_nothing_more(town: Town) -> None:
    post, _account = town.holder("community_worker", "community")
    _other, colleague = town.holder("grid_worker", "community")
    leader = as_holder(town, "street_leader", "street")
    sent = {"person": str(colleague.person_id), "on": timezone.localdate().isoformat()}
    page = reverse("people:hand_over", args=[post.pk])
    assert leader.post(page, sent).status_code == 302
    assert leader.post(page, sent).status_code == 422
    assert Holding.objects.filter(post=post).count() == 2


def test_a_post_out_of_reach_is_not_there(town: Town) -> None:
    post, _account = town.holder("community_worker", "community")
    page = reverse("people:hand_over", args=[post.pk])
    assert as_holder(town, "street_leader", "other_street").get(page).status_code == 404
    assert as_holder(town, "community_worker", "community").get(page).status_code == 404


def test_a_secretary_records_an_agreement_and_sees_it(town: Town) -> None:
    unit, secretary = unit_of(town), as_holder(town, "community_secretary", "community")
    page = reverse("people:new_agreement", args=[town.offices["community"].pk])
    sent = {"unit": unit.pk, "text": "开放停车场", "signed_on": "2026-03-02", "until_on": "2026-03-01"}
    assert list(secretary.post(page, sent).context["form"].errors) == ["until_on"]
    del sent["until_on"]
    assert secretary.post(page, sent).status_code == 302
    assert secretary.post(page, sent).status_code == 422
    assert Agreement.objects.count() == 1
    shown = secretary.get(reverse("people:people_and_posts", args=[town.offices["community"].pk]))
    assert "开放停车场" in shown.content.decode()


def test_an_agreement_past_its_day_is_no_longer_shown(town: Town) -> None:
    sign_agreement(
        community=town.offices["community"],
        unit=unit_of(town),
        text="过期协议",
        signed_on=ON,
        until_on=ON + timedelta(days=1),
        actor=BUILDER,
        at=AT,
    )
    page = reverse("people:people_and_posts", args=[town.offices["community"].pk])
    assert "过期协议" not in as_holder(town, "community_secretary", "community").get(page).content.decode()


def test_an_official_checks_in_once_a_day(town: Town) -> None:
    officer = as_holder(town, "department_handler", "department")
    page = reverse("people:check_ins", args=[town.offices["community"].pk])
    sent = {"on": "2026-03-02", "what_was_done": "帮助巡楼"}
    assert officer.get(page).status_code == 200
    assert officer.post(page, sent).status_code == 302
    assert officer.post(page, sent).status_code == 422
    assert CheckIn.objects.get().what_was_done == "帮助巡楼"
    assert "帮助巡楼" in officer.get(page).content.decode()


def test_who_holds_no_post_cannot_check_in(town: Town) -> None:
    client = Client()
    client.force_login(account_for(register()))
    assert client.get(reverse("people:check_ins", args=[town.offices["community"].pk])).status_code == 403


@pytest.mark.parametrize("query", ["?after=x", "?after=99999999999999999999", "?after=-1"])
def test_nonsense_in_the_address_shows_the_first_page(town: Town, query: str) -> None:
    leader = as_holder(town, "street_leader", "street")
    assert leader.get(reverse("people:vacancies") + query).status_code == 200
    before = reverse("people:check_ins", args=[town.offices["community"].pk]) + query.replace(
        "after", "before"
    )
    assert leader.get(before).status_code == 200


def test_ones_own_page_shows_posts_present_and_past(town: Town) -> None:
    client = as_holder(town, "community_worker", "community")
    page = client.get(reverse("people:profile"))
    assert page.status_code == 200
    assert "community_worker 岗" in page.content.decode()
