"""What rows leave open is told at the end of an intake, never swallowed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from yuanba.cli.intake import intake_command
from yuanba.demo.cast import Cast
from yuanba.kernel.authority import system
from yuanba.kernel.sheets import open_table
from yuanba.kernel.sheets.tests.made import one_sheet, text_row
from yuanba.matters.intake import IntakeReport, take_in
from yuanba.matters.models import Matter

TEXT = "路灯坏了好几天，没有人来修。"
Take = Callable[[str | bytes], IntakeReport]


@pytest.fixture
def take(cast: Cast, tmp_path: Path) -> Take:
    """Takes in rows written as CSV, or a workbook's bytes."""

    def _take(content: str | bytes) -> IntakeReport:
        path = tmp_path / "export"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        report = take_in(path, within=cast.places["district"], actor=system("intake"))
        assert report.rows == report.created + report.known + report.rejected
        return report

    return _take


def reasons(number: str) -> str:
    proposals = Matter.objects.get(source_number=number).suggestion.proposals
    return " ".join(reason for proposal in proposals for reason in proposal["why"])


def test_whom_nobody_here_is_called_is_told_and_stands_beside_the_suggestion(take: Take) -> None:
    report = take(
        f"编号,内容,地址,被投诉单位\n1,{TEXT},玉城家园3栋,\n2,{TEXT},玉城家园3栋,某某热力公司\n3,{TEXT},玉城家园3栋,不存在单位\n"
    )
    assert (report.created, report.rejected) == (3, 0)
    told = [note for note in report.notes if "某某热力公司" in note]
    assert len(told) == 1
    assert "不存在单位" in told[0]
    assert " 2 " in told[0]
    assert "row 3" in told[0] or "第 3 行" in told[0]
    assert "某某热力公司" in reasons("2")
    assert "不存在单位" in reasons("3")
    assert not take(f"编号,内容,地址,被投诉单位\n2,{TEXT},玉城家园3栋,某某热力公司\n").notes


@pytest.mark.parametrize("said", ["无", "没有", "暂无", "-", "/", "none", "N/A", "无。"])
def test_words_that_say_nobody_are_nobody(take: Take, said: str) -> None:
    report = take(f"编号,内容,地址,被投诉单位\n1,{TEXT},玉城家园3栋,{said}\n")
    assert report.notes == ()
    assert Matter.objects.get().accused is None


def row_with_formula(number: int, at: int) -> str:
    cells = [
        f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in (number, f"{TEXT}{number}", "玉城家园3栋")
    ]
    cells[at] = "<c><f>CONCAT(Z1:Z2)</f></c>"
    return f'<row r="{number}">{"".join(cells)}</row>'


def test_a_formula_without_its_result_is_refused_where_it_is_needed_and_told_elsewhere(take: Take) -> None:
    rows = [
        row_with_formula(2, at=0),
        row_with_formula(3, at=1),
        row_with_formula(4, at=2),
        row_with_formula(5, at=2),
    ]
    report = take(one_sheet(text_row(1, "编号", "内容", "地址") + "".join(rows)).getvalue())
    assert (report.created, report.rejected) == (2, 2)
    assert report.rejected_file is not None
    with open_table(report.rejected_file) as table:
        refused = [line.cells for line in table]
    assert [(row, column) for row, column, _reason in refused] == [(2, "编号"), (3, "内容")]
    assert all("formula" in str(reason) or "公式" in str(reason) for _row, _column, reason in refused)
    (told,) = [note for note in report.notes if "地址" in note]
    assert " 2 " in told


def test_what_is_nobodys_telephone_is_left_out_and_counted(take: Take) -> None:
    cells = ["123", "abc", "12345", "无", "", "13800001111"]
    lines = "".join(f"{at},{TEXT}{at},玉城家园3栋,{cell}\n" for at, cell in enumerate(cells))
    report = take(f"编号,内容,地址,联系电话\n{lines}")
    assert (report.created, report.rejected) == (6, 0)
    kept = [
        person.phone if (person := matter.requester) else ""
        for matter in Matter.objects.order_by("source_number")
    ]
    assert kept == ["", "", "", "", "", "13800001111"]
    (told,) = [note for note in report.notes if "联系电话" in note]
    assert " 3 " in told
    assert "row 2" in told or "第 2 行" in told


def test_places_and_categories_that_were_not_recognised_are_counted(take: Take) -> None:
    report = take(
        f"编号,内容,地址,诉求类别\n1,{TEXT},玉城家园3栋,环保纠纷\n2,{TEXT},火星基地,\n3,{TEXT},,环保纠纷\n4,{TEXT},玉城社区,无\n"
    )
    assert report.created == 4
    places, categories = report.notes
    assert " 2 " in places
    assert "row 3" in places or "第 3 行" in places
    assert "万州区" in places
    assert " 2 " in categories
    assert "环保纠纷" in categories


def test_a_category_of_the_playbook_is_no_news(take: Take) -> None:
    report = take(f"编号,内容,地址,诉求类别\n1,{TEXT},玉城家园3栋,roads-lights\n")
    assert report.notes == ()


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize(("lines", "code"), [("1,\n2,\n", 1), (f"1,\n2,{TEXT}\n", 0), ("", 0)])
def test_the_command_fails_only_when_every_row_was_rejected(tmp_path: Path, lines: str, code: int) -> None:
    file = tmp_path / "export.csv"
    file.write_text(f"编号,内容\n{lines}", encoding="utf-8")
    done = CliRunner().invoke(intake_command, [str(file), "--json"])
    assert done.exit_code == code
    told = json.loads(done.stdout.splitlines()[-1])
    assert ("error" in told) == (code == 1)
    assert told["rejected"] == lines.count(",\n")
    again = CliRunner().invoke(intake_command, [str(file), "--json"])
    assert again.exit_code == code
