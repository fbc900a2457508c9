from datetime import date

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from yuanba.kernel.authority import NOBODY
from yuanba.kernel.errors import Missing
from yuanba.places import queries
from yuanba.places.actions import add_place, recode_place, retire_place
from yuanba.places.kinds import PlaceKind
from yuanba.places.models import Place
from yuanba.places.tests.conftest import AT, IMPORTER, Town, keeper_of


def test_a_full_name_runs_from_the_street_down(town: Town) -> None:
    assert queries.full_name(town.unit) == "沙河街道 玉城社区 玉城家园 2栋 1单元"
    assert queries.full_name(town.street) == "沙河街道"
    assert queries.full_name(town.district) == "万州区"


def test_many_full_names_take_one_query(town: Town) -> None:
    places = [town.first, town.second, town.unit]
    with CaptureQueriesContext(
        connection,
    ) as captured:
        names = queries.full_names(places)
    assert len(captured) == 1
    assert set(names) == {place.pk for place in places}


def test_children_come_in_pages_by_key(town: Town) -> None:
    for number in range(3, 9):
        add_place(town.estate, PlaceKind.BUILDING, f"{number}栋", actor=IMPORTER, at=AT)
    retire_place(town.first, on=date(2026, 3, 1), actor=IMPORTER, at=AT)
    names, after, pages = [], "", 0
    while True:
        page = queries.children(town.estate, kind="building", after=after, limit=3)
        names += [place.name for place in page.places]
        pages += 1
        if not (after := page.after):
            break
    assert names == [f"{number}栋" for number in range(2, 9)]
    assert pages == 3
    assert queries.children(town.estate, retired=True).places[0].name == "1栋"
    assert queries.children(town.estate, kind="area").places == ()


def test_a_subtree_holds_the_place_and_all_below_it_and_nothing_else(town: Town) -> None:
    below = Place.objects.filter(queries.subtree(town.estate.path))
    assert set(below) == {town.estate, town.first, town.second, town.unit}
    assert Place.objects.filter(queries.subtree("")).count() == Place.objects.count()
    assert queries.ancestors(town.estate) == [town.district, town.street, town.community, town.estate]


def test_a_door_code_is_found_as_people_type_it(town: Town) -> None:
    code = town.first.door_code
    typed = f" {code[:5].lower()}-{code[5:]}".replace("0", "o").replace("1", "l")
    assert queries.by_door_code(typed) == town.first


@pytest.mark.parametrize("text", ["", "0000000000", "ABC", "'; --", "０" * 10, "A" * 5000])
def test_a_wrong_door_code_finds_nothing(town: Town, text: str) -> None:
    with pytest.raises(Missing):
        queries.by_door_code(text)


def test_the_sign_on_a_replaced_building_leads_to_its_successor(town: Town) -> None:
    retire_place(town.first, on=date(2026, 3, 1), replaced_by=town.second, actor=IMPORTER, at=AT)
    assert queries.by_door_code(town.first.door_code) == town.second
    retire_place(town.unit, on=date(2026, 3, 1), actor=IMPORTER, at=AT)
    retire_place(town.second, on=date(2026, 3, 1), actor=IMPORTER, at=AT)
    with pytest.raises(Missing):
        queries.by_door_code(town.first.door_code)


def test_a_former_code_still_finds_its_place(town: Town) -> None:
    recode_place(town.community, "500101009008", from_on=date(2026, 7, 1), actor=IMPORTER, at=AT)
    for code in ("500101009008", "500101009003"):
        assert queries.by_code(code) == town.community
    assert queries.by_code("500101009") == town.street
    for wrong in ("500101009099", "", "not a code", "1e11"):
        with pytest.raises(Missing):
            queries.by_code(wrong)


@pytest.mark.parametrize(
    ("search", "index"),
    [
        (queries.HAS_CODE & Q(code__in=["500101009003", "500101009008"]), "place_one_per_code"),
        (queries.HAS_DOOR & Q(door_code="0123456789"), "place_one_per_door_code"),
        (queries.subtree("00010002"), "place_one_per_path"),
        (Q(name="玉城家园"), "place_by_name"),
        (Q(lat__gte=30.7, lat__lte=30.9, lon__gte=108, lon__lte=109), "place_by_coordinates"),
    ],
)
def test_searches_go_by_their_index(town: Town, search: Q, index: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Place.objects.filter(search).order_by().explain()
    # SQLite gives an index of its own making to a constraint without a condition.
    assert index in plan or "sqlite_autoindex_places_place" in plan


def test_a_place_outside_the_territory_looks_like_no_place(town: Town) -> None:
    keeper = keeper_of(town.community)
    assert queries.place_for(keeper, town.first.pk, "manage_places") == town.first
    for viewer, pk in ((keeper, town.street.pk), (keeper, 10**9), (NOBODY, town.first.pk)):
        with pytest.raises(Missing, match="no such place"):
            queries.place_for(viewer, pk, "manage_places")
