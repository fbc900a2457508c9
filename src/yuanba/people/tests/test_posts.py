from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from yuanba.kernel.authority import NOBODY
from yuanba.kernel.errors import Denied, Invalid, Missing, NotAllowed
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.outbox.models import Message
from yuanba.people.actions import (
    POST_HANDED_OVER,
    abolish_post,
    appoint,
    create_post,
    end_holding,
    hand_over_post,
    hand_over_to_newcomer,
)
from yuanba.people.models import Holding, Post
from yuanba.people.queries import (
    candidates_for,
    holder_of,
    holders_in,
    post_for,
    posts_of,
    posts_on,
    vacancies,
    viewer_for,
)
from yuanba.people.tests.conftest import AT, BUILDER, ON, Town, register

pytestmark = pytest.mark.django_db
LATER = ON + timedelta(days=30)


def test_an_occupied_post_is_not_taken_silently(town: Town) -> None:
    post, _account = town.holder("community_worker", "community")
    with pytest.raises(NotAllowed) as refusal:
        appoint(post.pk, register(), on=LATER, actor=BUILDER, at=AT)
    assert refusal.value.code == "occupied"


def test_the_database_itself_refuses_a_second_holder(town: Town) -> None:
    post, _account = town.holder("community_worker", "community")
    with pytest.raises(IntegrityError), transaction.atomic():
        Holding.objects.create(post=post, person=register(), from_on=LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Holding.objects.create(post=post, person=register(), from_on=LATER, to_on=ON)


def test_a_holder_leaves_and_the_post_is_vacant_from_that_day(town: Town) -> None:
    post, _account = town.holder("community_worker", "community")
    end_holding(post.pk, on=LATER, actor=BUILDER, at=AT)
    assert holder_of(post.pk, LATER - timedelta(days=1)) is not None
    assert holder_of(post.pk, LATER) is None
    with pytest.raises(NotAllowed):
        end_holding(post.pk, on=LATER, actor=BUILDER, at=AT)
    with pytest.raises(NotAllowed):
        appoint(post.pk, register(), on=ON, actor=BUILDER, at=AT)
    assert appoint(post.pk, register(), on=LATER, actor=BUILDER, at=AT).to_on is None


def test_handing_over_ends_and_begins_in_one_step_and_tells_of_it(town: Town) -> None:
    post, account = town.holder("community_secretary", "community")
    successor = register("李娜")
    hand_over_post(post.pk, successor, on=LATER, actor=BUILDER, at=AT)
    before, after = holder_of(post.pk, LATER - timedelta(days=1)), holder_of(post.pk, LATER)
    assert before is not None
    assert after is not None
    assert (before.person_id, after.person_id) == (account.person_id, successor.pk)
    message = Message.objects.filter(topic=POST_HANDED_OVER, subject_id=post.pk).latest("pk")
    assert message.due_at.date() <= LATER
    assert message.due_at > AT
    assert message.data["to_person"] == successor.pk
    assert Entry.objects.filter(subject_kind="post", subject_id=post.pk, kind="handed_over").count() == 1


def test_rights_pass_with_the_post_on_the_day(town: Town) -> None:
    post, account = town.holder("community_secretary", "community")
    hand_over_post(post.pk, register("李娜"), on=LATER, actor=BUILDER, at=AT)
    assert viewer_for(account, LATER - timedelta(days=1)).powers
    assert not viewer_for(account, LATER).powers


def test_a_post_is_not_handed_to_its_own_holder_nor_before_it_began(town: Town) -> None:
    post, account = town.holder("community_secretary", "community")
    assert account.person is not None
    with pytest.raises(Invalid) as refusal:
        hand_over_post(post.pk, account.person, on=LATER, actor=BUILDER, at=AT)
    assert refusal.value.field == "person"
    with pytest.raises(Invalid) as refusal:
        hand_over_post(post.pk, register(), on=ON - timedelta(days=1), actor=BUILDER, at=AT)
    assert refusal.value.field == "on"


def test_a_failed_hand_over_registers_nobody(town: Town) -> None:
    post, _account = town.holder("community_secretary", "community")
    with pytest.raises(Invalid):
        hand_over_to_newcomer(post.pk, name="王芳", on=date(2020, 1, 1), actor=BUILDER, at=AT)
    with pytest.raises(Invalid) as refusal:
        hand_over_to_newcomer(post.pk, name="", on=LATER, actor=BUILDER, at=AT)
    assert refusal.value.code == "nameless"
    assert Holding.objects.filter(post=post, to_on=None).count() == 1
    hand_over_to_newcomer(post.pk, name="王芳", phone="13900000000", on=LATER, actor=BUILDER, at=AT)
    assert [person.name for person in candidates_for(post)] == [f"持岗人{post.pk}"]


def test_a_held_post_is_not_abolished(town: Town) -> None:
    post, _account = town.holder("community_worker", "community")
    with pytest.raises(NotAllowed):
        abolish_post(post.pk, on=LATER, actor=BUILDER, at=AT)
    end_holding(post.pk, on=LATER, actor=BUILDER, at=AT)
    abolish_post(post.pk, on=LATER, actor=BUILDER, at=AT)
    with pytest.raises(NotAllowed):
        appoint(post.pk, register(), on=LATER, actor=BUILDER, at=AT)


def test_a_post_needs_a_kind_from_the_playbook_and_a_home(town: Town) -> None:
    for given, field in (
        ({"kind": "king"}, "kind"),
        ({"organization": None}, "organization"),
        ({"title": ""}, "title"),
    ):
        values = {
            "kind": "grid_worker",
            "title": "网格员",
            "organization": town.offices["community"],
            **given,
        }
        with pytest.raises(Invalid) as refusal:
            create_post(**values, actor=BUILDER, at=AT)  # type: ignore[arg-type]
        assert refusal.value.field == field
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(kind="grid_worker", title="无家可归")


def test_a_street_fills_its_own_posts_and_no_other(town: Town) -> None:
    leader = town.viewer("street_leader", "street")
    here, there = town.post("community_worker", "community"), town.post("street_officer", "other_street")
    assert [post.pk for post in vacancies(leader, on=ON)] == [here.pk]
    assert vacancies(NOBODY, on=ON) == []
    assert post_for(leader, here.pk) == here
    with pytest.raises(Missing):
        post_for(leader, there.pk)
    with pytest.raises(Denied):
        appoint(there.pk, register(), on=ON, actor=leader, at=AT)
    appoint(here.pk, register(), on=ON, actor=leader, at=AT)
    assert vacancies(leader, on=ON) == []


def test_vacancies_go_on_by_key(town: Town) -> None:
    posts = [town.post("grid_worker", "community").pk for _number in range(3)]
    first = vacancies(BUILDER, on=ON, limit=2)
    assert [post.pk for post in [*first, *vacancies(BUILDER, on=ON, after=first[-1].pk)]] == posts


def test_the_duty_board_reads_from_the_nearest_up(
    town: Town, django_assert_num_queries: object, django_assert_max_num_queries: object
) -> None:
    town.holder("building_head", None, place="building")
    town.holder("community_secretary", "community")
    town.holder("street_leader", "street")
    town.holder("district_leader", "district", paired=("street", "other_street"))
    town.holder("department_head", "department")
    town.holder("street_leader", "other_street")
    vacant = town.post("grid_worker", "community")
    with django_assert_max_num_queries(2):  # type: ignore[operator]
        lines = posts_on(town.places["building"], ON)
    assert [line.title.split()[0] for line in lines] == [
        "building_head",
        "community_secretary",
        "grid_worker",
        "street_leader",
        "district_leader",
    ]
    by_post = {line.post_id: line for line in lines}
    assert by_post[vacant.pk].holder == ""
    assert lines[0].holder.startswith("持岗人")
    assert lines[1].phone == "023-58000000"


def test_a_community_lists_what_stands_inside_it(town: Town) -> None:
    head = town.post("building_head", None, place="building")
    worker = town.post("grid_worker", "community")
    town.post("street_officer", "street")
    assert [line.post_id for line in posts_of(town.offices["community"])] == [head.pk, worker.pk]


def test_holders_of_an_office_are_found_for_notices(town: Town) -> None:
    post, account = town.holder("department_handler", "department")
    town.holder("street_officer", "street")
    found = holders_in([town.offices["department"].pk], ON)
    assert [(held.post_id, held.person_id) for held in found] == [(post.pk, account.person_id)]
