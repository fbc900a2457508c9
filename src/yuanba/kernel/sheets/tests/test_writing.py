import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuanba.kernel.sheets import open_table, write_table
from yuanba.kernel.sheets.cells import CHINA
from yuanba.kernel.sheets.workbook_writing import Look, write_workbook
from yuanba.kernel.sheets.writing import Kind

LIVE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "'=1",
    "''=1",
    "＝1+1",
    '="007"',
    "=cmd|' /C calc'!A0",
]
KINDS: list[Kind] = ["xlsx", "csv", "csv.gz"]
KEPT = st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff") | st.sampled_from(
    "\n\t\r"
)
TEXTS = st.text(KEPT, min_size=1, max_size=40).filter(lambda text: not text.isspace())


def written(kind: Kind, columns: list[str], rows: list[list[object]]) -> bytes:
    file = io.BytesIO()
    assert write_table(file, columns, rows, kind=kind) == len(rows)
    return file.getvalue()


def read_back(content: bytes) -> list[tuple[object, ...]]:
    with open_table(io.BytesIO(content), header_row=1) as table:
        return [row.cells for row in table]


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.tuples(TEXTS, TEXTS | st.sampled_from(LIVE)), min_size=1, max_size=8))
def test_texts_come_back_as_they_were(kind: Kind, rows: list[tuple[str, str]]) -> None:
    content = written(kind, ["编号", "内容"], [list(row) for row in rows])
    assert read_back(content) == rows


@pytest.mark.parametrize("text", LIVE)
def test_nothing_written_can_act_in_a_spreadsheet(text: str) -> None:
    with zipfile.ZipFile(io.BytesIO(written("xlsx", [text], [[text], ["http://example.org"]]))) as book:
        xml = book.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in xml
        assert "hyperlink" not in xml
        assert not any("rels" in name for name in book.namelist() if "worksheets" in name)
    lines = written("csv", ["a"], [[text]]).decode("utf-8-sig").split("\r\n", 1)[1]
    assert lines.lstrip('"').startswith("'")


def test_numbers_dates_and_moments_are_typed_in_a_workbook() -> None:
    at = datetime(2019, 2, 3, 10, 28, 11, tzinfo=UTC)
    row: list[object] = [
        1,
        2.5,
        Decimal("3.75"),
        date(2019, 2, 3),
        at,
        True,
        None,
        10**17,
        float("nan"),
        date(1899, 1, 1),
    ]
    assert read_back(written("xlsx", ["abcdefghij"[at] for at in range(10)], [row])) == [
        (
            1,
            2.5,
            3.75,
            date(2019, 2, 3),
            at.astimezone(CHINA).replace(tzinfo=None),
            "TRUE",
            None,
            "1" + "0" * 17,
            "nan",
            "1899-01-01",
        )
    ]


def test_a_csv_shows_moments_in_the_zone_asked_for() -> None:
    at = datetime(2019, 2, 3, 10, 28, 11, tzinfo=UTC)
    assert read_back(written("csv", ["a", "b"], [[at, -5]])) == [("2019-02-03 18:28:11", "-5")]


@pytest.mark.parametrize("kind", KINDS)
def test_characters_that_cannot_be_kept_are_shown_as_lost(kind: Kind) -> None:
    content = written(kind, ["a"], [["x\x00y\ud800z\uffff"], ["灯" * 40_000], ["𠮷" * 20_000]])
    cells = [str(row[0]) for row in read_back(content)]
    assert cells[0] == "x\ufffdy\ufffdz\ufffd"
    assert len(cells[1]) == 32_767
    assert cells[2] == "𠮷" * 16_383


def test_a_workbook_goes_on_to_further_sheets_each_with_the_header() -> None:
    for count, sheets in ((0, 1), (9, 1), (10, 2), (18, 2), (19, 3)):
        file = io.BytesIO()
        rows = ([number] for number in range(count))
        write_workbook(file, ["编号"], rows, Look("留言[1]/x" * 9, (), CHINA), rows_per_sheet=10)
        seen: list[object] = []
        with zipfile.ZipFile(file) as book:
            assert sum(name.startswith("xl/worksheets/sheet") for name in book.namelist()) == sheets
        if count:
            with open_table(file) as table:
                names = table.sheets
            for name in names:
                with open_table(file, sheet=name) as table:
                    assert table.columns == ("编号",)
                    seen += [row.cells[0] for row in table]
        assert seen == list(range(count))


def test_a_failure_leaves_what_was_there_and_no_rubbish(tmp_path: Path) -> None:
    path = tmp_path / "留言.xlsx"
    write_table(path, ["a"], [["old"]])

    def failing() -> object:
        yield ["new"]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_table(path, ["a"], failing())  # type: ignore[arg-type]
    assert read_back(path.read_bytes()) == [("old",)]
    assert [found.name for found in tmp_path.iterdir()] == ["留言.xlsx"]


def test_the_kind_is_told_by_the_ending(tmp_path: Path) -> None:
    for ending, begins in (
        ("xlsx", b"PK"),
        ("csv", b"\xef\xbb\xbf"),
        ("csv.gz", b"\x1f\x8b"),
        ("XLSX", b"PK"),
    ):
        path = tmp_path / f"t.{ending}"
        counts: list[int] = []
        assert write_table(path, ["a"], [["1"], ["2"]], on_row=counts.append) == 2
        assert path.read_bytes().startswith(begins)
        assert counts == [1, 2]
    with pytest.raises(ValueError, match="ends in none"):
        write_table(tmp_path / "t.ods", ["a"], [])
    assert not (tmp_path / "t.ods").exists()
