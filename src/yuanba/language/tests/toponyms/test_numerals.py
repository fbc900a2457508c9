from hypothesis import given
from hypothesis import strategies as st

from yuanba.language.toponyms import read_number, spell_number


@given(st.integers(0, 9999))
def test_a_number_spelt_in_chinese_reads_back(number: int) -> None:
    assert read_number(spell_number(number)) == number


@given(st.integers(0, 9999))
def test_half_and_full_width_figures_are_one_number(number: int) -> None:
    wide = str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert read_number(str(number)) == read_number(wide) == number


def test_spoken_and_formal_numerals_are_read() -> None:
    spoken = {"廿三": 23, "卅": 30, "两百零三": 203, "一百二": 120, "一〇三": 103, "拾贰": 12, "二零八": 208}
    assert {text: read_number(text) for text in spoken} == spoken


def test_what_is_no_numeral_has_no_number() -> None:
    for text in ("", "玉城", "十百", "二二十", "3栋", "一" * 13, "-3", "3.5", "²"):
        assert read_number(text) is None


@given(st.text(max_size=20))
def test_reading_a_number_never_raises(text: str) -> None:
    number = read_number(text)
    assert number is None or number >= 0
