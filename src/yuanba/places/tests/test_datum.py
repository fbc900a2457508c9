import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanba.places.datum import (
    Datum,
    Point,
    bd09_from_gcj02,
    from_wgs84,
    gcj02_from_wgs84,
    outside_china,
    to_wgs84,
)

# A degree inside the rectangle, so that the offset itself does not carry a point over its edge.
CHINA = st.tuples(st.floats(73.1, 136.8), st.floats(1.9, 54.8))
ABROAD = st.one_of(
    st.tuples(st.floats(-180, 72), st.floats(-90, 90)),
    st.tuples(st.floats(138, 180), st.floats(-90, 90)),
    st.tuples(st.floats(-180, 180), st.floats(-90, 0.8)),
    st.tuples(st.floats(-180, 180), st.floats(55.9, 90)),
)


@given(CHINA, st.sampled_from(Datum))
def test_a_point_comes_back_from_every_datum(point: tuple[float, float], datum: Datum) -> None:
    back = to_wgs84(*from_wgs84(*point, datum), datum)
    assert back == pytest.approx(point, abs=1e-8)


@given(CHINA)
def test_the_offset_is_some_hundred_metres(point: tuple[float, float]) -> None:
    moved = gcj02_from_wgs84(*point)
    assert max(abs(moved.lon - point[0]), abs(moved.lat - point[1])) < 0.02
    assert moved != Point(*point)


@given(ABROAD, st.sampled_from(Datum))
def test_points_abroad_stay_where_they_are(point: tuple[float, float], datum: Datum) -> None:
    assert outside_china(*point)
    assert from_wgs84(*point, datum) == Point(*point)
    assert to_wgs84(*point, datum) == Point(*point)


def test_the_published_reference_points_agree() -> None:
    assert gcj02_from_wgs84(116.404, 39.915) == pytest.approx(
        (116.41024449916938, 39.91640428150164), abs=1e-10
    )
    assert bd09_from_gcj02(116.404, 39.915) == pytest.approx(
        (116.41036949371029, 39.92133699351021), abs=1e-10
    )
