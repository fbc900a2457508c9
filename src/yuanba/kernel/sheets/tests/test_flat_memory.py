"""Reading and writing take the same memory for few rows and for many."""

import io
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from yuanba.kernel.sheets import open_table, write_table
from yuanba.kernel.sheets.limits import MB
from yuanba.kernel.sheets.tests.made import MAIN, one_sheet, text_row
from yuanba.kernel.sheets.writing import Kind

ROWS = 12_000


def rows(count: int) -> Iterator[list[object]]:
    for number in range(count):
        yield [number, f"第{number}条：" + "路灯不亮，请尽快处理。" * 20]


def peak_bytes(work: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def read(content: bytes) -> int:
    with open_table(io.BytesIO(content)) as table:
        return sum(1 for _row in table)


@pytest.mark.parametrize("kind", ["xlsx", "csv.gz"])
def test_reading_and_writing_stay_flat(kind: Kind, tmp_path: Path) -> None:
    path = tmp_path / f"t.{kind}"
    assert peak_bytes(lambda: write_table(path, ["编号", "内容"], rows(ROWS))) < 8 * MB
    content = path.read_bytes()
    assert peak_bytes(lambda: read(content)) < 12 * MB


def test_shared_strings_are_kept_on_disk() -> None:
    shared = "".join(f"<si><t>{text}</t></si>" for _number, text in rows(ROWS))
    cells = "".join(f'<row><c t="s"><v>{number}</v></c></row>' for number in range(ROWS))
    content = one_sheet(text_row(1, "内容") + cells, shared=f'<sst xmlns="{MAIN}">{shared}</sst>').getvalue()
    assert len(shared) > 2 * MB
    assert peak_bytes(lambda: read(content)) < 4 * MB
