"""Suggestions from the playbook's own words."""

from hypothesis import given, settings
from hypothesis import strategies as st

from yuanba.language.triage import KeywordModel, Triage

WORDS = {
    "water": ["停水", "自来水供应", "水管"],
    "noise": ["噪音", "广场舞", "扰民"],
    "parking": ["停车", "车位", "乱停乱放", "扰民"],
}
MODEL = KeywordModel(WORDS)


def test_the_category_whose_words_are_found_is_suggested_with_them() -> None:
    best = MODEL.suggest("广场舞噪音太大")[0]
    assert best.category == "noise"
    assert set(best.why) == {"广场舞", "噪音"}


def test_nothing_is_suggested_when_no_word_is_found() -> None:
    assert MODEL.suggest("咨询退休手续") == []
    assert MODEL.suggest("") == []


def test_a_word_of_one_category_counts_more_than_a_word_of_two() -> None:
    found = {item.category: item.confidence for item in MODEL.suggest("噪音扰民")}
    assert found["noise"] > found["parking"]


def test_a_part_of_a_word_counts_less_than_the_whole() -> None:
    whole, part = MODEL.suggest("自来水供应")[0], MODEL.suggest("自来水浑浊")[0]
    assert whole.category == part.category == "water"
    assert whole.confidence > part.confidence


def test_the_subject_counts_double() -> None:
    found = MODEL.suggest("停车", "停水")
    assert [item.category for item in found] == ["water", "parking"]


def test_more_evidence_makes_surer_and_never_certain() -> None:
    one, two = MODEL.suggest("车位")[0].confidence, MODEL.suggest("车位乱停乱放")[0].confidence
    assert one < two < 1


def test_a_reason_is_not_given_twice_as_its_own_part() -> None:
    assert MODEL.suggest("自来水供应不足")[0].why == ("自来水供应",)


def test_spaces_and_width_make_no_difference() -> None:
    assert MODEL.suggest("停 水 了") == MODEL.suggest("停水了")


def test_the_name_changes_with_the_words() -> None:
    assert MODEL.name == KeywordModel(WORDS).name
    assert MODEL.name != KeywordModel(WORDS | {"water": ["停水"]}).name


def test_a_playbook_without_words_suggests_nothing() -> None:
    assert KeywordModel({}).suggest("停水") == []
    assert KeywordModel({"water": ["", "水"]}).suggest("停水") == []


def test_both_ways_of_suggesting_are_triage() -> None:
    triage: Triage = MODEL
    assert triage.name.startswith("words:")


@settings(deadline=None)
@given(st.text(max_size=60), st.text(max_size=20))
def test_any_text_gets_confidences_between_none_and_one(text: str, subject: str) -> None:
    found = MODEL.suggest(text, subject)
    assert all(0 < item.confidence < 1 for item in found)
    assert sum(item.confidence for item in found) < 1.001


def test_a_word_for_whom_it_touches_counts_less_than_one_for_what_it_is() -> None:
    model = KeywordModel({"care": ["老人", "养老院"], "school": ["孩子", "上学"], "lamps": ["路灯"]})
    for told in ("路灯坏了，老人看不清", "路灯坏了，孩子怕黑"):
        assert model.suggest(told)[0].category == "lamps"
    assert model.suggest("家里的老人想去养老院")[0].category == "care"
    assert model.suggest("老人没人照顾")[0].category == "care"
