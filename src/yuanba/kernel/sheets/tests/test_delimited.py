import gzip
import io
import zlib

import pytest

from yuanba.kernel.sheets import Limits, Row, UnreadableFile, open_table
from yuanba.kernel.sheets.limits import MB


def rows_of(content: bytes | str, limits: Limits | None = None) -> list[Row]:
    data = content.encode() if isinstance(content, str) else content
    with open_table(io.BytesIO(data), limits=limits or Limits()) as table:
        return list(table)


def refusal_of(content: bytes | str, limits: Limits | None = None) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as refusal:
        rows_of(content, limits)
    assert refusal.value.message
    return refusal.value


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_told_by_what_cuts_evenly(delimiter: str) -> None:
    lines = [("编号", "内容", "时间"), ("1", "灯,不亮;请|处理", "今天"), ("2", "水", "昨天")]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in lines)
    assert [row.cells for row in rows_of(text)] == [*lines[1:]]


def test_one_column_needs_no_delimiter() -> None:
    assert [row.cells for row in rows_of("内容\n路灯不亮\n")] == [("路灯不亮",)]


def test_rows_are_numbered_as_a_spreadsheet_numbers_them() -> None:
    text = '编号,内容\r\n\r\n1,"两行\n文字"\r\n,,\r\n2,灯\r\n'
    assert [(row.number, row.cells) for row in rows_of(text)] == [(3, ("1", "两行\n文字")), (5, ("2", "灯"))]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_any_line_ending_is_read(newline: str) -> None:
    assert len(rows_of(newline.join(["a,b", "1,2", "3,4"]))) == 2


def test_gzip_is_unpacked_on_the_way_also_in_several_members() -> None:
    packed = gzip.compress("编号,内容\n1,灯\n".encode()) + gzip.compress("2,水\n".encode())
    assert [row.cells[1] for row in rows_of(packed)] == ["灯", "水"]


def test_a_quotation_mark_never_closed_is_named_with_its_row() -> None:
    refusal = refusal_of('编号,内容\n1,灯\n2,"水\n3,火\n')
    assert (refusal.code, refusal.row) == ("file_quote_open", 3)
    assert refusal_of('a,b\n1,"' + "x\n" * 600_000).code == "file_quote_open"
    assert refusal_of('a,b\n1,"' + "x" * 200_000).code == "file_quote_open"
    assert refusal_of("a,b\n1," + "x" * 3 * MB).code == "file_quote_open"


def test_a_quotation_mark_closed_at_the_very_end_is_closed() -> None:
    assert rows_of('编号,内容\n1,"灯"')[0].cells == ("1", "灯")


def test_cells_with_what_cannot_be_kept_are_faulted_and_the_rest_is_read() -> None:
    rows = rows_of(b"a,b\n1,x\x00y\n2,\x07\n3,\xed\xa0\x80\n4,ok\n5," + b"z" * 40_000)
    assert [[fault.column for fault in row.faults] for row in rows] == [[1], [1], [1], [], [1]]
    assert len(str(rows[4].cells[1])) == 32_767


def test_a_row_longer_than_the_header_is_faulted_since_its_cells_have_shifted() -> None:
    rows = rows_of("编号,内容,时间\n1,灯,坏了,今天\n2,水,昨天,\n")
    assert [fault.column for fault in rows[0].faults] == [3]
    assert rows[1].faults == ()


def test_a_row_shorter_than_the_header_is_filled_up() -> None:
    assert rows_of("编号,内容,时间\n1\n")[0].cells == ("1", None, None)


def test_texts_wrapped_against_spreadsheets_are_unwrapped() -> None:
    assert rows_of('编号,内容\n"=""007""",\'=1+1\n\'a,\'-b\n')[0].cells == ("007", "=1+1")


def test_damaged_gzip_is_named() -> None:
    packed = gzip.compress(("编号,内容\n" + "".join(f"{n},灯\n" for n in range(9000))).encode())
    for broken in (
        packed[:-4],
        packed[:200],
        packed[:20] + b"\0\0\0\0" + packed[24:],
        b"\x1f\x8b" + b"x" * 50,
    ):
        refusal = refusal_of(broken)
        assert (refusal.code, refusal.looks_like) == ("file_damaged", "damaged gzip")


def test_a_gzip_bomb_is_refused_by_its_ratio() -> None:
    packer = zlib.compressobj(9, wbits=31)
    packed = (
        b"".join(packer.compress((b"a," + b"b" * 1021 + b"\n") * 1024) for _piece in range(96))
        + packer.flush()
    )
    assert len(packed) < MB
    assert refusal_of(packed).code == "file_unpacks_too_large"


def test_archives_in_archives_are_refused() -> None:
    assert refusal_of(gzip.compress(b"PK\x03\x04xxxx")).code == "file_wrong_kind"
    assert refusal_of(gzip.compress(gzip.compress(b"a,b\n1,2\n"))).code == "file_wrong_kind"


def test_more_columns_or_rows_than_allowed_are_refused() -> None:
    assert refusal_of("a,b\n" + "1," * 600 + "1\n").code == "file_too_many_columns"
    assert refusal_of("a,b\n" + "1,2\n" * 20, Limits(rows=10)).code == "file_too_many_rows"


def test_line_ends_without_end_are_refused() -> None:
    assert refusal_of("a,b\n1,2\n" + "\n" * 20, Limits(rows=10)).code == "file_too_many_rows"
    assert refusal_of(gzip.compress(b"a,b\n" + b",\n" * 20), Limits(rows=10)).code == "file_too_many_rows"


def test_expected_headings_are_found_above_a_wider_row() -> None:
    file = io.BytesIO("汇总表,2026\n 编号 ,（内容）\n1,灯,好,多,余,了\n".encode())
    with open_table(file, expected=("编号", "内容", "时间")) as table:
        assert (table.header_number, table.columns) == (2, ("编号", "（内容）"))


def test_the_callers_file_stays_open() -> None:
    file = io.BytesIO("编号,内容\n1,灯\n".encode())
    with open_table(file) as table:
        list(table)
    assert not file.closed


def test_an_upload_that_only_reads_and_seeks_is_enough() -> None:
    class Upload:
        def __init__(self, content: bytes) -> None:
            self._file = io.BytesIO(content)

        def read(self, size: int = -1) -> bytes:
            return self._file.read(size)

        def seek(self, offset: int, whence: int = 0) -> int:
            return self._file.seek(offset, whence)

        def tell(self) -> int:
            return self._file.tell()

    for content in ("编号,内容\n1,灯\n".encode(), gzip.compress("编号,内容\n1,灯\n".encode())):
        with open_table(Upload(content)) as table:  # type: ignore[arg-type]
            assert [row.cells for row in table] == [("1", "灯")]
