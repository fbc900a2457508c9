from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yuanba.kernel.authority import Power
from yuanba.kernel.errors import Denied, Invalid
from yuanba.people.actions import create_api_key, disable_account, end_holding, revoke_api_key
from yuanba.people.models import ApiKey, Organization
from yuanba.people.queries import viewer_for, viewer_for_key
from yuanba.people.scopes import SCOPES, powers_of
from yuanba.people.tests.conftest import AT, BUILDER, ON, Town, account_for, register

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class _About:
    """A row of a list, as a scope asks for it."""

    place_path: str
    accused_path: str = ""
    owner_id: int = 0


def test_powers_come_from_the_playbook_and_reach_where_the_post_stands(town: Town) -> None:
    viewer = town.viewer("community_secretary", "community")
    own, inside = town.offices["community"].pk, town.places["building"].path
    assert viewer.scope(Power.ANSWER).organizations == {own}
    assert viewer.scope(Power.SEE).covers_place(inside)
    assert not viewer.scope(Power.SEE).covers_place(town.places["other_street"].path)
    assert not viewer.scope(Power.ARBITRATE).covers_place(inside)


def test_a_department_sees_its_own_and_no_place(town: Town) -> None:
    scope = town.viewer("department_handler", "department").scope(Power.SEE)
    assert not scope.territories
    assert not scope.everywhere
    assert scope.organizations == {town.offices["department"].pk}


def test_a_leader_reaches_the_paired_streets_only(town: Town) -> None:
    scope = town.viewer("district_leader", "district", paired=("street", "other_street")).scope(
        Power.SUPERVISE
    )
    assert {territory.place_id for territory in scope.territories} == {
        town.places["street"].pk,
        town.places["other_street"].pk,
    }
    assert not scope.covers_place(town.places["district"].path)


def test_the_centre_reaches_the_whole_district(town: Town) -> None:
    assert town.viewer("centre_clerk", "district").scope(Power.DISPATCH).everywhere


def test_the_actor_names_the_post_without_personal_data(town: Town) -> None:
    post, account = town.holder("community_worker", "community")
    assert viewer_for(account).actor == f"post:{post.pk}/person:{account.person_id}"
    assert viewer_for(account_for(register())).actor.startswith("account:")


def test_a_viewer_takes_two_queries_however_many_posts(town: Town) -> None:
    _post, account = town.holder("district_leader", "district", paired=("street", "other_street"))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        viewer_for(account)
    assert len(queries) <= 2


@pytest.mark.parametrize(
    ("kind", "place"), [("community_secretary", "community"), ("building_head", "building")]
)
def test_a_post_of_a_place_alone_is_barred_with_the_offices_that_stand_for_it(
    town: Town, kind: str, place: str
) -> None:
    viewer = town.viewer(kind, None, place=place)
    inside = town.places["building"].path
    assert viewer.may(Power.SEE, _About(inside))
    barred = {
        name
        for name, office in town.offices.items()
        if not viewer.may(Power.SEE, _About(inside, office.path))
    }
    assert barred == {"community", "street", "district"}
    assert viewer.works_for(town.offices["community"].path)
    assert not viewer.works_for(town.offices["department"].path)


def test_an_ended_holding_gives_nothing_from_its_day_on(town: Town) -> None:
    post, account = town.holder("community_worker", "community")
    end_holding(post.pk, on=ON, actor=BUILDER, at=AT)
    assert not viewer_for(account).powers


def test_a_holding_to_come_gives_nothing_yet(town: Town) -> None:
    _post, account = town.holder("community_worker", "community")
    assert not viewer_for(account, ON - timedelta(days=1)).powers
    assert viewer_for(account, ON).powers


def test_a_disabled_account_is_nobody(town: Town) -> None:
    _post, account = town.holder("community_worker", "community")
    disabled = disable_account(account.pk, actor=BUILDER, at=AT)
    assert viewer_for(disabled).powers == frozenset()


def test_a_kind_that_left_the_playbook_gives_nothing(town: Town) -> None:
    post, account = town.holder("community_worker", "community")
    post.kind = "abolished_kind"
    post.save(update_fields=["kind"])
    assert viewer_for(account).powers == frozenset()
    assert viewer_for(account).holdings


def test_operators_keep_the_house_and_see_no_matter() -> None:
    powers = viewer_for(account_for(None, is_staff=True)).powers
    assert powers == {Power.OPERATE}


def test_a_key_opens_with_one_query_and_by_its_scopes_only() -> None:
    _key, raw = create_api_key(label="热线", scopes=["report", "read"], actor=BUILDER, at=AT)
    viewer_for_key(raw)
    with CaptureQueriesContext(connection) as queries:
        access = viewer_for_key(raw)
    assert access is not None
    assert len(queries) == 1
    viewer, scopes = access
    assert scopes == {"report", "read"}
    assert viewer.powers == powers_of(["report", "read"])
    assert viewer.scope(Power.SEE).everywhere


def test_the_secret_itself_is_stored_nowhere() -> None:
    key, raw = create_api_key(label="热线", scopes=["report"], actor=BUILDER, at=AT)
    row = ApiKey.objects.filter(pk=key.pk).values().get()
    assert raw.rpartition("_")[2] not in str(row)


def test_a_key_of_an_organization_stays_inside_it(town: Town) -> None:
    community: Organization = town.offices["community"]
    _key, raw = create_api_key(
        label="社区系统", scopes=["handle"], organization=community, actor=BUILDER, at=AT
    )
    access = viewer_for_key(raw)
    assert access is not None
    scope = access.viewer.scope(Power.HANDLE)
    assert not scope.everywhere
    assert scope.organizations == {community.pk}
    assert scope.covers_place(town.places["building"].path)
    assert not scope.covers_place(town.places["other_street"].path)


@pytest.mark.parametrize("damage", ["", "yb_", "yb_aaaaaaaa_x", "键", "x" * 500, "{raw}x", "{other}"])
def test_a_wrong_key_opens_nothing(damage: str) -> None:
    key, raw = create_api_key(label="热线", scopes=["report"], actor=BUILDER, at=AT)
    other = f"yb_{key.prefix}_" + "A" * 43
    assert viewer_for_key(damage.format(raw=raw, other=other)) is None


def test_a_revoked_key_opens_nothing() -> None:
    key, raw = create_api_key(label="热线", scopes=["report"], actor=BUILDER, at=AT)
    revoke_api_key(key.pk, actor=BUILDER, at=AT)
    assert viewer_for_key(raw) is None


def test_keys_are_made_by_operators_from_known_scopes(town: Town) -> None:
    for scopes in ([], ["everything"]):
        with pytest.raises(Invalid) as refusal:
            create_api_key(label="x", scopes=scopes, actor=BUILDER, at=AT)
        assert refusal.value.field == "scopes"
    with pytest.raises(Denied):
        create_api_key(label="x", scopes=["read"], actor=town.viewer("street_leader", "street"), at=AT)


def test_no_scope_reveals_who_asked() -> None:
    for powers in SCOPES.values():
        assert not powers & {Power.UNMASK, Power.SEE_REQUESTER}
