from datetime import date, datetime
from io import BytesIO

import pytest

from yuanba.kernel.sheets import Row, UnreadableFile, open_table
from yuanba.kernel.sheets.number_formats import Shows, moment, shows
from yuanba.kernel.sheets.tests.made import MAIN, one_sheet, sheet_xml, text_row, workbook

HEADER = text_row(1, "编号", "内容")


def rows_of(file: BytesIO, **options: str) -> list[Row]:
    with open_table(file, **options) as table:  # type: ignore[arg-type]
        return list(table)


def cells_of(rows: str, **parts: str) -> list[tuple[object, ...]]:
    return [row.cells for row in rows_of(one_sheet(HEADER + rows, **parts))]


def test_inline_shared_and_rich_texts_are_read_and_phonetics_left_out() -> None:
    shared = (
        f'<sst xmlns="{MAIN}"><si><t>路灯</t></si><si><r><t>不</t></r><r><rPr><b/></rPr><t>亮</t></r>'
        "<rPh sb='0' eb='1'><t>bù</t></rPh></si></sst>"
    )
    row = '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c></row>'
    assert cells_of(row, shared=shared) == [("路灯", "不亮")]


def test_numbers_truth_values_and_errors_keep_what_the_sheet_says() -> None:
    [row] = rows_of(
        one_sheet(
            text_row(1, "a", "b", "c", "d", "e")
            + '<row r="2"><c><v>12</v></c><c><v>12.50</v></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c>'
            "<c><v>110108001001</v></c></row>"
        )
    )
    assert row.cells == (12, 12.5, "TRUE", "#N/A", 110108001001)
    assert [fault.column for fault in row.faults] == [3]


def test_a_formula_is_its_saved_value_as_text_and_flagged() -> None:
    [row] = rows_of(
        one_sheet(
            HEADER + '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c>'
            '<c r="B2" t="str"><f>HYPERLINK("http://x","y")</f><v>y</v></c></row>'
        )
    )
    assert row.cells == ("2", "y")
    assert row.formulas == (0, 1)


def test_a_formula_without_a_saved_value_is_an_empty_flagged_cell() -> None:
    [row] = rows_of(one_sheet(HEADER + '<row r="2"><c><v>1</v></c><c><f>A1</f></c></row>'))
    assert row.cells == (1, None)
    assert row.formulas == (1,)
    assert [fault.column for fault in row.unsaved] == [1]


def test_a_formula_that_came_to_the_empty_text_has_its_result() -> None:
    [row] = rows_of(one_sheet(HEADER + '<row r="2"><c><v>1</v></c><c t="str"><f>A1</f><v></v></c></row>'))
    assert row.cells == (1, None)
    assert (row.formulas, row.unsaved) == ((1,), ())


STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="170" formatCode="yyyy&quot;年&quot;m&quot;'
    '月&quot;d&quot;日&quot;\\ h:mm"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>'
    '<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="20"/></cellXfs></styleSheet>'
)
DATED = (
    '<row r="2"><c s="1"><v>43499</v></c><c s="2"><v>43499.76960648148</v></c></row>'
    '<row r="3"><c s="3"><v>0.75</v></c><c s="0"><v>43499</v></c></row>'
)


def test_dates_are_told_by_the_number_format() -> None:
    assert cells_of(DATED, styles=STYLES) == [
        (date(2019, 2, 3), datetime(2019, 2, 3, 18, 28, 14)),  # noqa: DTZ001
        ("18:00:00", 43499),
    ]


def test_dates_of_the_1904_system_are_four_years_on() -> None:
    cells = cells_of(DATED, styles=STYLES, properties='<workbookPr date1904="1"/>')
    assert cells[0][0] == date(2023, 2, 4)


def test_excels_first_days_are_as_excel_shows_them() -> None:
    assert moment(1, Shows.DATE, since_1904=False) == date(1900, 1, 1)
    assert moment(59, Shows.DATE, since_1904=False) == date(1900, 2, 28)
    assert moment(61, Shows.DATE, since_1904=False) == date(1900, 3, 1)
    assert moment(-1, Shows.DATE, since_1904=False) is None
    assert moment(2_958_466, Shows.DATE, since_1904=False) is None


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("General", Shows.NUMBER),
        ("0.00E+00", Shows.NUMBER),
        ('#,##0"元/m2·d"', Shows.NUMBER),
        ("[Red]0.0;[Blue]-0.0", Shows.NUMBER),
        ("yyyy/m/d", Shows.DATE),
        ("[$-804]yyyy年m月d日", Shows.DATE),
        ("yyyy-mm-dd hh:mm:ss", Shows.MOMENT),
        ("[h]:mm", Shows.TIME),
        ("mm:ss.0", Shows.TIME),
    ],
)
def test_a_number_format_shows_what_it_says(code: str, expected: Shows) -> None:
    assert shows(code) is expected


def test_rows_keep_the_number_that_excel_shows_and_empty_rows_are_left_out() -> None:
    rows = rows_of(one_sheet(text_row(3, "编号", "内容") + text_row(5, "", " ") + text_row(9, "1", "灯")))
    assert [(row.number, row.cells) for row in rows] == [(9, ("1", "灯"))]


def test_cells_that_are_left_out_and_styled_empty_cells_are_empty() -> None:
    rows = (
        '<row r="2"><c r="B2" t="inlineStr"><is><t>灯</t></is></c><c r="XFD2" s="0"/></row>'
        '<row r="3"><c><v>1</v></c></row>'
    )
    assert cells_of(rows) == [(None, "灯"), (1, None)]


def test_a_writer_that_prefixes_every_element_is_read() -> None:
    xml = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c t="inlineStr"><x:is><x:t>编号</x:t>'
        "</x:is></x:c></x:row><x:row r='2'><x:c><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    )
    assert [row.cells for row in rows_of(workbook({"1": xml}))] == [(7,)]


def test_escaped_characters_are_unescaped_and_control_characters_faulted() -> None:
    [row] = rows_of(one_sheet(HEADER + text_row(2, "a_x000A_b _x005F_x000A_", "c_x0007_")))
    assert row.cells[0] == "a\nb _x000A_"
    assert [fault.column for fault in row.faults] == [1]


def test_the_first_visible_sheet_with_rows_is_read_unless_one_is_named() -> None:
    def file() -> BytesIO:
        sheets = {
            "说明": sheet_xml(text_row(1, "藏") + text_row(2, "x")),
            "空": sheet_xml(""),
            "数据": sheet_xml(HEADER + text_row(2, "1", "灯")),
        }
        return workbook(sheets, states={"说明": "hidden"})

    assert rows_of(file())[0].cells == ("1", "灯")
    assert rows_of(file(), sheet="说明")[0].cells == ("x",)
    with pytest.raises(UnreadableFile) as refusal:
        open_table(file(), sheet="没有")
    assert refusal.value.code == "sheet_unknown"
    with open_table(file()) as table:
        assert table.sheets == ("说明", "空", "数据")


def test_title_rows_above_the_header_are_skipped() -> None:
    rows = text_row(1, "某区留言导出") + text_row(2, "导出时间", "2019") + text_row(4, "编号", "内容", "时间")
    with open_table(one_sheet(rows + text_row(5, "1", "灯", "今天"))) as table:
        assert table.columns == ("编号", "内容", "时间")
        assert table.header_number == 4
        assert [row.number for row in table] == [5]


def test_the_header_row_can_be_told() -> None:
    rows = text_row(1, "a", "b") + text_row(2, "编号", "内容") + text_row(3, "1", "灯")
    with open_table(one_sheet(rows), header_row=2) as table:
        assert table.columns == ("编号", "内容")
    with pytest.raises(UnreadableFile) as refusal:
        open_table(one_sheet(rows), header_row=9)
    assert refusal.value.code == "header_missing"


def test_progress_reaches_its_end() -> None:
    seen: list[tuple[int, int]] = []
    rows = HEADER + "".join(text_row(number, str(number), "灯") for number in range(2, 1200))
    with open_table(one_sheet(rows), on_progress=lambda done, total: seen.append((done, total))) as table:
        assert len(list(table)) == 1198
    assert len(seen) > 3
    assert all(done <= total for done, total in seen)
    assert seen[-1][0] == seen[-1][1]
