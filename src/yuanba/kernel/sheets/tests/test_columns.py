import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanba.kernel.sheets import UnknownColumn, guess_columns

WANTED = {
    "number": ("留言编号", "工单编号", "编号", "number", "ID"),
    "at": ("留言时间", "来电时间", "时间", "created at"),
    "text": ("留言详情", "诉求内容", "反映内容", "内容", "text"),
    "subject": ("留言主题", "主题", "标题", "subject"),
}


def test_the_usual_headings_are_found() -> None:
    header = ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情"]
    assert guess_columns(header, WANTED) == {"number": 0, "subject": 2, "at": 3, "text": 4}
    assert guess_columns(["工单编号", "来电时间", "诉求内容"], WANTED) == {"number": 0, "at": 1, "text": 2}


def test_width_case_spaces_marks_and_brackets_are_no_matter() -> None:
    header = [" Ｉｄ ", "Created_At", "*诉求 内容（必填）", "主题："]
    assert guess_columns(header, WANTED) == {"number": 0, "at": 1, "text": 2, "subject": 3}


def test_an_exact_heading_wins_over_a_bracketed_or_longer_one() -> None:
    assert guess_columns(["内容(摘要)", "内容"], WANTED)["text"] == 1
    assert guess_columns(["处理时间", "时间"], WANTED)["at"] == 1


def test_a_longer_heading_counts_only_when_no_other_could_be_meant() -> None:
    assert guess_columns(["市民留言时间"], WANTED) == {"at": 0}
    assert "at" not in guess_columns(["登记时间", "办结时间"], WANTED)


def test_what_is_told_goes_before_what_is_guessed() -> None:
    found = guess_columns(["内容", "回复内容"], WANTED, {"text": "回复内容"})
    assert found["text"] == 1


def test_a_wrong_field_or_heading_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownColumn) as wrong_field:
        guess_columns(["内容"], WANTED, {"txet": "内容"})
    assert "text" in wrong_field.value.message
    with pytest.raises(UnknownColumn) as wrong_heading:
        guess_columns(["留言详情", "时间"], WANTED, {"text": "留言详请"})
    assert "留言详情" in wrong_heading.value.message
    assert wrong_heading.value.field == "text"
    with pytest.raises(UnknownColumn) as nothing_near:
        guess_columns(["内容", ""], WANTED, {"text": "xyz"})
    assert "内容" in nothing_near.value.message


@given(st.lists(st.text(max_size=12), max_size=12))
def test_no_column_is_given_twice_and_all_exist(header: list[str]) -> None:
    found = guess_columns(header, WANTED)
    assert len(set(found.values())) == len(found)
    assert all(0 <= column < len(header) for column in found.values())
