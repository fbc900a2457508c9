import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanba.kernel.sheets import UnreadableFile, open_table
from yuanba.kernel.sheets.encodings import choose

TABLE = "留言编号,留言主题\n1,路灯不亮，请尽快处理\n2,𠮷㐀䶮镕彧堃：垃圾无人清运\n"
TRADITIONAL = "留言編號,留言主題\n1,關於道路破損的問題，這條道路已經壞了兩年多沒有人來修理，請盡快處理\n"
JAPANESE = "番号,内容\n1,道路の舗装がひどく傷んでいます。早く直してください。カラスも多くて困っています。\n"
KOREAN = "번호,내용\n1,도로 포장이 심하게 손상되었습니다 빨리 고쳐 주세요. 쓰레기 문제도 심각합니다\n"


def cells(content: bytes) -> list[tuple[object, ...]]:
    with open_table(io.BytesIO(content)) as table:
        return [table.columns, *(row.cells for row in table)]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_the_encodings_of_real_exports_are_read_rare_characters_and_all(codec: str) -> None:
    assert cells(TABLE.encode(codec)) == [
        ("留言编号", "留言主题"),
        ("1", "路灯不亮，请尽快处理"),
        ("2", "𠮷㐀䶮镕彧堃：垃圾无人清运"),
    ]


def test_both_byte_orders_of_utf16_are_read_with_their_mark() -> None:
    for mark, codec in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        assert cells(mark + TABLE.encode(codec))[1] == ("1", "路灯不亮，请尽快处理")


@pytest.mark.parametrize(
    ("text", "codec", "name"),
    [
        (TRADITIONAL, "big5", "Big5"),
        ("編號,名稱,地址\n", "big5", "Big5"),
        (JAPANESE, "cp932", "Shift_JIS"),
        (JAPANESE, "euc_jp", "EUC-JP"),
        (KOREAN, "cp949", "EUC-KR"),
        (TABLE, "utf-32", "UTF-32"),
        ("café;élève;naïve\nñandú;Fuß;Øre\n", "cp1252", "binary"),
    ],
)
def test_other_encodings_are_named(text: str, codec: str, name: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        open_table(io.BytesIO(text.encode(codec)))
    assert refusal.value.code == "file_wrong_encoding"
    assert refusal.value.looks_like == name


def test_utf16_without_its_mark_is_refused() -> None:
    with pytest.raises(UnreadableFile) as refusal:
        open_table(io.BytesIO("number,text\n1,lamp\n".encode("utf-16-le")))
    assert refusal.value.code == "file_wrong_encoding"


def test_bytes_at_random_are_no_text() -> None:
    for _turn in range(20):
        with pytest.raises(UnreadableFile):
            choose(os.urandom(5000))


@pytest.mark.parametrize("text", ["联通,1\n", "编号,名称\n1,镕\n", "a,𠮷𠮷𠮷\n", "關於,道路\n", "，。、；\n"])
def test_short_texts_in_gb18030_are_not_taken_for_something_else(text: str) -> None:
    assert choose(text.encode("gb18030")) == "gb18030"


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=60))
def test_utf8_is_never_taken_for_something_else(text: str) -> None:
    assert choose(f"编号,{text}\n".encode()) == "utf-8"


def test_a_text_cut_off_in_the_middle_of_a_character_is_still_read() -> None:
    content = ("编号,内容\n" + "1,灯\n" * 400_000).encode()
    for size in range(1024 * 1024, 1024 * 1024 + 3):
        assert choose(content[:size]) == "utf-8"


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "utf-16"])
def test_damaged_bytes_are_a_fault_of_their_cell_and_nothing_else(codec: str) -> None:
    text = "编号,内容\n" + "1,路灯不亮请尽快处理\n" * 20
    content = text.encode(codec)
    bad = {"utf-8": b"\xff", "gb18030": b"\xff", "utf-16": b"\x00\xdc"}[codec]
    comma = ",".encode(codec)[-len(bad) :]
    at = content.index(comma, len(content) // 2) + len(comma)
    with open_table(io.BytesIO(content[:at] + bad + content[at:])) as table:
        rows = list(table)
    assert len(rows) == 20
    assert sum(bool(row.faults) for row in rows) == 1
    assert [fault.column for row in rows for fault in row.faults] == [1]
