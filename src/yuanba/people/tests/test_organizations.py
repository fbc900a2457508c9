import pytest
from django.db import IntegrityError, transaction

from yuanba.kernel.authority import NOBODY
from yuanba.kernel.errors import Denied, Invalid, NotAllowed
from yuanba.people.actions import add_organization, before_closing, close_organization
from yuanba.people.actions import organizations as closing
from yuanba.people.models import Organization
from yuanba.people.queries import organizations_under
from yuanba.people.tests.conftest import AT, BUILDER, ON, Town

pytestmark = pytest.mark.django_db


def add(town: Town, **given: object) -> Organization:
    values = {"code": "t-new", "name": "新机构", "kind": "resident_unit", "parent": town.offices["community"]}
    return add_organization(**{**values, **given}, actor=BUILDER, at=AT)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"code": "Has Space"}, "code"),
        ({"code": "t-street"}, "code"),
        ({"kind": "guild"}, "kind"),
        ({"name": " "}, "name"),
        ({"kind": "street"}, "place"),
        ({"kind": "party"}, "place"),
    ],
)
def test_a_wrong_organization_is_refused_by_field(town: Town, given: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        add(town, **given)
    assert refusal.value.field == field


def test_a_place_has_one_street_office(town: Town) -> None:
    with pytest.raises(Invalid) as refusal:
        add(town, kind="street", parent=town.offices["district"], place=town.places["street"])
    assert refusal.value.code == "second_of_kind"


def test_the_database_itself_refuses_a_second_office(town: Town) -> None:
    other = town.offices["other_street"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Organization.objects.filter(pk=other.pk).update(place=town.places["street"])


def test_an_organization_stands_inside_the_place_of_the_one_above(town: Town) -> None:
    with pytest.raises(Invalid) as refusal:
        add(town, place=town.places["other_street"])
    assert refusal.value.code == "outside"


def test_the_party_follows_the_territory_in_five_levels(town: Town) -> None:
    above: Organization | None = None
    for level in ("district", "street", "community", "building"):
        above = add(town, code=f"t-party-{level}", kind="party", parent=above, place=town.places[level])
    assert above is not None
    assert above.path.count("") - 1 == 4 * 4
    assert above.parent == Organization.objects.get(code="t-party-community")


def test_only_who_manages_people_here_founds_organizations(town: Town) -> None:
    leader = town.viewer("street_leader", "street")
    made = add_organization(
        code="t-team",
        name="志愿队",
        kind="volunteer_team",
        parent=town.offices["community"],
        actor=leader,
        at=AT,
    )
    assert made.parent == town.offices["community"]
    for actor in (NOBODY, leader):
        with pytest.raises(Denied):
            add_organization(
                code="t-far",
                name="别处",
                kind="volunteer_team",
                parent=town.offices["other_street"],
                actor=actor,
                at=AT,
            )


def test_an_office_closes_only_when_nothing_hangs_on_it(town: Town) -> None:
    with pytest.raises(NotAllowed) as refusal:
        close_organization(town.offices["street"].pk, on=ON, actor=BUILDER, at=AT)
    assert refusal.value.code == "has_children"
    town.post("community_worker", "community")
    with pytest.raises(NotAllowed) as refusal:
        close_organization(town.offices["community"].pk, on=ON, actor=BUILDER, at=AT)
    assert refusal.value.code == "has_posts"
    assert close_organization(town.offices["department"].pk, on=ON, actor=BUILDER, at=AT).closed_on == ON
    with pytest.raises(NotAllowed):
        close_organization(town.offices["department"].pk, on=ON, actor=BUILDER, at=AT)


def test_packages_above_can_stop_a_closing(town: Town) -> None:
    @before_closing
    def owns_something(_organization: Organization) -> None:
        raise NotAllowed("still owns matters", code="owns_matters")

    try:
        with pytest.raises(NotAllowed) as refusal:
            close_organization(town.offices["department"].pk, on=ON, actor=BUILDER, at=AT)
    finally:
        closing._guards.remove(owns_something)
    assert refusal.value.code == "owns_matters"


def test_a_list_of_offices_goes_on_by_path(town: Town) -> None:
    everything = list(organizations_under(town.offices["district"]))
    first = list(organizations_under(town.offices["district"], limit=2))
    rest = list(organizations_under(town.offices["district"], after=first[-1].path))
    assert [*first, *rest] == everything
    assert town.offices["community"] in everything
    assert list(organizations_under(town.offices["street"], kind="community")) == [town.offices["community"]]
