import pytest
from django.db import connection

from yuanba.places.auditing import faults
from yuanba.places.tests.conftest import Town


def found(town: Town) -> dict[int, list[str]]:
    ours = {place.pk for place in vars(town).values()}
    told: dict[int, list[str]] = {}
    for fault in faults():
        if fault.place_id in ours:
            told.setdefault(fault.place_id, []).append(fault.why)
    return told


def test_a_sound_tree_has_no_faults(town: Town) -> None:
    assert found(town) == {}


@pytest.mark.parametrize(
    "change",
    [
        "path = '0zzz00010002'",
        "path = path || '0001'",
        "kind = 'district'",
        "street_id = NULL",
        "community_id = street_id",
        "parent_id = street_id",
    ],
)
def test_each_way_to_break_the_tree_is_found(town: Town, change: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE places_place SET {change} WHERE id = %s", [town.second.pk])
    assert town.second.pk in found(town)


def test_a_number_that_would_be_given_twice_is_found(town: Town) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE places_place SET child_count = 1 WHERE id = %s", [town.estate.pk])
    assert list(found(town)) == [town.second.pk]


def test_a_code_of_elsewhere_is_found(town: Town) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE places_place SET code = '500102009003' WHERE id = %s", [town.community.pk])
    assert list(found(town)) == [town.community.pk]
