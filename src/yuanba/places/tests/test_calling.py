import pytest

from yuanba.demo.cast import Cast
from yuanba.places.calling import places_called
from yuanba.places.models import PlaceAlias


def called(text: str) -> list[str]:
    return [place.name for place in places_called(text)]


def test_a_place_is_found_by_how_its_name_begins(cast: Cast) -> None:
    assert cast.places["yucheng"].name in called("玉城")
    assert called("玉城家")[0] == "玉城家园"


def test_what_is_inside_a_named_place_is_found_there(cast: Cast) -> None:
    assert places_called("玉城家园3栋") == [cast.places["building_3"]]
    assert places_called("玉城家园 3栋") == [cast.places["building_3"]]


def test_other_names_lead_to_the_place(cast: Cast) -> None:
    PlaceAlias.objects.create(place=cast.places["building_3"], name="红砖楼")
    assert places_called("红砖") == [cast.places["building_3"]]


@pytest.mark.parametrize("text", ["", " ", "玉", "没有的地方", "%", "玉%"])
def test_nothing_is_found_for_what_names_nothing(cast: Cast, text: str) -> None:
    assert places_called(text) == []
