from hypothesis import given
from hypothesis import strategies as st

from yuanba.language.toponyms.folding import fold


@given(st.text(alphabet=st.characters(), max_size=200))
def test_folding_keeps_every_offset(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded


def test_one_spelling_for_the_ways_to_type_an_address() -> None:
    assert fold("ａ座３號樓（萬壽路）—Ⅱ期①單元") == "A座3号楼(万寿路)-2期1单元"


def test_a_lone_surrogate_is_replaced() -> None:
    assert fold("玉\ud800城") == "玉\ufffd城"
