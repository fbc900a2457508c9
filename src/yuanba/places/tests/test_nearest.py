import pytest

from yuanba.demo.cast import Cast
from yuanba.places.models import Place
from yuanba.places.nearest import nearest_place, some_have_coordinates


def _put(place: Place, lon: float, lat: float) -> None:
    Place.objects.filter(pk=place.pk).update(lon=lon, lat=lat)


def test_the_nearest_place_with_coordinates_wins(cast: Cast) -> None:
    _put(cast.places["yucheng"], 108.40, 30.80)
    _put(cast.places["square"], 108.45, 30.80)
    assert nearest_place(108.41, 30.80) == cast.places["yucheng"]
    assert nearest_place(108.44, 30.80) == cast.places["square"]


def test_of_places_on_one_spot_the_innermost_wins(cast: Cast) -> None:
    for name in ("yucheng", "yucheng_estate", "building_3"):
        _put(cast.places[name], 108.40, 30.80)
    assert nearest_place(108.4001, 30.8001) == cast.places["building_3"]


def test_degrees_of_longitude_are_shorter_up_here(cast: Cast) -> None:
    """At 30.8 degrees north 0.010 of longitude is as far as 0.0086 of latitude."""
    _put(cast.places["yucheng"], 108.410, 30.800)
    _put(cast.places["square"], 108.400, 30.809)
    assert nearest_place(108.400, 30.800) == cast.places["yucheng"]
    _put(cast.places["square"], 108.400, 30.808)
    assert nearest_place(108.400, 30.800) == cast.places["square"]


def test_far_away_there_is_nothing(cast: Cast) -> None:
    _put(cast.places["square"], 108.45, 30.80)
    assert nearest_place(110.0, 30.80) is None
    assert nearest_place(0.0, 90.0) is None


def test_without_any_coordinates_no_point_tells_where_it_is(cast: Cast) -> None:
    Place.objects.update(lon=None, lat=None)
    assert not some_have_coordinates()
    assert nearest_place(108.4, 30.8) is None
    assert nearest_place(116.4, 39.9) is None


@pytest.mark.parametrize("change", [{"retired_on": "2026-03-03"}, {"kind": "household"}])
def test_what_is_gone_or_private_is_never_found(cast: Cast, change: dict[str, str]) -> None:
    _put(cast.places["square"], 108.45, 30.80)
    if "kind" in change:
        Place.objects.filter(pk=cast.places["square"].pk).update(
            parent=cast.places["building_3"], kind="household"
        )
    else:
        Place.objects.filter(pk=cast.places["square"].pk).update(**change)
    assert nearest_place(108.45, 30.80) is None
