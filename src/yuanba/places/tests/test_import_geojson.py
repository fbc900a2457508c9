from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanba.kernel.sheets import UnreadableFile
from yuanba.places.datum import Datum, from_wgs84
from yuanba.places.importing import import_places
from yuanba.places.importing.branches import RowProblem
from yuanba.places.importing.geometry import middle
from yuanba.places.models import Place
from yuanba.places.queries import full_name
from yuanba.places.tests.conftest import AT, IMPORTER, Town
from yuanba.places.tests.files import feature, write_geojson
from yuanba.places.tests.test_import_communities import balance

SHARED = Path(__file__).parents[5] / "shared" / "data" / "places"
SQUARE = {"type": "Polygon", "coordinates": [[[108, 30], [109, 30], [109, 31], [108, 31], [108, 30]]]}
POINT = {"type": "Point", "coordinates": [108.4, 30.8]}


def test_features_become_places_of_their_kind(town: Town, tmp_path: Path) -> None:
    file = write_geojson(
        tmp_path / "places.geojson",
        feature(SQUARE, name="滨江苑", kind="estate", parent="玉城社区", households=300),
        feature(POINT, name="3号楼", kind="楼栋", parent="滨江苑"),
        feature(None, name="枇杷坪广场", kind="area", parent_code="500101009003"),
        feature(POINT, community="玉城社区", estate="玉城家园", building="7"),
    )
    dry = import_places(file, actor=IMPORTER, at=AT, dry_run=True)
    report = import_places(file, actor=IMPORTER, at=AT)
    assert balance(report) == balance(dry) == (4, 0, 0, 0)
    inside = Place.objects.filter(community=town.community)
    estate = inside.get(name="滨江苑")
    assert (estate.lon, estate.lat, estate.households_count) == (108.5, 30.5, 300)
    assert full_name(inside.get(name="3号楼")) == "沙河街道 玉城社区 滨江苑 3号楼"
    assert inside.get(name="枇杷坪广场").parent == town.community
    assert full_name(inside.get(name="7栋")) == "沙河街道 玉城社区 玉城家园 7栋"
    assert balance(import_places(file, actor=IMPORTER, at=AT)) == (0, 4, 0, 0)


def test_geojson_in_another_datum_is_converted(town: Town, tmp_path: Path) -> None:
    lon, lat = from_wgs84(108.4, 30.8, Datum.GCJ02)
    shape = {"type": "Point", "coordinates": [lon, lat]}
    file = write_geojson(tmp_path / "p.json", feature(shape, name="甲苑", parent="玉城社区"))
    import_places(file, actor=IMPORTER, at=AT, datum=Datum.GCJ02)
    place = Place.objects.get(name="甲苑")
    assert (place.lon, place.lat) == pytest.approx((108.4, 30.8), abs=1e-7)


def test_a_projected_file_is_refused(tmp_path: Path, register: None) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    file = write_geojson(tmp_path / "p.json", feature(POINT, name="甲苑"), crs=crs)
    with pytest.raises(UnreadableFile, match="EPSG:4326"):
        import_places(file, actor=IMPORTER, at=AT)


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        ("no feature", "type"),
        ({"type": "Feature", "properties": None}, "properties"),
        (feature(POINT), "properties"),
        (feature(POINT, name={"a": 1}), "name"),
        (feature(POINT, name="x", kind="castle"), "kind"),
        (feature(POINT, name="x", parent_code="12"), "parent_code"),
        (feature({"type": "Circle"}, name="x"), "geometry"),
        (feature({"type": "Point", "coordinates": [1e9, 3]}, name="x"), "geometry"),
        (feature({"type": "Point", "coordinates": "108,30"}, name="x"), "geometry"),
        (feature({"type": "Polygon", "coordinates": [[[None, None]]]}, name="x"), "geometry"),
    ],
)
def test_a_wrong_feature_is_rejected_by_its_number(
    town: Town, tmp_path: Path, wrong: Any, column: str
) -> None:
    file = write_geojson(tmp_path / "p.json", feature(POINT, name="甲苑", parent="玉城社区"), wrong)
    report = import_places(file, actor=IMPORTER, at=AT)
    assert balance(report) == (1, 0, 0, 1)
    assert (report.rejected[0].row, report.rejected[0].column) == (2, column)


def test_the_middle_of_every_geometry_is_found() -> None:
    line = {"type": "LineString", "coordinates": [[108, 30], [109, 31]]}
    two = {
        "type": "MultiPolygon",
        "coordinates": [[ring[::-1] for ring in SQUARE["coordinates"]], SQUARE["coordinates"]],
    }
    assert middle(line) == middle(SQUARE) == middle(two) == (108.5, 30.5)
    assert middle({"type": "Polygon", "coordinates": [[[108, 30], [108, 30]]]}) == (108, 30)
    assert middle({"type": "MultiPoint", "coordinates": []}) is None


JSON = st.recursive(st.none() | st.floats() | st.text(max_size=3), lambda inner: st.lists(inner, max_size=3))


@given(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["Point", "Polygon", "MultiPolygon", "x"]), "coordinates": JSON}
    )
)
def test_any_geometry_has_a_middle_or_a_reason(geometry: Any) -> None:
    try:
        point = middle(geometry)
    except RowProblem:
        return
    assert point is None or (-180 <= point.lon <= 180 and -90 <= point.lat <= 90)


@pytest.mark.usefixtures("register")
@pytest.mark.shared_data
@pytest.mark.skipif(not SHARED.is_dir(), reason="the folder of shared real data is not here")
def test_two_publishers_outlines_give_nearly_the_same_middle() -> None:
    middles: dict[str, list[Any]] = {}
    for name in ("outlines_wgs84", "outlines_amap_converted"):
        file = SHARED / f"{name}.geojson"
        told = {"district": "district_name", "district_code": "district_adcode", "province": "", "city": ""}
        report = import_places(file, actor=IMPORTER, at=AT, mapping=told)
        assert report.balanced
        assert not report.rejected
        for place in Place.objects.filter(kind="district", retired_on=None):
            middles.setdefault(place.name, []).append((place.lon, place.lat))
    assert len(middles) == 6
    for first, second in middles.values():
        assert first == pytest.approx(second, abs=0.01)
