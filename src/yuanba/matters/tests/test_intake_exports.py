"""Exports as offices really make them: what their systems add, leave out and turn around."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import xlsxwriter
from django.utils import timezone

from yuanba.demo.cast import Cast
from yuanba.kernel.authority import system
from yuanba.kernel.sheets import open_table
from yuanba.matters.intake import IntakeReport, take_in
from yuanba.matters.models import Matter
from yuanba.people.models import Organization
from yuanba.places.datum import Datum, bd09_from_gcj02, gcj02_from_wgs84
from yuanba.places.models import Place

TEXT = "路灯坏了好几天，没有人来修。"
Take = Callable[..., IntakeReport]


@pytest.fixture
def take(cast: Cast, tmp_path: Path) -> Take:
    """Takes in rows written as CSV, a workbook's sheets, or a file that is there."""

    def _take(content: str | dict[str, list[list[object]]] | Path, **options: object) -> IntakeReport:
        path = tmp_path / "export"
        if isinstance(content, Path):
            path = content
        elif isinstance(content, str):
            path.write_text(content, encoding="utf-8", newline="")
        else:
            with xlsxwriter.Workbook(path) as book:
                for name, rows in content.items():
                    sheet = book.add_worksheet(name)
                    for line, cells in enumerate(rows):
                        sheet.write_row(line, 0, cells)
        report = take_in(path, within=cast.places["district"], actor=system("intake"), **options)  # type: ignore[arg-type]
        assert report.rows == report.created + report.known + report.rejected
        return report

    return _take


def rejections(report: IntakeReport) -> list[tuple[object, object]]:
    assert report.rejected_file is not None
    with open_table(report.rejected_file) as table:
        return [(row.cells[0], row.cells[1]) for row in table]


def contact(number: str) -> tuple[str, str]:
    person = Matter.objects.get(source_number=number).requester
    return (person.name, person.phone) if person else ("", "")


def test_the_offices_answer_is_never_taken_for_the_request(take: Take) -> None:
    take(f"编号,留言正文,回复内容,发布时间,回复时间\n1,{TEXT},已经修好。,2026-03-01 10:00,2026-03-02\n")
    take(f"编号,群众诉求,处理内容,处理时间\n2,{TEXT},已经派人。,2026-03-02\n")
    first, second = Matter.objects.order_by("source_number")
    assert {first.text, second.text} == {TEXT}
    assert first.received_at == datetime(2026, 3, 1, 2, tzinfo=UTC)
    assert second.received_at > timezone.now() - timedelta(hours=1)
    take(f"Case ID,Description,Closed Date\n3,{TEXT},2026-03-09\n")
    assert Matter.objects.get(source_number="3").received_at > timezone.now() - timedelta(hours=1)


def test_whom_the_request_is_against_and_who_works_on_it_are_not_who_asks(take: Take) -> None:
    headings = "编号,内容,被投诉人姓名,被投诉人电话,承办单位联系电话,经办人姓名"
    report = take(f"{headings}\n1,{TEXT},居民乙,13900009999,023-58123456,居民丙\n")
    assert Matter.objects.get().requester is None
    assert any("被投诉人电话" in note for note in report.notes)


def test_an_office_named_as_the_one_complained_about_does_not_get_the_matter(cast: Cast, take: Take) -> None:
    street = Organization.objects.get(kind="street", place=cast.places["shahe"])
    take(
        f"编号,诉求内容,诉求地址,被反映单位\n1,{TEXT},玉城家园3栋,{street.name}\n2,{TEXT},玉城家园3栋,某物业公司\n"
    )
    against, other = Matter.objects.order_by("source_number")
    assert (against.accused, against.confidential) == (street, True)
    assert not against.owner.path.startswith(street.path)
    assert (other.accused, other.confidential) == (None, False)


@pytest.mark.parametrize("said", ["", " ", "\u3000", "。"])
def test_a_cell_that_names_nobody_complains_about_nobody(cast: Cast, take: Take, said: str) -> None:
    """Also where offices bear no short name, which would be as empty as the cell."""
    Organization.objects.update(short_name="")
    take(f"编号,诉求内容,诉求地址,被投诉单位\n1,{TEXT},玉城家园3栋,{said}\n")
    (matter,) = Matter.objects.all()
    assert (matter.accused, matter.confidential, matter.owner) == (None, False, cast.offices["yucheng"])


@pytest.mark.parametrize("said", ["沙河街道", "沙河街道办", "沙河街道办事处工作人员", "玉城社区"])
def test_an_office_is_known_by_the_names_people_give_it(cast: Cast, take: Take, said: str) -> None:
    take(f"编号,诉求内容,诉求地址,被投诉单位\n1,{TEXT},玉城家园3栋,{said}\n")
    meant = cast.offices["yucheng" if "社区" in said else "shahe"]
    against = Matter.objects.get()
    assert (against.accused, against.confidential) == (meant, True)
    assert not against.owner.path.startswith(meant.path)


def test_a_name_that_fits_several_offices_keeps_it_from_all_of_them(cast: Cast, take: Take) -> None:
    for place in ("yucheng", "longbao"):
        cast.offices[place].short_name = "新华社区"
        cast.offices[place].save()
    take(f"编号,诉求内容,诉求地址,被投诉单位\n1,{TEXT},玉城家园3栋,新华社区\n")
    assert Matter.objects.get().accused == cast.offices["shahe"]


def test_headings_in_two_rows_are_read_together(take: Take) -> None:
    rows: list[list[object]] = [
        ["工单编号", "诉求人", "", "被反映人", "", "诉求内容", "受理时间"],
        ["", "姓名", "电话", "姓名", "电话", "", ""],
        ["1", "居民甲", "13800001111", "居民乙", "13900009999", TEXT, "2026-03-01"],
    ]
    assert take({"工单": rows}).rejected == 0
    assert contact("1") == ("居民甲", "13800001111")
    rows[0][0], rows[1][0] = "序号", "工单编号"
    rows[0][5], rows[1][5] = "诉求信息", "诉求内容"
    rows[2][0] = "2"
    take({"工单": [["某中心工单明细"], [], *rows]})
    assert contact("2") == ("居民甲", "13800001111")


def test_the_sheet_with_the_requests_is_found_behind_others(take: Take) -> None:
    requests: list[list[object]] = [["编号", "内容"], ["1", TEXT]]
    report = take({"填表说明": [["请勿修改"]], "汇总": [["类别", "数量"], ["城建", 3]], "工单": requests})
    assert report.created == 1
    assert any("填表说明、汇总" in note for note in report.notes)


def test_lines_under_the_table_and_repeated_headings_are_no_requests(take: Take) -> None:
    lines = [
        "编号,标题,内容,时间",
        f"1,,{TEXT},2026-03-01",
        "编号,标题,内容,时间",
        "合计,1,,",
        "制表人：甲,,审核人：乙,",
    ]
    report = take("\n".join(lines))
    assert (report.created, report.rejected) == (1, 3)
    assert [row for row, _column in rejections(report)] == [3, 4, 5]


def test_a_request_that_begins_like_such_a_line_is_one(take: Take) -> None:
    report = take("内容,标题,时间,姓名\n合计收了三百元停车费没有发票,,,\n总计：二十户停水,,,\n")
    assert report.created == 2


@pytest.mark.parametrize(
    ("first", "second", "order"), [("03/15/2026", "04/05/2026", "mdy"), ("15/03/2026", "05/04/2026", "dmy")]
)
def test_one_date_tells_how_all_of_a_file_are_written(
    take: Take, first: str, second: str, order: str
) -> None:
    many = "".join(f"{number},{TEXT}{number},{second}\n" for number in range(600))
    report = take(f"id,description,created\n{many}last,{TEXT},{first} 11:20:00 PM\n")
    assert report.rejected == 0
    assert Matter.objects.get(source_number="last").received_at == datetime(2026, 3, 15, 15, 20, tzinfo=UTC)
    assert Matter.objects.get(source_number="1").received_at == datetime(2026, 4, 4, 16, tzinfo=UTC)
    assert any("--dates" in note for note in report.notes), order


def test_dates_that_can_be_read_two_ways_are_rejected_with_what_to_do(take: Take) -> None:
    report = take(f"id,description,created\n1,{TEXT},05/03/2026\n")
    assert rejections(report) == [(2, "created")]
    assert report.rejected_file is not None
    with open_table(report.rejected_file) as table:
        assert "--dates" in str(next(iter(table)).cells[2])


def test_numbers_whose_digits_a_spreadsheet_lost_are_refused(take: Take) -> None:
    report = take(f"编号,内容\n1.23E+15,{TEXT}\n'000123,{TEXT}\n")
    assert rejections(report) == [(2, "编号")]
    assert Matter.objects.get().source_number == "000123"
    rows: list[list[object]] = [["编号", "内容"], [1.23e15, TEXT], ["202403050012345678", TEXT]]
    assert rejections(take({"1": rows})) == [(2, "编号")]


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        ("13800001111（本人）", "13800001111"),
        ("电话：138 0000 1111", ""),
        ("13800001111、023-58123456", "13800001111"),
        ("座机02358123456", "023-58123456"),
        ("见内容", ""),
        ("0", ""),
        ("'13800001111", "13800001111"),
    ],
)
def test_a_number_is_found_among_what_clerks_write_beside_it(take: Take, cell: str, phone: str) -> None:
    report = take(f"编号,内容,联系电话\n1,{TEXT},{cell}\n")
    if cell == "电话：138 0000 1111":
        assert rejections(report) == [(2, "联系电话")]
    else:
        assert report.rejected == 0
        assert contact("1")[1] == phone


def test_markup_of_a_page_is_taken_off_and_nothing_else(take: Take) -> None:
    take(
        "编号,内容\n1,<p>小区<b>电梯</b>坏了<br/>请修。&nbsp;谢谢</p>\n2,面积<50平方米，温度>30度\n3,<div>&nbsp;</div>\n"
    )
    assert Matter.objects.get(source_number="1").text == "小区电梯坏了\n请修。 谢谢"
    assert Matter.objects.get(source_number="2").text == "面积<50平方米，温度>30度"
    assert not Matter.objects.filter(source_number="3").exists()


def test_what_was_rejected_can_be_corrected_and_taken_in_as_a_file(take: Take, tmp_path: Path) -> None:
    lines = [
        "编号,内容,时间,联系电话",
        f"1,{TEXT},2026-03-01,12",
        f"2,{TEXT},昨天,",
        f"3,{TEXT},多,了,两格",
        f"4,{TEXT},,",
    ]
    report = take("\n".join(lines))
    assert (report.created, report.rejected) == (1, 3)
    assert report.rejected_file is not None
    again = take(report.rejected_file)
    assert (again.created, again.rejected) == (0, 3)
    with open_table(report.rejected_file, sheet="To correct") as table:
        headings, rows = table.columns, [list(row.cells) for row in table]
    assert rows[0][:3] == [2, "1", TEXT]
    assert "多" in str(rows[2])
    rows[0][4], rows[1][3] = "13800001111", "2026-03-01"
    corrected = take({"1": [list(headings), *rows]})
    assert (corrected.created, corrected.rejected) == (2, 1)
    assert take("\n".join(lines)).created == 0


def test_coordinates_find_the_place_where_words_do_not(cast: Cast, take: Take) -> None:
    estate: Place = cast.places["yucheng_estate"]
    Place.objects.filter(pk=estate.pk).update(lon=108.4, lat=30.8)
    at = bd09_from_gcj02(*gcj02_from_wgs84(108.4005, 30.8))
    far = bd09_from_gcj02(*gcj02_from_wgs84(108.4025, 30.8))
    lines = [
        "编号,内容,经度(BD09),纬度(BD09)",
        f"1,{TEXT},{at.lon},{at.lat}",
        f"2,{TEXT},{far.lon},{far.lat}",
        f"3,{TEXT},0,0",
        f"4,枇杷坪广场的{TEXT},{at.lon},{at.lat}",
    ]
    assert take("\n".join(lines)).created == 4
    found = {matter.source_number: matter for matter in Matter.objects.all()}
    assert found["1"].place == estate
    assert found["1"].lon == pytest.approx(108.4005, abs=1e-6)
    assert found["2"].place == estate.community
    assert (found["3"].place, found["3"].lon) == (cast.places["district"], None)
    assert found["4"].place != estate
    sure = [item["confidence"] for item in found["1"].suggestion.proposals if item["aspect"] == "place"]
    assert 0 < sure[0] < 0.6


def test_coordinates_of_no_told_system_are_passed_over_and_that_is_said(cast: Cast, take: Take) -> None:
    Place.objects.filter(pk=cast.places["yucheng_estate"].pk).update(lon=108.4, lat=30.8)
    lines = f"编号,内容,经度,纬度\n1,{TEXT},108.4,30.8\n"
    report = take(lines)
    assert Matter.objects.get().lon is None
    assert any("--crs" in note for note in report.notes)
    take(lines, source="again", datum=Datum.WGS84)
    assert Matter.objects.get(source="again").place == cast.places["yucheng_estate"]


def test_several_buildings_of_one_estate_are_about_the_estate(cast: Cast, take: Take) -> None:
    take("编号,内容\n1,玉城家园3栋和4栋都停水了。\n2,玉城家园3栋停水了。\n")
    both, one = Matter.objects.order_by("source_number")
    assert both.place == cast.places["yucheng_estate"]
    assert one.place.parent == cast.places["yucheng_estate"]
