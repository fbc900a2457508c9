"""What people write into a cell leads to the one place they mean, or to a reason why not."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yuanba.kernel.errors import Invalid
from yuanba.places.actions import add_alias, add_place, recode_place
from yuanba.places.models import Place
from yuanba.places.tests.conftest import AT, IMPORTER, Town
from yuanba.places.written import WrittenPlaces


def meant(text: str, within: str = "") -> Place | str:
    found = WrittenPlaces().find([(text, within)])[text, within]
    return found.message if isinstance(found, Invalid) else found


@pytest.mark.parametrize(
    "text",
    [
        "沙河街道/玉城社区/玉城家园/2栋",
        "沙河街道 玉城社区 玉城家园 2栋",
        "重庆市/万州区/沙河街道/玉城社区居委会/玉城家园/2号楼",
        "沙河街道＞玉城家园＞2#",
        "玉城家园/2",
        "玉城社区\\玉城家园\\第2幢",
        "老棉厂/2栋",
    ],
)
def test_the_way_down_may_be_written_in_many_ways(town: Town, text: str) -> None:
    add_alias(town.estate, "老棉厂", actor=IMPORTER, at=AT)
    assert meant(text) == town.second


def test_a_code_is_found_and_one_that_was_given_up_too(town: Town) -> None:
    assert meant("500101009003") == town.community
    assert meant("500101009") == town.street
    recode_place(town.community, "500101009004", from_on=AT.date(), actor=IMPORTER, at=AT)
    assert meant("500101009003") == town.community
    assert "No place here has the code" in str(meant("500102009003"))
    assert "begins with" in str(meant("990102009003"))


def test_a_name_is_looked_for_where_it_belongs(town: Town) -> None:
    other = add_place(town.community, "estate", "江南苑", actor=IMPORTER, at=AT)
    third = add_place(other, "building", "2栋", actor=IMPORTER, at=AT)
    assert "2 places here are called 2栋" in str(meant("玉城社区/2栋"))
    assert meant("2栋", other.path) == third
    assert "There is no place called 9栋 in 玉城家园" in str(meant("玉城家园/9栋"))


def test_the_nearest_name_is_offered(town: Town) -> None:
    assert "Did you mean “沙河街道”" in str(meant("砂河街道"))
    assert "No place is named" in str(meant("//"))


def test_many_cells_take_as_many_queries_as_one(town: Town) -> None:
    for number in range(3, 40):
        add_place(town.estate, "building", f"{number}栋", actor=IMPORTER, at=AT)
    counts = []
    for many in (1, 37):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            found = WrittenPlaces().find((f"玉城家园/{number + 3}栋", "") for number in range(many))
        assert all(isinstance(place, Place) for place in found.values())
        counts.append(len(queries))
    assert counts[0] == counts[1]
