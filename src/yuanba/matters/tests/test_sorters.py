"""Who sorts what is asked at a place: one rule, whether a request comes alone or in a file of thousands."""

import pytest

from yuanba.demo.cast import Cast
from yuanba.kernel.authority import system
from yuanba.kernel.errors import Invalid
from yuanba.matters.directory import Directory
from yuanba.matters.owners import first_owner
from yuanba.matters.tests.walking import START
from yuanba.people.actions import add_organization
from yuanba.people.models import Organization
from yuanba.places.models import Place

OPERATOR = system("operator")


def sorters() -> dict[str, str]:
    """The code of who sorts at each place, by both ways of asking, which must agree."""
    directory, found = Directory(), {}
    for place in Place.objects.order_by("path"):
        key = first_owner(place)
        assert directory.sorter(place.path).pk == key, place
        found[place.name] = Organization.objects.get(pk=key).code
    return found


def test_a_request_alone_and_one_in_a_file_go_to_the_same_office(cast: Cast) -> None:
    before = sorters()
    assert len(set(before.values())) > 3
    # A second centre, for a street: the nearer comes first, and before it whoever is of a nearer kind.
    district, street = cast.offices["district"], cast.places["zhonggulou"]
    new = {"kind": "centre", "parent": district, "actor": OPERATOR, "at": START}
    add_organization(code="near", name="片区中心", place=street, **new)  # type: ignore[arg-type]
    assert sorters() == before
    Organization.objects.filter(kind__in=["community", "street"]).update(closed_on=START.date())
    assert set(sorters().values()) == {"centre", "near"}
    assert sorters()[street.name] == "near"
    Organization.objects.filter(kind="centre").update(closed_on=START.date())
    assert set(sorters().values()) == {"district"}


def test_outside_the_reach_of_every_office_nobody_sorts(cast: Cast) -> None:
    Organization.objects.exclude(code="yucheng-community").update(closed_on=START.date())
    away = cast.places["longbao"]
    with pytest.raises(Invalid) as refused:
        first_owner(away)
    assert refused.value.code == "outside"
    with pytest.raises(Invalid):
        Directory().sorter(away.path)
