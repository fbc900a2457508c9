"""What the quality gate points out in an answer."""

from datetime import date

import pytest

from yuanba.demo.cast import Cast
from yuanba.kernel.errors import Invalid
from yuanba.matters import actions
from yuanba.matters.actions import Reply
from yuanba.matters.gate import look_over
from yuanba.matters.models import Matter
from yuanba.matters.tests.walking import GOOD_ANSWER, Walk

ON = date(2026, 3, 3)


@pytest.fixture
def matter(cast: Cast) -> Matter:
    return Walk(cast).receive().matter


def codes(matter: Matter, answer: str) -> set[str]:
    return {found.code for found in look_over(matter, answer, "沙河街道", ON)}


def test_a_good_answer_passes(matter: Matter) -> None:
    assert codes(matter, GOOD_ANSWER) == set()


def test_empty_phrases_are_pointed_out_where_they_stand(matter: Matter) -> None:
    answer = GOOD_ANSWER + "我们高度重视，正在积极协调，请耐心等待。"
    found = look_over(matter, answer, "沙河街道", ON)
    pointed = {answer[start:end] for each in found for start, end in each.spans}
    assert any("高度重视" in words for words in pointed)
    assert all(each.message for each in found)


def test_phrases_alone_are_no_answer(matter: Matter) -> None:
    assert codes(matter, "您反映的问题我们高度重视，正在积极协调，请耐心等待。")


def test_an_answer_beside_the_question_is_pointed_out(matter: Matter) -> None:
    beside = "经核实，您家的社会保险缴费记录已于3月3日由社保局补录完毕，可以在网上查询缴费年限。"
    assert "beside_the_question" in codes(matter, beside)


def test_too_short_for_this_district(matter: Matter) -> None:
    assert "too_short" in codes(matter, "路灯已修好。")


def test_a_person_overrides_it_with_a_reason_that_stays(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch().claim()
    empty = "您反映的路灯问题我们高度重视，正在积极协调，请耐心等待。"
    with pytest.raises(Invalid) as refused:
        walk.do(actions.answer_matter, Reply(empty, "沙河街道", walk.at.date()), by="street_officer")
    assert refused.value.code == "gate"
    overridden = Reply(empty, "沙河街道", walk.at.date(), override_reason="居民已当面同意")
    walk.do(actions.answer_matter, overridden, by="street_officer")
    answer = walk.matter.answers.get()
    assert answer.override_reason == "居民已当面同意"
    assert answer.findings


def test_personal_data_is_called_by_name(matter: Matter) -> None:
    answer = GOOD_ANSWER + "联系电话13800138000，微信号：wangxm_88，车牌号渝F12345。"
    told = " ".join(found.message for found in look_over(matter, answer, "沙河街道", ON))
    assert "(mobile number)" in told
    assert "(number plate)" in told
    assert "(WeChat name)" in told
