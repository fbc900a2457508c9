"""Near-copies among training rows."""

from yuanba.language.triage.grouping import groups_of_copies

MESSAGE = (
    "尊敬的领导您好，我是玉城家园的业主，小区北门外新建了一座混凝土搅拌站，夜里两三点还在开工，"
    "噪音和粉尘让老人孩子睡不着，我们多次向环保部门投诉，一直没有结果，请求尽快处理。"
)
CUT = (
    "尊敬 领导 玉城 家园 业主 小区 北门 外 新建 一座 混凝土 搅拌站 夜里 两三点 开工 噪音 粉尘 "
    "老人 孩子 睡不着 多次 环保部门 投诉 结果 请求 处理"
)
OTHER = "父亲六十二岁，养老保险断缴三年，想一次补缴后办理退休，需要带哪些材料，到哪个窗口办理？"


def test_a_message_and_its_cut_copy_are_one_group_and_another_is_not() -> None:
    first, copy, other = groups_of_copies([MESSAGE, CUT, OTHER])
    assert first == copy != other


def test_short_equal_messages_are_one_group() -> None:
    assert groups_of_copies(["停水", "停 水", "停电"]) == [0, 0, 1]


def test_texts_of_one_pattern_do_not_all_become_one_group() -> None:
    texts = [f"尊敬的领导您好，玉城家园{number}栋停水三天了，请尽快派人处理，谢谢" for number in range(200)]
    groups = groups_of_copies(texts)
    assert max(groups.count(group) for group in set(groups)) <= 20


def test_no_texts_make_no_groups() -> None:
    assert groups_of_copies([]) == []
