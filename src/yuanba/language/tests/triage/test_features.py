"""What the model sees of a message."""

from hypothesis import given, settings
from hypothesis import strategies as st

from yuanba.language.triage.features import (
    CHARACTERS,
    HEAD_CHARACTERS,
    HEAD_WORDS,
    LENGTH_LIMIT,
    WORDS,
    Stretches,
    stretches,
    windows,
)

message = st.text(alphabet="小区停水三天没人管，a7县 3栋。\n𠮷", max_size=90)


def said(seen: Stretches, kind: int) -> list[str]:
    return [
        seen.text[start:end]
        for start, end, own in zip(seen.starts, seen.ends, seen.kinds, strict=True)
        if own == kind
    ]


@settings(deadline=None)
@given(message)
def test_spaces_between_words_make_no_difference(text: str) -> None:
    plain, spaced = stretches(text), stretches(" ".join(text))
    assert plain.text == spaced.text
    assert plain.keys.tolist() == spaced.keys.tolist()


@settings(deadline=None)
@given(st.text(max_size=60), st.text(max_size=30))
def test_any_text_can_be_read_and_no_two_features_share_a_number(text: str, subject: str) -> None:
    seen = stretches(text, subject)
    meaning: dict[int, tuple[int, str]] = {}
    for key, kind, start, end in zip(
        seen.keys.tolist(), seen.kinds.tolist(), seen.starts, seen.ends, strict=True
    ):
        assert meaning.setdefault(key, (kind, seen.text[start:end])) == (kind, seen.text[start:end])


def test_words_characters_and_pairs_are_seen_and_signs_and_digits_are_not() -> None:
    seen = stretches("小区停水3天，没人管")
    assert {"小区", "停水"} <= set(said(seen, WORDS))
    assert "区停" in said(seen, CHARACTERS)
    assert not any(sign in stretch for stretch in said(seen, CHARACTERS) for sign in "3，")


def test_pairs_do_not_reach_across_signs() -> None:
    assert "水没" not in said(stretches("停水，没人管"), CHARACTERS)


def test_only_the_beginning_is_the_head() -> None:
    seen = stretches("路灯坏了。" + "请尽快派人处理" * 10 + "电梯停运")
    assert "路灯" in said(seen, HEAD_WORDS)
    assert "电梯" not in said(seen, HEAD_WORDS)
    assert "电梯" in said(seen, WORDS)


def test_the_subject_is_read_first() -> None:
    assert "电梯" in said(stretches("请尽快派人处理" * 10, "电梯停运"), HEAD_WORDS)


def test_rare_characters_of_the_higher_planes_are_seen_whole() -> None:
    assert "𠮷" in said(stretches("𠮷家村停水"), HEAD_CHARACTERS)


def test_a_very_long_message_is_read_up_to_the_limit() -> None:
    assert len(stretches("停水" * 100_000).text) == LENGTH_LIMIT


def test_windows_are_equal_for_equal_stretches() -> None:
    keys = windows("停水停水停水", 2).tolist()
    assert len(keys) == 5
    assert keys[0] == keys[2] == keys[4] != keys[1]
    assert windows("停", 2).tolist() == []
