"""What docs/places.md shows can be imported as it stands there, and what can't be is said."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from yuanba.cli.places import import_command
from yuanba.kernel.sheets import UnreadableFile
from yuanba.places.actions import add_place
from yuanba.places.importing import import_places
from yuanba.places.models import Place
from yuanba.places.tests.conftest import AT, IMPORTER

PAGE = Path(__file__).resolve().parents[4] / "docs" / "places.md"
EXAMPLES = re.findall(r"```(csv|json)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize(("kind", "text"), EXAMPLES)
def test_the_examples_are_taken_in(tmp_path: Path, kind: str, text: str) -> None:
    file = tmp_path / f"places.{kind}"
    file.write_text(text, "utf-8")
    report = import_places(file, actor=IMPORTER, at=AT)
    assert report.rejected == []
    assert report.created == report.rows > 0


@pytest.mark.usefixtures("cast")
def test_the_heading_of_a_household_is_read(tmp_path: Path) -> None:
    file = tmp_path / "places.csv"
    file.write_text("社区,小区,楼栋,单元,户\n玉城社区,玉城家园,3,2,1203\n", "utf-8")
    import_places(file, actor=IMPORTER, at=AT)
    assert Place.objects.filter(kind="household", name__startswith="1203").exists()


@pytest.mark.parametrize("name", ["letter.txt", "letter.xlsx"])
def test_a_letter_is_no_spreadsheet(tmp_path: Path, db: None, name: str) -> None:
    file = tmp_path / name
    file.write_text("hello\n", "utf-8")
    with pytest.raises(UnreadableFile) as refused:
        import_places(file, actor=IMPORTER, at=AT)
    assert refused.value.code == "file_wrong_kind"


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_a_file_of_nothing_but_rejections_fails(tmp_path: Path, more: tuple[str, ...]) -> None:
    file = tmp_path / "places.csv"
    file.write_text("社区,小区\n无名社区,一号院\n无名社区,二号院\n", "utf-8")
    done = CliRunner().invoke(import_command, ["places", str(file), "--json", *more])
    assert done.exit_code == 1
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["error"]
    assert found["rejected"] == sum(reason["rows"] for reason in found["reasons"]) == 2
    assert Path(found["rejected_file"]).exists()


def test_help_lists_every_field() -> None:
    shown = CliRunner().invoke(import_command, ["places", "--help"]).stdout
    for field in ("household", "households_count", "parent_code", "户数"):
        assert field in shown


OFFICIAL = "区划代码,区县,街道代码,街道,社区代码,名称\n500101,万州区,500101005,沙河街道,500101005001,甲社区\n"
ELSEWHERE = "110108,海淀区,110108001,万寿路街道,110108001001,乙社区\n"


@pytest.mark.usefixtures("cast")
def test_rows_of_other_districts_are_told_of_or_left_out_when_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "places.csv"
    file.write_text(OFFICIAL + ELSEWHERE, "utf-8")
    found = said(CliRunner().invoke(import_command, ["places", str(file), "--json", "--own-district"]))
    assert (found["created"], found["rejected"]) == (1, 1)
    assert "110108" in found["reasons"][0]["reason"]
    assert not Place.objects.filter(name="海淀区").exists()
    done = CliRunner().invoke(import_command, ["places", str(file), "--json"])
    found = said(done)
    assert (found["created"], found["known"], found["rejected"]) == (1, 1, 0)
    assert "--own-district" in done.stderr


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize(
    ("served", "taken"), [((), 2), (("500101",), 1), (("110100", "110108"), 1), (("110100",), 1)]
)
def test_a_city_is_served_with_its_counties_and_nobody_serves_the_whole_country(
    tmp_path: Path, served: tuple[str, ...], taken: int
) -> None:
    file = tmp_path / "places.csv"
    file.write_text(OFFICIAL + ELSEWHERE, "utf-8")
    report = import_places(file, actor=IMPORTER, at=AT, served=served, own_only=True)
    assert (report.created, len(report.rejected)) == (taken, 2 - taken)


def said(done: Result) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


@pytest.mark.usefixtures("register")
def test_the_official_list_is_taken_into_an_empty_district(tmp_path: Path) -> None:
    add_place(None, "district", "万州区", code="500101", actor=IMPORTER, at=AT)
    file = tmp_path / "places.csv"
    file.write_text(next(text for _kind, text in EXAMPLES if "社区代码" in text), "utf-8")
    report = import_places(file, actor=IMPORTER, at=AT)
    assert (report.rejected, report.created, report.places_added) == ([], report.rows, report.rows + 1)


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("街道代码,社区代码,名称\n500101005,500101005901,示例社区\n", {"街道代码"}),
        ("社区代码,名称\n500101005901,示例社区\n", {"社区代码"}),
        ("社区,小区,户数\n,,12\n", {"小区"}),
    ],
)
def test_a_rejected_row_always_names_a_column(tmp_path: Path, text: str, columns: set[str]) -> None:
    add_place(None, "district", "万州区", code="500101", actor=IMPORTER, at=AT)
    file = tmp_path / "places.csv"
    file.write_text(text, "utf-8")
    assert {line.column for line in import_places(file, actor=IMPORTER, at=AT).rejected} == columns
