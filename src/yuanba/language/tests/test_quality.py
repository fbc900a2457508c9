"""The gate: what it points out, and that a good answer passes."""

import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuanba.language.quality import MESSAGES, Finding, Severity, check_answer

REQUEST = (
    "玉城家园3栋下水道堵塞\n"
    "玉城家园3栋2单元门口的下水道堵了一个星期，污水漫到路上，物业说管不了，请派人疏通。"
)
GOOD = (
    "您好！您反映的玉城家园3栋下水道堵塞问题已收悉，现将办理情况回复如下："
    "3月4日上午，百安坝街道联合区市政管理处到现场查看，查明是2单元门口污水井内建筑垃圾堵塞。"
    "3月5日，市政管理处派疏通车清掏污水井3座、疏通管道40米，路面污水已清理干净。"
    "街道已要求物业公司每月巡查一次。感谢您的监督。"
)


def codes(answer: str, request: str = REQUEST, **beside: object) -> list[str]:
    return [finding.code for finding in check_answer(request, answer, **beside)]  # type: ignore[arg-type]


def finding(code: str, answer: str, request: str = REQUEST) -> Finding:
    return next(found for found in check_answer(request, answer) if found.code == code)


def test_a_good_answer_passes_without_a_word() -> None:
    assert check_answer(REQUEST, GOOD) == []


def test_a_good_answer_to_a_question_passes() -> None:
    request = "咨询养老保险断缴后怎么补缴\n我断缴了三年，想补缴养老保险，需要什么材料？"
    answer = (
        "您好！根据《社会保险法》第十六条，养老保险断缴部分不能一次性补缴，可以延长缴费至满最低年限。"
        "请您携带身份证到百安坝街道便民服务中心3号窗口办理续保，电话023-58000000。"
    )
    assert codes(answer) != []
    assert codes(answer, request) == []


@pytest.mark.parametrize("answer", ["", "  \n", "……！"])
def test_no_answer_is_pointed_out(answer: str) -> None:
    assert codes(answer) == ["answer_empty"]


@pytest.mark.parametrize(
    "answer",
    [
        "已收悉",
        "网友：您好！留言已收悉。",
        "您好，您的来信已收悉，感谢您对我们工作的关心与支持！祝您生活愉快！",
        "2026年3月2日",
    ],
)
def test_greeting_receipt_and_thanks_are_no_answer(answer: str) -> None:
    assert codes(answer) == ["nothing_said"]


@pytest.mark.parametrize(
    "answer",
    [
        "您好，您反映的问题已转相关部门处理。",
        "您反映的问题已转交区住建委调查核实，请耐心等待。感谢您的留言！",
        "我局高度重视，正在研究解决，处理结果将及时反馈给您。",
        "有关领导高度重视，将进一步加强管理力度，敬请谅解。",
    ],
)
def test_an_answer_of_phrases_alone_is_serious(answer: str) -> None:
    found = check_answer(REQUEST, answer)
    assert found[0].code == "only_empty_phrases"
    assert found[0].severity is Severity.SERIOUS


def test_each_empty_phrase_is_shown_where_it_stands() -> None:
    answer = GOOD.replace("3月4日上午", "区领导高度重视，3月4日上午")
    found = finding("empty_phrase_attention", answer)
    assert [answer[start:end] for start, end in found.spans] == ["高度重视"]
    assert found.params == {"phrase": "高度重视"}
    assert codes(answer) == ["empty_phrase_attention"]


def test_full_width_signs_do_not_move_the_places() -> None:
    answer = "（一）３月４日，街道已派人疏通下水道；（二）我处将进一步加强巡查力度。"
    start, end = finding("empty_phrase_effort", answer).spans[0]
    assert answer[start:end] == "将进一步加强巡查力度"


def test_the_title_of_a_document_is_not_an_empty_phrase() -> None:
    answer = "街道根据《关于进一步加强下水道管理的通知》，于3月4日派人疏通了玉城家园3栋的下水道。"
    assert codes(answer) == []


def test_an_answer_to_something_else_names_what_was_left_out() -> None:
    answer = "经区教委核实，3月4日已公布义务教育招生方案，适龄儿童可按户籍地到对口小学报名入学。"
    found = finding("beside_the_question", answer)
    assert found.severity is Severity.WARNING
    assert "下水道" in found.params["asked"]
    assert "下水道" in found.message


def test_no_dictionary_is_loaded_to_check_an_answer() -> None:
    script = "import sys; from yuanba.language.quality import check_answer; check_answer(*sys.argv[1:3]); "
    script += "sys.exit('rjieba' in sys.modules)"
    command = [sys.executable, "-c", script, REQUEST, "已按规定办理入学报名，3月4日已公布名单。"]
    assert subprocess.run(command, check=False).returncode == 0


def test_a_complaint_answered_without_deed_is_a_warning_and_a_reason_softens_it() -> None:
    silent = "玉城家园的下水道堵塞给居民生活造成了很多困难，大家都看得到。"
    reasoned = "玉城家园3栋的下水道属于业主共有部分，按照规定由业主使用维修资金疏通。"
    assert finding("deed_missing", silent).severity is Severity.WARNING
    assert finding("deed_missing", reasoned).severity is Severity.NOTICE


@pytest.mark.parametrize(
    "answer",
    [
        "您好，3栋门口的下水道已经修好了，社区水工王师傅11月22日下午来修的。",
        "11月22日下午，社区水工换了3栋门口下水道的井盖和垫圈，当场过车不响。",
        "11月22日市政班组把3栋下水道里的建筑垃圾清走了。",
    ],
)
def test_plain_words_for_what_was_done_pass(answer: str) -> None:
    assert codes(answer) == []


def test_a_question_left_without_rule_reason_or_way_is_pointed_out() -> None:
    request = "咨询养老保险断缴后怎么补缴"
    assert "explanation_missing" in codes("养老保险是大家都很关心的话题，断缴补缴问得很好。", request)


def test_who_and_when_may_stand_in_the_form_instead_of_the_text() -> None:
    answer = "玉城家园3栋门口的下水道已疏通，污水清理干净。"
    assert codes(answer) == ["actor_missing", "date_missing"]
    assert codes(answer, done_by="百安坝街道办事处", done_on=date(2026, 3, 5)) == []
    assert codes(answer, done_by="  ") == ["actor_missing", "date_missing"]


def test_a_promise_needs_a_day() -> None:
    late = GOOD.replace("街道已要求物业公司每月巡查一次。", "下一步将尽快更换破损井盖。")
    dated = GOOD.replace("街道已要求物业公司每月巡查一次。", "下一步将于3月20日前更换破损井盖。")
    assert codes(late) == ["promise_without_date"]
    assert codes(dated) == []


def test_personal_data_in_an_answer_is_pointed_out_but_an_office_line_is_not() -> None:
    leaking = GOOD + "已与您（13800001234）联系。"
    found = finding("personal_data", leaking)
    assert [leaking[start:end] for start, end in found.spans] == ["13800001234"]
    assert codes(GOOD + "咨询电话：023-58000000。") == []


def test_the_most_serious_comes_first() -> None:
    order = [Severity.SERIOUS, Severity.WARNING, Severity.NOTICE]
    ranks = [order.index(found.severity) for found in check_answer(REQUEST, "领导高度重视，已转相关部门。")]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) > 1


sentences = st.sampled_from(
    [
        "已收悉",
        "您好",
        "高度重视",
        "已转有关部门处理",
        "3月4日",
        "街道",
        "下水道",
        "将尽快",
        "《",
        "》",
        "。",
        "，",
        "\n",
        "　",
    ]
)


@settings(deadline=None)
@given(st.lists(sentences, max_size=30).map("".join), st.text(max_size=30))
def test_every_finding_has_its_words_and_lies_within_the_answer(answer: str, request: str) -> None:
    for found in check_answer(request, answer):
        assert found.message == MESSAGES[found.code] % found.params
        assert all(0 <= start < end <= len(answer) for start, end in found.spans)


@pytest.mark.parametrize(
    "piece", ["的", "高度重视。", "将尽快", "已", "1 ", "《", "经", "感谢", "a@", "2019年1月1日  "]
)
def test_a_very_long_answer_is_read_quickly(piece: str) -> None:
    from time import process_time

    started_at = process_time()
    check_answer(REQUEST, piece * (40_000 // len(piece)))
    assert process_time() - started_at < 2
