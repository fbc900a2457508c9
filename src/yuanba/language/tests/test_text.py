"""Cleaning, folding and cutting, on text as bad as it comes."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from yuanba.language.text import clean, cut, fold, narrow, rarity, squeeze

# Everything Python can hold in a string, lone surrogates included.
anything = st.text(alphabet=st.characters(exclude_categories=()), max_size=60)


@settings(deadline=None)
@given(anything)
@example("_x00\x000D_")
@example("_x00_x0000_0D_")
@example("＿ｘ０００Ｄ＿")
@example("\ud83d\ude00\ud800")
def test_cleaning_and_folding_are_done_after_one_go(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert fold(fold(text)) == fold(text)


@settings(deadline=None)
@given(anything)
def test_squeezed_text_has_no_white_space(text: str) -> None:
    assert not any(character.isspace() for character in squeeze(text))


@settings(deadline=None)
@given(anything)
def test_clean_text_can_be_stored_as_utf8_and_holds_no_controls(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert not any(ord(character) < 0x20 and character != "\n" for character in cleaned)


@settings(deadline=None)
@given(anything)
def test_cut_words_joined_give_the_text_back(text: str) -> None:
    assert "".join(cut(clean(text))) == clean(text)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_narrowing_keeps_every_position(text: str) -> None:
    assert len(narrow(text)) == len(text)


def test_rare_characters_of_names_are_left_as_written() -> None:
    # A compatibility ideograph, one of its supplement, a private-use character, an ideographic variant.
    for name in ("\uf9dc", "\U0002f82a", "\ue815", "葛\U000e0100"):
        assert clean(f"李{name}") == f"李{name}"


def test_paired_surrogates_become_their_character_and_lone_ones_go() -> None:
    assert clean("好\ud842\udfb7\ud842吧") == "好\U00020bb7吧"


def test_hidden_and_reordering_marks_are_taken_away() -> None:
    assert clean("停\u200b水\u202e了\ufeff\x00") == "停水了"


def test_line_ends_of_spreadsheets_become_line_ends() -> None:
    assert clean("书记：_x000D_\n您好\r\n\r\n\r\n停水") == "书记：\n您好\n\n停水"


def test_spaces_are_single_and_ideographic_ones_are_spaces() -> None:
    assert clean("　　您好 \t 。　") == "您好 。"


def test_text_cut_into_words_squeezes_to_the_same_as_text_that_was_not() -> None:
    assert squeeze("Ａ７ 县\u3000３ 栋 停水") == squeeze("a7县3栋停水") == "a7县3栋停水"


def test_a_decomposed_letter_equals_the_composed_one() -> None:
    assert fold("Cafe\u0301") == fold("café")


def test_common_words_tell_less_than_rare_ones_and_unknown_ones_most() -> None:
    assert rarity("的") < rarity("小区") < rarity("搅拌站") < rarity("玉城家园") == 1.0
    assert rarity("玉城", unknown=0.8) == 0.8
