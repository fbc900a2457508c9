import pytest

from yuanba.language.toponyms.endings import read_ending, split_name


@pytest.mark.parametrize(
    ("kind", "name", "parts"),
    [
        ("community", "竹山村村民委员会", ("竹山", "村村民委员会", "")),
        ("community", "唐村村民委员会", ("唐村", "村民委员会", "")),
        ("community", "翠微路21号社区居委会", ("翠微路21号", "社区居委会", "")),
        ("street", "恒合土家族乡", ("恒合", "乡", "")),
        ("district", "彭水苗族土家族自治县", ("彭水", "自治县", "")),
        ("province", "广西壮族自治区", ("广西", "壮族自治区", "")),
        ("estate", "玉城家园(二期)", ("玉城", "家园", "2期")),
        ("estate", "琉璃U城八组团", ("琉璃U城", "", "8组团")),
        ("estate", "环湖雅居B区A组团", ("环湖", "雅居", "B区A组团")),
        ("estate", "竹园小区(渝中)", ("竹园", "小区", "(渝中)")),
        ("estate", "花园", ("花园", "", "")),
        ("area", "枇杷坪广场", ("枇杷坪广场", "", "")),
    ],
)
def test_a_name_is_a_stem_with_an_ending(kind: str, name: str, parts: tuple[str, str, str]) -> None:
    assert split_name(kind, name) == parts


def test_an_ending_is_read_where_it_stands() -> None:
    ending = read_ending("玉城家园二期小区门口", 2)
    assert (ending.tail, ending.zones, ending.general, ending.length) == ("家园", "2期", "小区", 6)


@pytest.mark.parametrize("text", ["区别", "乡亲", "一期待", "市民", "", "漏水"])
def test_the_beginning_of_another_word_is_no_ending(text: str) -> None:
    assert read_ending(text, 0).length == 0


def test_an_office_word_before_a_verb_ends_early() -> None:
    assert read_ending("街道办理业务", 0).tail == "街道"
    assert read_ending("街道办的人", 0).tail == "街道办"
