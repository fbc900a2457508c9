"""Exports that nobody here made, read from beside the repository where that folder is present."""

from pathlib import Path

import pytest

from yuanba.kernel.sheets import as_datetime, as_text, guess_columns, open_table

DATA = Path(__file__).resolve().parents[6] / "shared" / "data"
WANTED = {
    "number": ("留言编号", "number"),
    "subject": ("留言主题", "subject"),
    "at": ("留言时间", "at"),
    "text": ("留言详情", "text"),
}

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not DATA.is_dir(), reason="the folder of real data is not here: ../shared/data"),
]


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("messages/export_dev.xlsx", 1800),
        ("messages/messages_open_dev.csv.gz", 2800),
        ("messages/messages_answered_dev.csv.gz", 1800),
        ("messages/labelled_raw_dev.csv.gz", 600),
    ],
)
def test_every_row_of_a_real_export_has_a_number_a_time_and_a_text(name: str, count: int) -> None:
    with open_table(DATA / name) as table:
        columns = guess_columns(table.columns, WANTED)
        assert set(columns) == set(WANTED)
        rows = list(table)
    assert len(rows) == count
    for row in rows:
        assert not row.faults
        assert as_text(row.cells[columns["number"]])
        assert as_text(row.cells[columns["text"]])
        assert 2000 < as_datetime(row.cells[columns["at"]]).year < 2030
