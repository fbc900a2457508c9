"""Fingerprints, marks and likeness."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from yuanba.language.similarity import MARKS, Nearness, Telling, fingerprint, likeness, marks

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MIXER = Telling(
    "玉城家园北门外新建了一座混凝土搅拌站，夜里两三点还在开工，噪音和粉尘让老人孩子睡不着。",
    "玉城家园旁搅拌站噪音扰民",
    NOON,
    "0001000200030004",
)
MIXER_AGAIN = Telling(
    "我家住玉城家园9栋，对面搅拌站天天晚上轰鸣，灰尘飘进家里，请管一管这个搅拌站。",
    "搅拌站粉尘噪音",
    NOON + timedelta(days=3),
    "0001000200030004",
)
PENSION = Telling(
    "父亲六十二岁，养老保险断缴三年，想补缴后办理退休，需要带哪些材料？",
    "咨询养老保险补缴",
    NOON,
    "0001000200030004",
)

messages = st.text(alphabet="停水三天没人管搅拌站噪音扰民玉城家园3栋，。 ", max_size=80)
any_text = st.text(max_size=60)


@settings(deadline=None)
@given(any_text)
def test_a_fingerprint_fits_a_signed_64_bit_column(text: str) -> None:
    assert -(2**63) <= fingerprint(text) < 2**63


def test_a_fingerprint_does_not_see_spaces_width_and_signs() -> None:
    assert fingerprint("３栋停水，请处理！") == fingerprint("3 栋 停水 请处理")
    assert fingerprint("3栋停水") != fingerprint("8栋停水")


def test_subject_and_text_together_have_one_fingerprint() -> None:
    assert fingerprint("没人管", "停水三天") == fingerprint("停水三天没人管")


@settings(deadline=None)
@given(any_text, any_text)
def test_marks_are_few_distinct_and_fit_a_column(text: str, subject: str) -> None:
    drawn = marks(text, subject)
    assert len(set(drawn)) == len(drawn) <= MARKS
    assert all(-(2**63) <= mark < 2**63 for mark in drawn)


@settings(deadline=None)
@given(messages)
def test_marks_do_not_depend_on_spaces(text: str) -> None:
    assert marks(text) == marks(" ".join(text))


def test_two_tellings_of_one_trouble_share_a_mark_and_strangers_do_not() -> None:
    own = set(marks(MIXER.text, MIXER.subject))
    assert own & set(marks(MIXER_AGAIN.text, MIXER_AGAIN.subject))
    assert not own & set(marks(PENSION.text, PENSION.subject))


def test_text_without_telling_words_has_no_marks() -> None:
    assert marks("您好，请问一下。") == ()


def test_one_trouble_told_twice_at_one_place_is_likely_the_same_and_says_why() -> None:
    found = likeness(MIXER, MIXER_AGAIN)
    assert found.value > 0.7
    assert "搅拌站" in found.shared
    assert found.nearness is Nearness.SAME
    assert found.days == 3


def test_another_trouble_at_the_same_place_is_not() -> None:
    assert likeness(MIXER, PENSION).value < 0.2


@settings(deadline=None)
@given(messages, messages)
def test_likeness_is_the_same_both_ways_and_stays_within_bounds(first: str, second: str) -> None:
    one, other = likeness(Telling(first), Telling(second)), likeness(Telling(second), Telling(first))
    assert one == other
    assert 0 <= one.value <= 1
    assert 0 <= one.text <= 1


def test_a_copy_is_wholly_alike() -> None:
    assert likeness(MIXER, MIXER).text == 1.0


def test_distance_in_time_and_place_makes_the_same_words_less_likely_the_same_trouble() -> None:
    near = likeness(MIXER, MIXER_AGAIN).value
    late = Telling(MIXER_AGAIN.text, MIXER_AGAIN.subject, NOON + timedelta(days=800), MIXER.place_path)
    far = Telling(MIXER_AGAIN.text, MIXER_AGAIN.subject, MIXER_AGAIN.at, "0001000900030004")
    assert likeness(MIXER, late).value < near
    assert likeness(MIXER, far).value < near


def test_nearness_follows_the_tree_of_places() -> None:
    def nearness(first: str, second: str) -> Nearness:
        return likeness(Telling("停水", place_path=first), Telling("停水", place_path=second)).nearness

    assert nearness("00010002", "000100020003") is Nearness.SAME
    assert nearness("000100020003", "000100020004") is Nearness.NEXT
    assert nearness("000100020003", "000100090004") is Nearness.APART
    assert nearness("", "00010002") is Nearness.UNKNOWN
