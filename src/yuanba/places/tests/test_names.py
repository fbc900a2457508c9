import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanba.kernel.errors import Invalid
from yuanba.places.names import (
    clean_name,
    community_spellings,
    name_key,
    numbered_name,
    spellings,
    spoken_name,
)


@pytest.mark.parametrize(
    ("official", "spoken"),
    [
        ("翠微路社区居委会", "翠微路社区"),
        ("北滨社区居民委员会", "北滨社区"),
        ("西街居委会", "西街社区"),
        ("大林村村民委员会", "大林村"),
        ("大林村委会", "大林村"),
        ("大林村民委员会", "大林村"),
        ("小营股份经济合作社生活区", "小营股份经济合作社生活区"),
    ],
)
def test_a_community_is_called_without_its_committee(official: str, spoken: str) -> None:
    assert spoken_name(official, "community") == spoken
    assert official in community_spellings(spoken)


def test_only_communities_lose_their_ending() -> None:
    assert spoken_name("老居委会", "building") == "老居委会"


@pytest.mark.parametrize("text", ["", "  \t", "\u200b", "a\u0000b", "\ud800", "x" * 121])
def test_a_name_that_cannot_be_shown_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        clean_name(text)
    assert caught.value.field == "name"


def test_invisible_marks_go_and_rare_characters_stay() -> None:
    assert clean_name("门\u200b口 \ufeff") == "门口"
    # A character of Unicode 15, newer than Python 3.11 knows, and one that GB 18030 maps to private use.
    assert clean_name("\U00031350\ue815村") == "\U00031350\ue815村"


@pytest.mark.parametrize("name", ["3", "3栋", "3号楼", "3#", "03幢", "第3栋"])
def test_a_building_is_the_same_however_its_number_is_written(name: str) -> None:
    assert name_key(name, "building") == "3#"
    assert "3栋" in spellings(name, "building")


@pytest.mark.parametrize("name", ["3栋A", "13栋", "A3", "综合楼", "3-4栋"])
def test_another_building_is_another_building(name: str) -> None:
    assert name_key(name, "building") != "3#"


def test_a_bare_number_in_a_list_gets_its_word() -> None:
    assert numbered_name("3", "building") == "3栋"
    assert numbered_name("2", "unit") == "2单元"
    assert numbered_name("301", "household") == "301"


@given(st.text(max_size=130))
def test_a_cleaned_name_is_clean(text: str) -> None:
    try:
        name = clean_name(text)
    except Invalid:
        return
    assert clean_name(name) == name
    assert 0 < len(name) <= 120
    name.encode()
