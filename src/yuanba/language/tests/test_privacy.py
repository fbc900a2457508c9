"""Finding and hiding what tells who the writer is. All numbers and names are made up."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuanba.language.privacy import Kind, find, mask

IDENTITY = "110101199003070011"
CARD = "6222020000000000008"

CASES = [
    ("请打13800001234找我", Kind.MOBILE, "13800001234", "请打138****1234找我"),
    ("电话138-0000-1234。", Kind.MOBILE, "138-0000-1234", "电话138-****-1234。"),
    ("电话１３８ ００００ １２３４", Kind.MOBILE, "１３８ ００００ １２３４", "电话１３８ **** １２３４"),
    ("幺三八零零零零一二三四是我", Kind.MOBILE, "幺三八零零零零一二三四", "幺三八****一二三四是我"),
    ("+86 13800001234", Kind.MOBILE, "+86 13800001234", "+86 1******1234"),
    (f"身份证号{IDENTITY}，", Kind.IDENTITY, IDENTITY, f"身份证号1{'*' * 16}1，"),
    ("证件11010119900307001x", Kind.IDENTITY, "11010119900307001x", f"证件1{'*' * 16}x"),
    ("老身份证110101900307001", Kind.IDENTITY, "110101900307001", f"老身份证1{'*' * 13}1"),
    (f"卡号{CARD}", Kind.BANK_CARD, CARD, f"卡号{'*' * 15}0008"),
    ("转到账号：123456789012", Kind.BANK_CARD, "123456789012", "转到账号：********9012"),
    ("写信到zhang.san@example.cn谢谢", Kind.EMAIL, "zhang.san@example.cn", "写信到z********@example.cn谢谢"),
    ("TEL13800001234", Kind.MOBILE, "13800001234", "TEL138****1234"),
    ("家里电话023-58001234", Kind.FIXED_LINE, "023-58001234", "家里电话***-*****234"),
    ("电话：58001234", Kind.FIXED_LINE, "58001234", "电话：*****234"),
    ("渝A12345停在门口", Kind.PLATE, "渝A12345", "渝A****5停在门口"),
    ("新能源车渝AD12345", Kind.PLATE, "渝AD12345", "新能源车渝A*****5"),
    ("QQ：12345678", Kind.QQ, "12345678", "QQ：1******8"),
    ("微信号wang_er99", Kind.WECHAT, "wang_er99", "微信号w***_***9"),
    ("我叫欧阳小明，住三栋", Kind.NAME, "欧阳小明", "我叫欧***，住三栋"),
    ("联系人：王某某 电话", Kind.NAME, "王某某", "联系人：王** 电话"),
]


@pytest.mark.parametrize(("text", "kind", "stretch", "masked"), CASES)
def test_personal_data_is_found_where_it_stands_and_hidden(
    text: str, kind: Kind, stretch: str, masked: str
) -> None:
    found = find(text)
    assert [(item.kind, text[item.start : item.end]) for item in found] == [(kind, stretch)]
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "工单号202603021234567890已经办结",
        "拨打12345或者110",
        "补助1380000元，面积123.45平方米",
        "2026-03-02 12:00到13:00停水",
        "我叫他把车挪走",
        "叫车来拉垃圾",
        "办公室在A1区3栋2单元",
        "公交T35路和地铁8号线",
        "微信公众号里能查到",
        "卡号在卡的背面",
        "110101199913990011这一串不是日期",
    ],
)
def test_what_is_not_personal_is_left_alone(text: str) -> None:
    assert find(text) == []


def test_several_kinds_in_one_text_are_found_in_order_without_overlap() -> None:
    text = f"我叫王小二，电话13800001234，身份证{IDENTITY}。"
    found = find(text)
    assert [item.kind for item in found] == [Kind.NAME, Kind.MOBILE, Kind.IDENTITY]
    assert all(first.end <= second.start for first, second in pairwise(found))


pieces = st.sampled_from(
    [case[2] for case in CASES]
    + ["电话", "我叫", "卡号", "，", " ", "-", "1", "@", "微信", "a", "*", "王", "\n"]
)


@settings(deadline=None)
@given(st.lists(pieces, max_size=12).map("".join))
def test_masking_keeps_the_length_and_leaves_nothing_to_find(text: str) -> None:
    masked = mask(text)
    assert len(masked) == len(text)
    assert mask(masked) == masked


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_can_be_masked(text: str) -> None:
    assert len(mask(text)) == len(text)
