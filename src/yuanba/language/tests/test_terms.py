from hypothesis import given
from hypothesis import strategies as st

from yuanba.language.terms import LENGTH_LIMIT, terms_of

TEXT = st.text(st.sampled_from("三栋二单元路灯坏了 abC1２９·𠀀𠮷，。\n"), max_size=40)


def test_chinese_is_found_by_pairs_and_the_rest_by_words() -> None:
    assert terms_of("3号路灯坏了，找物业WeChat群") == [
        "3",
        "号路",
        "路灯",
        "灯坏",
        "坏了",
        "找物",
        "物业",
        "wechat",
    ]


def test_a_character_that_stands_alone_is_no_term() -> None:
    assert terms_of("灯") == []
    assert terms_of("A栋") == ["a"]


def test_telephone_and_identity_numbers_are_not_searched_by() -> None:
    assert terms_of("电话13812345678，身份证500101199001011234，报装号20261") == [
        "电话",
        "身份",
        "份证",
        "报装",
        "装号",
        "20261",
    ]


def test_rare_characters_beyond_the_basic_plane_make_pairs() -> None:
    assert terms_of("𠮷野家") == ["𠮷野", "野家"]


def test_a_long_text_is_cut() -> None:
    assert len(terms_of("路灯" + "x " * LENGTH_LIMIT + "坏了")) == 2


@given(TEXT)
def test_terms_are_distinct_and_hold_no_blank(text: str) -> None:
    terms = terms_of(text)
    assert len(set(terms)) == len(terms)
    assert not any(" " in term or '"' in term for term in terms)


@given(TEXT, TEXT)
def test_what_is_part_of_a_text_is_found_by_its_terms(before: str, after: str) -> None:
    """Whoever searches for a passage finds the text that holds it."""
    whole = f"{before}，{after}"
    assert set(terms_of(before)) <= set(terms_of(whole))
    assert set(terms_of(after)) <= set(terms_of(whole))
