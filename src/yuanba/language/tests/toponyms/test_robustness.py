"""No text breaks the resolver, and a long one only takes as long as it is long."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuanba.language.toponyms import Gazetteer, PlaceRow

from .yuzhou import GAZETTEER, ROWS

_IDS = [row.id for row in ROWS]
_WORDS = [
    "玉城",
    "家园",
    "玉城家园",
    "阳光花园",
    "沙河街道",
    "和平",
    "社区",
    "小区",
    "3栋",
    "三",
    "栋",
    "号楼",
    "号",
    "2单元",
    "单元",
    "501",
    "室",
    "-",
    "、",
    "的",
    "A",
    "座",
    "第",
    "（",
    "）",
    "二期",
    "区",
    "共",
    "，",
    "\n",
    "漏水",
    "１",
    "�",
    "😀",
]
_any_text = st.text(alphabet=st.characters(), max_size=120)
_address_like = st.lists(st.sampled_from(_WORDS), max_size=25).map("".join)


@settings(max_examples=400, deadline=None)
@given(st.one_of(_any_text, _address_like), st.one_of(st.none(), st.sampled_from(_IDS)), st.integers(-1, 9))
def test_any_text_is_read_and_every_span_lies_in_it(text: str, within: int | None, limit: int) -> None:
    matches = GAZETTEER.find(text, within, limit)
    assert len(matches) <= max(limit, 0)
    assert [match.confidence for match in matches] == sorted(
        (match.confidence for match in matches), reverse=True
    )
    assert len({match.place_id for match in matches}) == len(matches)
    for match in matches:
        assert 0 < match.confidence <= 1
        assert match.rest in text
        end = 0
        for start, stop in match.spans:
            assert end <= start < stop <= len(text)
            end = stop
        assert all(str(reason) for reason in match.why)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["street", "estate", "building", "household", "area"]), _any_text),
        max_size=8,
    )
)
def test_any_name_can_be_registered(names: list[tuple[str, str]]) -> None:
    rows = [PlaceRow(number, None, kind, name, (name[::-1],)) for number, (kind, name) in enumerate(names)]
    gazetteer = Gazetteer.build(rows)
    for _, name in names:
        gazetteer.find(name, within=0 if names else None)


@settings(max_examples=100, deadline=None)
@given(_address_like)
def test_the_same_text_always_gives_the_same_answer(text: str) -> None:
    assert GAZETTEER.find(text) == GAZETTEER.find(text)


@pytest.mark.parametrize(
    "piece",
    [
        "玉城家园3栋，",
        "1、",
        "3-",
        "一",
        "（",
        "玉城",
        "A1",
        "第三栋2单元501、",
        "沙河街道",
        "3栋至",
        "二期",
        "小区 ",
    ],
)
@pytest.mark.parametrize("within", [None, 2, 5])
def test_ten_thousand_signs_take_ten_times_a_thousand(piece: str, within: int | None) -> None:
    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        best = 9.0
        for _ in range(3):
            began = time.process_time()
            GAZETTEER.find(text, within)
            best = min(best, time.process_time() - began)
        return best

    assert seconds(10_000) < 40 * max(seconds(1_000), 0.001)
