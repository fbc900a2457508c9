"""The database itself refuses a broken tree, whoever writes."""

import pytest
from django.db import IntegrityError, connection, transaction

from yuanba.places.models import Place
from yuanba.places.tests.conftest import Town


@pytest.mark.parametrize(
    "change",
    [
        "path = (SELECT other.path FROM places_place other WHERE other.name = '1栋')",
        "path = '0000'",
        "path = 'ABCD0000'",
        "parent_id = NULL",
        "code = '500101009003'",
        "code = '50010100900X'",
        "door_code = (SELECT other.door_code FROM places_place other WHERE other.name = '1栋')",
        "door_code = 'ILOU000000'",
        "name = '1栋'",
        "name = ''",
        "kind = 'castle'",
        "kind = 'street'",
        "kind = 'community'",
        "lon = 108.4",
        "lon = 181, lat = 30",
        "lon = 108.4, lat = -91",
        "households_count = -1",
        "replaced_by_id = (SELECT other.id FROM places_place other WHERE other.name = '1栋')",
    ],
)
def test_a_broken_row_is_refused(town: Town, change: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE places_place SET {change} WHERE id = %s", [town.second.pk])


def test_the_tree_has_one_row_about_itself(town: Town) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO places_placetree (id, root_count, revision) VALUES (2, 0, 0)")


def test_a_place_with_others_inside_cannot_be_deleted(town: Town) -> None:
    with pytest.raises(IntegrityError):
        Place.objects.filter(pk=town.estate.pk).delete()
