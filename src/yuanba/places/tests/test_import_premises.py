from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yuanba.kernel.sheets import UnknownColumn
from yuanba.kernel.sheets.tests.made import one_sheet, text_row
from yuanba.places.actions import add_alias, add_place, retire_place
from yuanba.places.datum import Datum, bd09_from_gcj02, from_wgs84, gcj02_from_wgs84
from yuanba.places.importing import ImportReport, import_places
from yuanba.places.models import Place
from yuanba.places.queries import full_name, subtree
from yuanba.places.tests.conftest import AT, IMPORTER, Town
from yuanba.places.tests.files import PREMISES, premises, write_csv, write_xlsx
from yuanba.places.tests.test_import_communities import balance

HERE = (108.4, 30.8)


def take(folder: Path, *rows: tuple[object, ...], dry_run: bool = False) -> ImportReport:
    file = write_xlsx(folder / "premises.xlsx", PREMISES, *rows)
    return import_places(file, actor=IMPORTER, at=AT, dry_run=dry_run, batch_rows=3)


def names_below(place: Place) -> list[str]:
    return [full_name(below) for below in Place.objects.filter(subtree(place.path)).order_by("path")]


def test_estates_buildings_units_and_rooms_come_out_of_one_sheet(town: Town, tmp_path: Path) -> None:
    rows = [
        premises("玉城社区", "滨江苑", 1, 1, 101, point=HERE, count=60),
        premises("玉城社区", "滨江苑", 1, 1, 102),
        premises("玉城社区", "滨江苑", 1, 2, 101),
        premises("玉城社区居委会", "滨江苑", 2),
    ]
    dry = take(tmp_path, *rows, dry_run=True)
    report = take(tmp_path, *rows)
    assert balance(report) == balance(dry) == (4, 0, 0, 0)
    assert report.places_added == dry.places_added == 8
    estate = Place.objects.get(name="滨江苑")
    assert names_below(estate) == [
        "沙河街道 玉城社区 滨江苑",
        "沙河街道 玉城社区 滨江苑 1栋",
        "沙河街道 玉城社区 滨江苑 1栋 1单元",
        "沙河街道 玉城社区 滨江苑 1栋 1单元 101",
        "沙河街道 玉城社区 滨江苑 1栋 1单元 102",
        "沙河街道 玉城社区 滨江苑 1栋 2单元",
        "沙河街道 玉城社区 滨江苑 1栋 2单元 101",
        "沙河街道 玉城社区 滨江苑 2栋",
    ]
    assert balance(take(tmp_path, *rows)) == (0, 4, 0, 0)


def test_a_rooms_coordinates_are_its_buildings_and_its_count_its_units(town: Town, tmp_path: Path) -> None:
    take(tmp_path, premises("玉城社区", "滨江苑", 1, 1, 101, point=HERE, count=12))
    building = Place.objects.get(name="1栋", parent__name="滨江苑")
    assert (building.lon, building.lat) == HERE
    assert Place.objects.get(parent=building).households_count == 12
    assert Place.objects.get(name="101").lon is None


def test_a_building_is_known_however_its_number_is_written(town: Town, tmp_path: Path) -> None:
    rows = [premises("玉城社区", "玉城家园", name) for name in ("1号楼", "1#", "01栋", 1, "第1幢")]
    report = take(tmp_path, *rows)
    assert balance(report) == (0, 5, 0, 0)
    assert Place.objects.filter(parent=town.estate).count() == 2


def test_a_later_file_fills_in_what_it_knows_more(town: Town, tmp_path: Path) -> None:
    report = take(
        tmp_path,
        premises("玉城社区", "玉城家园", point=HERE, count=615, unmanaged="是", alias="老棉厂、棉纺宿舍"),
    )
    assert balance(report) == (0, 0, 1, 0)
    assert {change.column for change in report.changes} == {"point", "households_count", "unmanaged", "alias"}
    estate = Place.objects.get(pk=town.estate.pk)
    assert (estate.lon, estate.lat, estate.households_count, estate.unmanaged) == (*HERE, 615, True)
    assert sorted(alias.name for alias in estate.aliases.all()) == ["棉纺宿舍", "老棉厂"]
    again = take(tmp_path, premises("玉城社区", "老棉厂", count=615))
    assert balance(again) == (0, 1, 0, 0)


def test_rows_that_contradict_each_other_are_not_both_taken(town: Town, tmp_path: Path) -> None:
    rows = [premises("玉城社区", "滨江苑", count=60), *[premises("玉城社区", "玉城家园")] * 3]
    rows += [premises("玉城社区", "滨江苑", count=60), premises("玉城社区", "滨江苑", count=61)]
    dry = take(tmp_path, *rows, dry_run=True)
    report = take(tmp_path, *rows)
    assert balance(report) == balance(dry) == (1, 4, 0, 1)
    assert "says otherwise" in report.rejected[0].reason
    assert Place.objects.get(name="滨江苑").households_count == 60


def test_an_estate_without_its_community_is_looked_for_below_the_place_told(
    town: Town, tmp_path: Path
) -> None:
    file = write_csv(tmp_path / "short.csv", ("小区", "楼栋"), ("玉城家园", "9栋"), ("新苑", "1栋"))
    nowhere = import_places(file, actor=IMPORTER, at=AT)
    assert balance(nowhere) == (1, 0, 0, 1)
    assert "lies in" in nowhere.rejected[0].reason
    report = import_places(file, actor=IMPORTER, at=AT, within=town.street)
    assert balance(report) == (1, 1, 0, 0)
    assert full_name(Place.objects.get(name="1栋", parent__name="新苑")) == "沙河街道 新苑 1栋"
    assert Place.objects.get(name="9栋").parent == town.estate


def test_a_name_that_several_communities_have_is_not_guessed(town: Town, tmp_path: Path) -> None:
    other = add_place(town.district, "street", "高笋塘街道", actor=IMPORTER, at=AT)
    add_place(other, "community", "玉城社区", actor=IMPORTER, at=AT)
    twin = add_place(town.street, "community", "玉城社区居民委员会", actor=IMPORTER, at=AT)
    rows = [("高笋塘街道", "玉城社区", "甲苑"), ("沙河街道", "玉城社区", "乙苑"), ("", "不存在社区", "丙苑")]
    file = write_csv(tmp_path / "streets.csv", ("街道", "社区", "小区"), *rows)
    report = import_places(file, actor=IMPORTER, at=AT)
    assert balance(report) == (1, 0, 0, 2)
    assert [line.column for line in report.rejected] == ["社区", "社区"]
    retire_place(twin, on=AT.date(), actor=IMPORTER, at=AT)
    assert balance(import_places(file, actor=IMPORTER, at=AT)) == (1, 1, 0, 1)


def test_a_community_is_found_by_its_other_name(town: Town, tmp_path: Path) -> None:
    add_alias(town.community, "老街社区", actor=IMPORTER, at=AT)
    assert balance(take(tmp_path, premises("老街社区", "玉城家园", 3))) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (premises("玉城社区", "甲苑", point=(108.4, "")), "纬度"),
        (premises("玉城社区", "甲苑", point=("东经", 30)), "经度"),
        (premises("玉城社区", "甲苑", point=(30.8, 108.4)), "纬度"),
        (premises("玉城社区", "甲苑", point=(0, 0)), "经度"),
        (premises("玉城社区", "甲苑", point=(181, 30)), "经度"),
        (premises("玉城社区", "甲苑", count="约六百"), "户数"),
        (premises("玉城社区", "甲苑", count=-4), "户数"),
        (premises("玉城社区", "甲苑", unmanaged="也许"), "三无"),
        (premises("玉城社区", "", "", "", 101, alias="x" * 200), "别名"),
        (premises("玉城社区", "", "", 3), "单元"),
        (premises("", "", "", "", "", count=3), "户室"),
    ],
)
def test_a_wrong_cell_is_named_by_its_heading(
    town: Town, tmp_path: Path, row: tuple[object, ...], column: str
) -> None:
    before = Place.objects.count()
    report = take(tmp_path, row)
    assert balance(report) == (0, 0, 0, 1)
    assert report.rejected[0].row == 2
    assert report.rejected[0].column == column
    assert Place.objects.count() == before


def test_nothing_new_is_put_into_a_retired_place(town: Town, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "coded.csv", ("社区代码", "小区"), ("500101009003", "甲苑"))
    for place in (town.first, town.unit, town.second, town.estate, town.community):
        retire_place(place, on=AT.date(), actor=IMPORTER, at=AT)
    report = import_places(file, actor=IMPORTER, at=AT)
    assert balance(report) == (0, 0, 0, 1)
    assert "no longer in use" in report.rejected[0].reason


@pytest.mark.parametrize("datum", Datum)
def test_coordinates_come_in_whatever_datum_the_option_column_or_heading_says(
    town: Town, tmp_path: Path, datum: Datum
) -> None:
    lon, lat = from_wgs84(*HERE, datum)
    said = {
        "wgs84": ("GPS", "经度(WGS-84)"),
        "gcj02": ("高德", "GCJ-02经度"),
        "bd09": ("百度坐标", "百度经度"),
    }[datum]
    by_option = write_csv(
        tmp_path / "1.csv", ("社区", "小区", "经度", "纬度"), ("玉城社区", "甲苑", lon, lat)
    )
    by_column = write_csv(
        tmp_path / "2.csv",
        ("社区", "小区", "经纬度", "坐标系"),
        ("玉城社区", "乙苑", f"{lon}，{lat}", said[0]),
    )
    by_heading = write_csv(
        tmp_path / "3.csv", ("社区", "小区", said[1], "纬度"), ("玉城社区", "丙苑", lon, lat)
    )
    mapping = {"lon": said[1]}
    assert import_places(by_option, actor=IMPORTER, at=AT, datum=datum).datum == datum
    import_places(by_column, actor=IMPORTER, at=AT)
    assert import_places(by_heading, actor=IMPORTER, at=AT, mapping=mapping).datum == datum
    for place in Place.objects.filter(name__in=["甲苑", "乙苑", "丙苑"]):
        assert (place.lon, place.lat) == pytest.approx(HERE, abs=1e-7)
    assert Place.objects.filter(lon__isnull=False, retired_on=None).count() == 3


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_a_file_in_the_wrong_datum_is_noticed(town: Town, tmp_path: Path, datum: Datum) -> None:
    lons = [HERE[0] + number * 0.002 for number in range(30)]
    known = [premises("玉城社区", f"{number}苑", point=(lon, HERE[1])) for number, lon in enumerate(lons)]
    wrong = [
        premises("玉城社区", f"{number}苑", 1, point=from_wgs84(lon + 0.0004, HERE[1], datum))
        for number, lon in enumerate(lons)
    ]
    assert take(tmp_path, *known).hints == []
    file = write_csv(tmp_path / "buildings.csv", PREMISES, *wrong)
    (hint,) = import_places(file, actor=IMPORTER, at=AT, dry_run=True).hints
    assert {Datum.GCJ02: "GCJ-02", Datum.BD09: "BD-09"}[datum] in hint
    assert import_places(file, actor=IMPORTER, at=AT, datum=datum).hints == []


def test_columns_can_be_told_and_switched_off(town: Town, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "odd.csv", ("所在", "项目", "城市"), ("玉城社区", "甲苑", "重庆"))
    told = {"community": "所在", "estate": "项目", "city": ""}
    assert balance(import_places(file, actor=IMPORTER, at=AT, mapping=told)) == (1, 0, 0, 0)
    with pytest.raises(UnknownColumn):
        import_places(file, actor=IMPORTER, at=AT, mapping={"estate": "没有"})


def test_progress_is_told_to_the_end(town: Town, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    file = write_csv(tmp_path / "p.csv", PREMISES, *[premises("玉城社区", f"苑{n}") for n in range(600)])
    import_places(file, actor=IMPORTER, at=AT, progress=lambda done, total: steps.append((done, total)))
    assert steps[-1][0] == steps[-1][1]
    assert steps == sorted(steps)


LEVEL = st.sampled_from(
    ["", "玉城社区", "玉城家园", "甲苑", "1", "2栋", "1单元", "101", "无此社区", "\x00", "x" * 130]
)
ROW = st.tuples(LEVEL, LEVEL, LEVEL, LEVEL, LEVEL)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROW, max_size=12))
def test_whatever_the_rows_the_balance_holds_and_a_second_run_adds_only_what_was_rejected(
    town: Town, tmp_path: Path, rows: list[tuple[str, ...]]
) -> None:
    file = write_csv(tmp_path / "any.csv", PREMISES, *[premises(*row) for row in rows])
    dry = import_places(file, actor=IMPORTER, at=AT, dry_run=True, batch_rows=4)
    first = import_places(file, actor=IMPORTER, at=AT, batch_rows=4)
    again = import_places(file, actor=IMPORTER, at=AT, batch_rows=4)
    assert balance(dry) == balance(first)
    # A row may name what only a later row brings: it is rejected at first and taken the second time.
    assert again.created <= len(first.rejected)
    assert balance(again)[2] == 0
    if not first.rejected:
        assert again.known == again.rows


def test_the_border_helpers_agree_with_the_datum_table() -> None:
    assert from_wgs84(*HERE, Datum.BD09) == bd09_from_gcj02(*gcj02_from_wgs84(*HERE))


def test_a_name_that_is_a_formula_without_its_result_is_refused_saying_so(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "places.xlsx"
    cell = '<c t="inlineStr"><is><t>玉城社区居委会</t></is></c>'
    row = f'<row r="2">{cell}<c><f>CONCAT(Z1:Z2)</f></c></row>'
    file.write_bytes(one_sheet(text_row(1, "社区", "小区") + row).getvalue())
    report = import_places(file, actor=IMPORTER, at=AT)
    assert balance(report) == (0, 0, 0, 1)
    assert report.rejected[0].column == "小区"
    assert "formula" in report.rejected[0].reason
