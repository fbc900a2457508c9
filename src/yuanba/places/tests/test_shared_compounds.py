"""Real compounds with Baidu coordinates against real county outlines in WGS-84."""

import csv
import json

import pytest

from yuanba.places.actions import add_place
from yuanba.places.datum import Datum, Point, to_wgs84
from yuanba.places.importing import import_places
from yuanba.places.models import Place
from yuanba.places.tests.conftest import AT, IMPORTER
from yuanba.places.tests.test_import_communities import SHARED, balance

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the folder of shared real data is not here"),
]


def inside(point: Point, ring: list[list[float]]) -> bool:
    """Ray casting."""
    within = False
    for (lon, lat), (next_lon, next_lat) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (lat > point.lat) != (next_lat > point.lat):
            crossing = (next_lon - lon) * (point.lat - lat) / (next_lat - lat) + lon
            within ^= point.lon < crossing
    return within


def test_converted_compounds_lie_in_their_district_more_often_than_raw_ones() -> None:
    outlines = json.loads((SHARED / "outlines_amap_converted.geojson").read_text(encoding="utf-8"))[
        "features"
    ]
    ring = next(
        one["geometry"]["coordinates"][0]
        for one in outlines
        if one["properties"]["district_name"] == "麒麟区"
    )
    with (SHARED / "compounds_bd09.csv").open(encoding="utf-8") as file:
        rows = [
            row for row in csv.DictReader(file) if row["district_chain"].startswith("麒麟") and row["lon_raw"]
        ]
    inside_by = {
        datum: sum(
            inside(to_wgs84(float(row["lon_raw"]), float(row["lat_raw"]), datum), ring) for row in rows
        )
        for datum in Datum
    }
    assert max(inside_by, key=lambda datum: inside_by[datum]) == Datum.BD09
    assert inside_by[Datum.BD09] > 0.92 * len(rows)


@pytest.mark.usefixtures("register")
def test_a_scraped_list_of_compounds_comes_in_with_every_row_accounted_for() -> None:
    district = add_place(None, "city", "重庆与曲靖", actor=IMPORTER, at=AT)
    street = add_place(district, "street", "待归位", actor=IMPORTER, at=AT)
    told = {"city": "", "lon": "lon_raw", "lat": "lat_raw"}
    file = SHARED / "compounds_bd09.csv"
    report = import_places(file, actor=IMPORTER, at=AT, within=street, mapping=told, datum=Datum.BD09)
    created, known, changed, rejected = balance(report)
    assert report.rows == 8647
    assert created == Place.objects.filter(kind="estate", retired_on=None).count() > 7000
    assert changed == 0
    assert {line.column for line in report.rejected} <= {"name", "lon_raw", "lat_raw", "households"}
    again = import_places(file, actor=IMPORTER, at=AT, within=street, mapping=told, datum=Datum.BD09)
    assert again.created == 0
    assert (again.known + again.changed, len(again.rejected)) == (created + known, rejected)
