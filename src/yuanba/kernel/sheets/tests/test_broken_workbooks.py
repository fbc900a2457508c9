"""Workbooks that are damaged, or made to do damage: each is refused in plain words and fast."""

import io
import struct
import time
import tracemalloc
import zipfile
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuanba.kernel.sheets import Limits, UnreadableFile, open_table
from yuanba.kernel.sheets.limits import MB
from yuanba.kernel.sheets.tests.made import MAIN, one_sheet, sheet_xml, text_row, workbook

HEADER = text_row(1, "编号", "内容")
GOOD = one_sheet(
    HEADER + "".join(text_row(number, str(number), "路灯不亮" * 9) for number in range(2, 90)),
    shared=f'<sst xmlns="{MAIN}"><si><t>灯</t></si></sst>',
).getvalue()


def refusal_of(file: BytesIO, limits: Limits | None = None) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as refusal, open_table(file, limits=limits or Limits()) as table:
        for _row in table:
            pass
    assert refusal.value.field == "file"
    assert refusal.value.message
    return refusal.value


def test_a_truncated_workbook_is_named_damaged() -> None:
    for size in range(100, len(GOOD), 97):
        assert refusal_of(BytesIO(GOOD[:size])).looks_like == "damaged xlsx"


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_workbook_with_any_bytes_changed_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(GOOD)
    for _change in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        with open_table(BytesIO(bytes(content))) as table:
            list(table)
    except UnreadableFile as refusal:
        assert refusal.message


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='<>/="crvtis1A ', max_size=80))
def test_any_xml_in_a_sheet_is_read_or_refused(xml: str) -> None:
    try:
        with open_table(one_sheet(HEADER + xml)) as table:
            list(table)
    except UnreadableFile as refusal:
        assert refusal.code in {"file_damaged", "file_empty"}


def test_rows_before_the_damage_are_still_read_and_the_row_is_named() -> None:
    file = one_sheet(HEADER + text_row(2, "1", "灯") + "<row r='3'><c></row>")
    seen: list[int] = []
    with pytest.raises(UnreadableFile) as refusal, open_table(file, header_row=1) as table:
        seen.extend(row.number for row in table)
    assert seen == [2]
    assert refusal.value.row == 3


def test_an_entity_bomb_is_refused_before_it_unfolds() -> None:
    entities = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    assert refusal_of(workbook({"1": sheet_xml(HEADER, before=entities)})).code == "file_damaged"
    outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    bomb = workbook({"1": sheet_xml(text_row(1, "&a;"), before=outside)})
    assert refusal_of(bomb).code == "file_damaged"


def test_a_zip_bomb_is_refused_by_its_ratio() -> None:
    filler = " " * (96 * MB)
    file = one_sheet(HEADER + f"<row r='2'>{filler}</row>")
    assert len(file.getvalue()) < MB
    started = time.monotonic()
    assert refusal_of(file).code == "file_unpacks_too_large"
    assert time.monotonic() - started < 10


def test_a_small_part_named_a_thousand_times_over_is_refused_by_what_comes_out() -> None:
    shared = f'<sst xmlns="{MAIN}"><si><t>{"灯" * 30_000}</t></si></sst>'
    row = "<row>" + '<c t="s"><v>0</v></c>' * 30 + "</row>"
    bomb = one_sheet(row * 200, shared=shared)
    assert refusal_of(bomb, Limits(ratio_free_bytes=MB)).code == "file_unpacks_too_large"


def test_a_shared_string_without_end_is_refused() -> None:
    shared = f'<sst xmlns="{MAIN}"><si><t>{"a" * 3 * MB}</t></si></sst>'
    assert refusal_of(one_sheet(HEADER, shared=shared)).code == "file_damaged"


def test_more_shared_strings_than_allowed_are_refused() -> None:
    shared = f'<sst xmlns="{MAIN}">{"<si/>" * 1001}</sst>'
    assert refusal_of(one_sheet(HEADER, shared=shared), Limits(shared_texts=1000)).code == "file_damaged"


@pytest.mark.parametrize(
    "rows",
    [
        "<a>" * 200 + "</a>" * 200,
        "<row r='2'>" + "<c>" * 2 + "</c>" * 2 + "</row>",
        "<row r='2'><c><v>" * 100,
        "".join(f"<n{number}/>" for number in range(3000)),
        "<row r='2'>" + "".join(f"<c n{number}='1'/>" for number in range(3000)) + "</row>",
        f"<row r='2' x='{'a' * 3 * MB}'/>",
        "<row r='2'/><row r='2'/>",
        "<row r='1048577'/>",
        "<row r='2'><c r='B2'/><c r='A2'/></row>",
        "<row r='2'><c r='XFE2'/></row>",
        "<row r='2'><c r='2'/></row>",
        "<row r='2'><c t='s'><v>5</v></c></row>",
        "<row r='2'><c><v>twelve</v></c></row>",
        "<row r='2'><c s='9'><v>1</v></c></row>",
        "<c><v>1</v></c>",
    ],
    ids=range(15),
)
def test_xml_that_no_spreadsheet_writes_is_refused(rows: str) -> None:
    assert refusal_of(one_sheet(HEADER + rows)).code == "file_damaged"


def test_a_row_with_too_many_columns_or_too_much_text_is_refused() -> None:
    wide = HEADER + '<row r="2"><c r="ZZ2"><v>1</v></c></row>'
    assert refusal_of(one_sheet(wide)).code == "file_too_many_columns"
    long = HEADER + text_row(2, *["灯" * 30_000] * 40)
    assert refusal_of(one_sheet(long)).code == "file_row_too_long"


def test_more_rows_than_allowed_are_refused() -> None:
    rows = HEADER + "".join(text_row(number, "1", "灯") for number in range(2, 14))
    assert refusal_of(one_sheet(rows), Limits(rows=10)).code == "file_too_many_rows"


def test_a_cell_over_excels_length_is_a_fault_of_its_row() -> None:
    with open_table(one_sheet(HEADER + text_row(2, "1", "灯" * 32_768))) as table:
        [row] = table
    assert [fault.column for fault in row.faults] == [1]
    assert len(str(row.cells[1])) == 32_767


def test_a_file_over_the_callers_limit_is_refused_unread() -> None:
    assert refusal_of(BytesIO(GOOD), Limits(file_bytes=1000)).code == "file_too_large"


def test_an_overlong_table_of_contents_is_refused_unread() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(20_000):
            archive.writestr(f"xl/{number:060}", b"")
    tracemalloc.start()
    assert refusal_of(file).code == "file_damaged"
    assert tracemalloc.get_traced_memory()[1] < 2 * MB
    tracemalloc.stop()


def test_a_workbook_locked_by_zip_encryption_is_named() -> None:
    content = bytearray(GOOD)
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        struct.pack_into("<H", content, at + 8, 1)
        at = content.find(b"PK\x01\x02", at + 4)
    assert refusal_of(BytesIO(bytes(content))).code == "file_encrypted"


def test_a_workbook_without_its_parts_is_damaged() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/nothing.xml", "<x/>")
    assert refusal_of(file).code == "file_damaged"


def test_an_empty_workbook_is_named_empty() -> None:
    assert refusal_of(one_sheet("")).code == "file_empty"
