"""Files of citizens' messages become matters, every row accounted for."""

import gzip
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import xlsxwriter
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yuanba.demo.cast import Cast
from yuanba.kernel.authority import system
from yuanba.kernel.errors import Invalid
from yuanba.kernel.journal.verification import verify
from yuanba.kernel.sheets import UnreadableFile, open_table, write_table
from yuanba.matters.auditing import audit
from yuanba.matters.intake import IntakeReport, batches, take_in
from yuanba.matters.models import Matter, MatterLink, Notice, Suggestion
from yuanba.matters.tallying import Key, add_counts
from yuanba.matters.tests.walking import Walk

HEADINGS = ["留言编号", "留言主题", "留言时间", "留言详情", "诉求人", "联系电话", "诉求类别"]
INTAKE = system("intake")
Rows = list[list[object]]


def row(number: object, text: str = "小区门口路灯坏了，晚上看不见路。", **cells: object) -> list[object]:
    given = {"title": "路灯坏了", "at": "2026-02-03 18:28", "name": "", "phone": "", "category": ""} | cells
    return [number, given["title"], given["at"], text, given["name"], given["phone"], given["category"]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "export.xlsx"


def take(cast: Cast, path: Path, rows: Rows | None = None, **options: object) -> IntakeReport:
    if rows is not None:
        write_table(path, HEADINGS, rows)
    report = take_in(path, within=cast.places["district"], actor=INTAKE, **options)  # type: ignore[arg-type]
    assert report.rows == report.created + report.known + report.rejected
    return report


def rejections(report: IntakeReport) -> list[tuple[object, ...]]:
    assert report.rejected_file is not None
    with open_table(report.rejected_file) as table:
        return [line.cells for line in table]


def test_every_row_ends_as_a_matter_with_all_it_needs(cast: Cast, file: Path) -> None:
    report = take(
        cast, file, [row("1"), row("2", "玉城家园3栋2单元电梯停运三天了。"), row("3", "嗯嗯嗯嗯", title="嗯")]
    )
    assert (report.created, report.rejected, report.rejected_file) == (3, 0, None)
    for matter in Matter.objects.all():
        proposals = {item["aspect"]: item for item in matter.suggestion.proposals}
        assert matter.category
        assert matter.tier
        assert matter.owner_id
        assert matter.due_at > timezone.now()
        assert {"category", "tier", "owner"} <= proposals.keys()
        assert all(item["why"] and 0 < item["confidence"] <= 1 for item in proposals.values())
    assert Matter.objects.get(source_number="2").place == cast.places["unit_2"]
    assert Matter.objects.get(source_number="3").category == "other"
    assert audit().breaches == 0
    assert verify().broken == 0


def test_a_second_run_adds_nothing(cast: Cast, file: Path) -> None:
    rows = [row(str(number), f"第{number}次反映路灯不亮") for number in range(1200)]
    assert take(cast, file, rows).created == 1200
    again = take(cast, file)
    assert (again.created, again.known) == (0, 1200)
    assert Suggestion.objects.count() == 1200


def test_a_large_file_lets_the_database_look_anew(
    cast: Cast, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it plans each lookup for the empty table that it last looked at, and reads the whole source for each."""
    if connection.vendor != "postgresql":
        pytest.skip("DATABASE_URL names no PostgreSQL server")
    monkeypatch.setattr(batches, "LOOK_ANEW_AFTER", 300)
    take(cast, file, [row(str(number), f"第{number}次反映路灯不亮") for number in range(700)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'matters_matter'")
        assert cursor.fetchone() == (500.0,), "looked once, after the batch that crossed the mark"


def test_what_a_batch_looks_for_is_found_by_index(cast: Cast, file: Path) -> None:
    """Else every batch would read all matters: slower with every row that was taken in before."""
    if connection.vendor != "postgresql":
        pytest.skip("DATABASE_URL names no PostgreSQL server")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # so small a table is read whole, given the choice
    with CaptureQueriesContext(connection) as ran:
        take(
            cast,
            file,
            [row(str(number), f"玉城家园3栋2单元第{number}次反映路灯不亮") for number in range(150)],
        )
    looked = [
        found["sql"]
        for found in ran
        if found["sql"].strip().startswith(('SELECT "matters_matter"', "WITH new"))
    ]
    plans = []
    with connection.cursor() as cursor:
        for sql in looked:
            cursor.execute(f"EXPLAIN {sql}")
            plans.append("\n".join(line for (line,) in cursor.fetchall()))
    assert len(plans) == 3
    assert "matter_once_per_source_number" in plans[0]
    assert "matter_place_category" in plans[1]
    assert "matter_watched" in plans[2]


def test_a_run_that_broke_off_is_finished_by_the_next(
    cast: Cast, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [row(str(number), f"第{number}次反映路灯不亮") for number in range(1100)]
    written: list[Counter[Key]] = []
    real = add_counts

    def power_cut(counts: Counter[Key]) -> None:
        written.append(counts)
        if len(written) == 2:
            raise OSError("the power is gone")
        real(counts)

    monkeypatch.setattr(batches, "add_counts", power_cut)
    with pytest.raises(OSError, match="power"):
        take(cast, file, rows)
    assert Matter.objects.count() == 500
    monkeypatch.undo()
    report = take(cast, file)
    assert (report.created, report.known) == (600, 500)
    assert audit().breaches == 0


def test_a_row_twice_in_one_file_is_one_matter(cast: Cast, file: Path) -> None:
    report = take(cast, file, [row("1"), row("1"), row("2")])
    assert (report.created, report.known) == (2, 1)


def test_rows_without_numbers_are_known_by_what_they_say(cast: Cast, file: Path) -> None:
    assert take(cast, file, [row(""), row("", "楼道有人堆放杂物"), row("")]).created == 2
    assert take(cast, file).known == 3


def test_a_number_that_stands_for_another_text_is_refused_not_swallowed(cast: Cast, file: Path) -> None:
    take(cast, file, [row("1")])
    other = take(cast, file, [row("1", "另一个系统的同号工单：垃圾没人清运")])
    assert (other.created, other.rejected) == (0, 1)
    ((number, column, reason),) = rejections(other)
    assert (number, column) == (2, "留言编号")
    assert "--source" in str(reason)
    assert take(cast, file, source="hotline").created == 1


def test_all_faults_of_a_row_are_told(cast: Cast, file: Path) -> None:
    tomorrow = (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%d %H:%M")
    rows = [
        row("1", at="二月三日", text=" ", title=""),
        row("2", at=tomorrow),
        row("x" * 81),
        row("4", phone="12"),
        row("5"),
    ]
    report = take(cast, file, rows)
    assert (report.created, report.rejected) == (1, 4)
    found = [(number, column) for number, column, _reason in rejections(report)]
    assert found == [(2, "留言时间"), (2, "留言详情"), (3, "留言时间"), (4, "留言编号"), (5, "联系电话")]


def test_a_run_without_rejections_removes_what_an_earlier_one_left(cast: Cast, file: Path) -> None:
    left = take(cast, file, [row("1", " ", title="")]).rejected_file
    assert left is not None
    take(cast, file, [row("1")])
    assert not left.exists()


def test_who_asked_is_kept_apart_and_encrypted(cast: Cast, file: Path) -> None:
    take(
        cast, file, [row("1", name="居民丙", phone="13800001111"), row("2", name="匿名", phone="138****1111")]
    )
    told, silent = Matter.objects.order_by("source_number")
    assert told.requester is not None
    assert (told.requester.name, told.requester.phone) == ("居民丙", "13800001111")
    assert silent.requester is None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM kernel_entry WHERE data LIKE '%13800001111%' OR data LIKE '%居民丙%'"
        )
        assert cursor.fetchone()[0] == 0


def test_the_file_s_own_category_counts_where_the_playbook_has_it(cast: Cast, file: Path) -> None:
    rows = [
        row("1", "请尽快处理一下。", title="", category="roads-lights"),
        row("2", "请尽快处理一下吧。", title="", category="没有这一类"),
    ]
    take(cast, file, rows)
    filed, unknown = Matter.objects.order_by("source_number")
    assert filed.category == "roads-lights"
    assert "roads-lights" in str(filed.suggestion.proposals)
    assert unknown.category == "other"


def test_formulas_never_come_out_live(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "live.csv"
    path.write_text('=1+1,留言详情\n"=HYPERLINK(""http://x"")",\n', encoding="utf-8")
    report = take(cast, path)
    assert report.rejected == 1
    assert report.rejected_file is not None
    with open_table(report.rejected_file) as table:
        assert all(not line.formulas for line in table)


def test_a_portal_of_another_country_is_read_with_its_dates(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "311.csv.gz"
    lines = "ServiceRequestNum,SRType,CreatedDate,Address\n16-1,SW-Bulk,12/02/2016 05:45:03 PM,702 A ST\n"
    path.write_bytes(gzip.compress(lines.encode()))
    assert take(cast, path).rejected == 1
    assert take(cast, path, date_order="mdy").created == 1
    matter = Matter.objects.get()
    assert matter.received_at == datetime(2016, 12, 2, 9, 45, 3, tzinfo=UTC)
    assert (matter.text, matter.address) == ("SW-Bulk", "702 A ST")


def test_a_mapping_names_columns_and_a_wrong_one_is_told(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("甲,乙\n1,路灯坏了\n", encoding="gb18030")
    with pytest.raises(Invalid, match="甲"):
        take(cast, path)
    with pytest.raises(Invalid):
        take(cast, path, mapping={"text": "丙"})
    assert take(cast, path, mapping={"text": "乙", "number": "甲"}).created == 1


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"%PDF-1.7\n", b"\x00\x01\x02" * 50])
def test_what_is_no_table_is_refused_and_changes_nothing(cast: Cast, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "export.xlsx"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile) as refused:
        take(cast, path)
    assert refused.value.field == "file"
    assert not Matter.objects.exists()


def test_a_file_with_headings_only_has_no_rows(cast: Cast, file: Path) -> None:
    assert take(cast, file, []).rows == 0


def test_a_text_nobody_can_see_is_none(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "unseen.csv"
    path.write_text("编号,内容\n1,\u200b\u200b\n2,\u3000\u200d\n3,👍\n4,𪚥\n", encoding="utf-8")
    report = take(cast, path)
    assert (report.created, report.rejected) == (2, 2)
    assert [(number, column) for number, column, _reason in rejections(report)] == [(2, "内容"), (3, "内容")]


def test_a_row_wider_than_the_headings_is_a_row(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "commas.csv"
    path.write_text(
        "留言编号,留言时间,留言详情\n1,2026-02-01,路灯坏了\n2,2026-02-01,路灯坏了,电梯坏了,水管也坏了\n",
        encoding="utf-8",
    )
    report = take(cast, path)
    assert (report.created, report.rejected) == (1, 1)
    ((number, _column, _reason),) = rejections(report)
    assert number == 3


def workbook(path: Path, sheets: dict[str, Rows]) -> None:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for line, cells in enumerate(rows):
                sheet.write_row(line, 0, cells)


def test_which_sheet_was_read_is_said_and_can_be_chosen(cast: Cast, file: Path) -> None:
    workbook(
        file,
        {
            "说明": [["请看后面几页"]],
            "一月": [[*HEADINGS], row("1")],
            "二月": [[*HEADINGS], row("2"), row("3")],
        },
    )
    first = take(cast, file)
    assert first.created == 1
    assert any("说明、二月" in note for note in first.notes)
    report = take(cast, file, sheet="二月")
    assert report.created == 2
    assert any("说明、一月" in note for note in report.notes)
    with pytest.raises(UnreadableFile, match="一月"):
        take(cast, file, sheet="三月")


def test_two_columns_of_one_name_are_told(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "twice.csv"
    path.write_text("编号,内容,内容,备注,备注\n1,路灯坏了,第二段,,\n", encoding="utf-8")
    report = take(cast, path)
    assert report.created == 1
    assert any("“内容”" in note for note in report.notes)
    assert any("备注" in note for note in report.notes)
    assert Matter.objects.get().text == "路灯坏了"


def test_copies_in_one_file_are_shown_as_possible_duplicates(cast: Cast, file: Path) -> None:
    text = "玉城家园3栋电梯反复故障，老人被困两次，物业推诿不修，请尽快解决电梯问题。"
    take(cast, file, [row("1", text), row("2", text + "谢谢！"), row("3", "公交车晚点，等了四十分钟。")])
    first, second, third = Matter.objects.order_by("source_number")
    found = {item["value"] for item in second.suggestion.proposals if item["aspect"] == "duplicate"}
    assert found == {first.pk}
    assert "duplicate" not in str(third.suggestion.proposals)
    assert first.likeness is not None


def test_trouble_that_came_back_is_linked_and_told(cast: Cast, file: Path) -> None:
    now = timezone.now()
    walk = Walk(cast, at=now - timedelta(days=10)).receive().dispatch().claim().answer().confirm().close()
    text = "玉城家园3栋2单元门口的路灯又坏了。"
    rows = [
        row("1", text, at=(now - timedelta(days=1)).strftime("%Y-%m-%d %H:%M"), category="roads-lights"),
        row("2", text + "很久了", at="2019-02-03 18:28", category="roads-lights"),
    ]
    take(cast, file, rows)
    link = MatterLink.objects.get()
    assert (link.matter.source_number, link.other) == ("1", walk.matter)
    assert Notice.objects.filter(kind="recurrence", matter=link.matter).count() == 2


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["export_dev.xlsx", "messages_open_dev.csv.gz"])
def test_a_real_export_is_taken_in_whole(cast: Cast, shared_data: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes((shared_data / "messages" / name).read_bytes())
    report = take(cast, path)
    assert report.rejected == 0
    assert report.created > 1700
    assert not Matter.objects.filter(category="").exists()
    again = take(cast, path)
    assert (again.created, again.known) == (0, report.rows)
