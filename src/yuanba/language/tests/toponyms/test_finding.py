"""What a resident may write, and the place that is meant."""

import pytest

from yuanba.language.toponyms import Gazetteer, PlaceRow

from .yuzhou import (
    CUIWEI,
    DISTRICT,
    GARDEN,
    GARDEN_PHASE_TWO,
    GAZETTEER,
    HEPING,
    LIULI_EIGHT,
    PIPA_SQUARE,
    SHAHE,
    SUNSHINE_SHAHE,
    SUNSHINE_ZHOUJIABA,
    TWENTY_ONE,
    YUCHENG_COMMUNITY,
    YUCHENG_ESTATE,
    ZHOUJIABA,
    codes,
    find,
    place,
    surest,
)

BUILDING_3 = place(YUCHENG_ESTATE, "3栋")
UNIT_2 = place(BUILDING_3, "2单元")
FLAT_501 = place(UNIT_2, "501")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("玉城家园3栋2单元", UNIT_2),
        ("玉城家园三号楼二单元501", FLAT_501),
        ("玉城家园３幢2门501室漏水", FLAT_501),
        ("玉城家园3-2-501", FLAT_501),
        ("玉城家园3栋2单元5-1", FLAT_501),
        ("玉城家园第三栋", BUILDING_3),
        ("玉城家园小区3#楼", BUILDING_3),
        ("玉城家园的3栋没有水", BUILDING_3),
        ("玉城家園三號樓", BUILDING_3),
        ("玉城小区3栋", BUILDING_3),
        ("玉城3栋电梯坏了", BUILDING_3),
        ("我家在老棉纺厂3栋", BUILDING_3),
        ("3栋（玉城家园）电梯坏了", BUILDING_3),
        ("重庆市玉州区沙河街道玉城社区玉城家园3栋2单元501室", FLAT_501),
        ("玉城家园综合楼门口", place(YUCHENG_ESTATE, "综合楼")),
        ("阳光花园A座大厅", place(SUNSHINE_SHAHE, "A座")),
        ("阳光花园27栋", place(SUNSHINE_SHAHE, "27栋")),
        ("琉璃U城8组团3号楼", place(LIULI_EIGHT, "3栋")),
        ("锦绣桂园二期4栋", place(GARDEN_PHASE_TWO, "4栋")),
        ("锦绣桂园2期", GARDEN_PHASE_TWO),
        ("锦绣桂园", GARDEN),
        ("枇杷坪广场的音响太大", PIPA_SQUARE),
        ("翠微路社区门口堆满垃圾", CUIWEI),
        ("翠微路社区居民委员会不上班", CUIWEI),
        ("翠微路二十一号社区", TWENTY_ONE),
        ("沙河街道办事处没人接电话", SHAHE),
        ("和平社区的路灯坏了", HEPING),
        ("玉州区", DISTRICT),
    ],
)
def test_the_place_meant_is_found(text: str, expected: int) -> None:
    assert surest(text) == expected


@pytest.mark.parametrize("text", ["三栋", "3号楼", "3幢", "第3栋", "３#", "我们小区三栋没有水"])
def test_a_number_alone_is_looked_for_where_it_was_written(text: str) -> None:
    assert surest(text, YUCHENG_ESTATE) == BUILDING_3
    assert find(text) == []


def test_a_number_that_stands_twice_is_left_open() -> None:
    matches = find("三栋", YUCHENG_COMMUNITY)
    assert {match.place_id for match in matches} == {BUILDING_3, place(SUNSHINE_SHAHE, "3栋")}
    assert all(match.confidence < 0.5 and "several_inside" in codes(match) for match in matches)


def test_a_number_that_only_one_estate_has_settles_the_estate() -> None:
    assert surest("27栋", YUCHENG_COMMUNITY) == place(SUNSHINE_SHAHE, "27栋")


@pytest.mark.parametrize(
    ("text", "within", "expected"),
    [
        ("2单元501", BUILDING_3, FLAT_501),
        ("501室漏水", UNIT_2, FLAT_501),
        ("5栋吵得厉害", UNIT_2, place(YUCHENG_ESTATE, "5栋")),
        ("3栋2单元", FLAT_501, UNIT_2),
    ],
)
def test_inside_a_building_less_needs_to_be_said(text: str, within: int, expected: int) -> None:
    assert surest(text, within) == expected


def test_a_missing_building_leaves_the_estate_and_the_rest() -> None:
    (match,) = find("沙河街道玉城家园2单元")
    assert match.place_id == YUCHENG_ESTATE
    assert match.rest == "2单元"
    assert "building_missing" in codes(match)


@pytest.mark.parametrize(
    ("text", "expected", "rest", "code"),
    [
        ("玉城家园99栋", YUCHENG_ESTATE, "99栋", "building_unknown"),
        ("玉城家园3栋9单元", BUILDING_3, "9单元", "unit_unknown"),
        ("玉城家园3栋2单元904室", UNIT_2, "904室", "household_unknown"),
    ],
)
def test_what_is_not_registered_stays_as_rest(text: str, expected: int, rest: str, code: str) -> None:
    match = find(text)[0]
    assert (match.place_id, match.rest) == (expected, rest)
    assert code in codes(match)


def test_a_short_name_of_two_places_gives_both_and_says_so() -> None:
    matches = find("玉城")
    assert {match.place_id for match in matches} == {YUCHENG_ESTATE, YUCHENG_COMMUNITY}
    assert all(match.confidence < 0.5 and "rivals" in codes(match) for match in matches)


def test_twins_are_settled_by_the_street_named() -> None:
    assert surest("阳光花园") is None
    assert len(find("阳光花园")) == 2
    assert surest("沙河街道阳光花园") == SUNSHINE_SHAHE
    assert surest("周家坝街道的阳光花园3栋") == place(SUNSHINE_ZHOUJIABA, "3栋")
    assert surest("阳光花园电梯坏了，我是和平社区的居民") == SUNSHINE_ZHOUJIABA


def test_twins_are_settled_by_where_the_text_was_written() -> None:
    assert surest("阳光花园", SHAHE) == SUNSHINE_SHAHE
    assert surest("阳光花园3栋", ZHOUJIABA) == place(SUNSHINE_ZHOUJIABA, "3栋")


def test_a_place_named_elsewhere_beats_the_frame_with_less_confidence() -> None:
    at_home = find("玉城家园3栋", SHAHE)[0]
    away = find("玉城家园3栋", ZHOUJIABA)[0]
    assert at_home.place_id == away.place_id == BUILDING_3
    assert away.confidence < at_home.confidence
    assert "outside_within" in codes(away)


@pytest.mark.parametrize(
    "text",
    [
        "希望邻里和平相处",
        "阳光普照的一天",
        "请大家保持和平",
        "一共有三栋楼",
        "2019-3-15上报，电话023-58123456",
        "住在朝阳小区3栋",
    ],
)
@pytest.mark.parametrize("within", [None, SHAHE, ZHOUJIABA, YUCHENG_ESTATE])
def test_ordinary_words_and_counts_name_nothing(text: str, within: int | None) -> None:
    assert surest(text, within) is None


def test_a_name_in_an_unknown_region_is_doubted() -> None:
    known = find("阳光花园27栋")[0].confidence
    doubted = find("朝阳区阳光花园27栋")
    assert not doubted or doubted[0].confidence < known
    assert surest("朝阳区阳光花园") is None


def test_a_longer_unknown_name_is_doubted() -> None:
    assert surest("金鼎阳光花园27栋") is None or find("金鼎阳光花园27栋")[0].confidence < 0.8


def test_a_slip_is_forgiven_only_inside_a_frame() -> None:
    assert surest("玉诚家园3栋", SHAHE) == BUILDING_3
    assert "typo" in codes(find("玉诚家园3栋", SHAHE)[0])
    assert surest("玉诚家园3栋") is None


def test_another_number_or_compass_point_is_no_slip() -> None:
    assert surest("玉东家园", SHAHE) is None


def test_enumerated_buildings_are_all_found() -> None:
    buildings = {place(YUCHENG_ESTATE, f"{number}栋") for number in (3, 5, 7)}
    assert {match.place_id for match in find("玉城家园3、5、7栋都停水")} == buildings
    assert {match.place_id for match in find("玉城家园3栋和5栋、7栋都停水")} == buildings


def test_a_long_enumeration_gives_the_estate() -> None:
    (match,) = find("玉城家园1-9栋停水")
    assert (match.place_id, match.rest) == (YUCHENG_ESTATE, "1-9栋")
    assert "list_too_long" in codes(match)


def test_two_places_in_one_text_are_both_found() -> None:
    found = {match.place_id for match in find("玉城家园3栋停水，枇杷坪广场也停水")}
    assert found == {BUILDING_3, PIPA_SQUARE}


def test_what_only_holds_the_place_found_is_not_listed() -> None:
    assert [match.place_id for match in find("沙河街道玉城社区玉城家园3栋")] == [BUILDING_3]


def test_the_limit_is_kept() -> None:
    assert len(find("阳光花园")) == 2
    assert len(GAZETTEER.find("阳光花园", limit=1)) == 1
    assert GAZETTEER.find("阳光花园", limit=0) == []


@pytest.mark.parametrize(
    "text",
    [
        "玉城家园对面的锦绣桂园2栋漏水",
        "玉城家园旁边锦绣桂园2栋漏水",
        "不是玉城家园，是锦绣桂园2栋漏水",
        "并非玉城家园的事，请看锦绣桂园2栋",
    ],
)
def test_a_place_named_only_beside_or_as_not_meant_gives_way(text: str) -> None:
    assert surest(text) == place(GARDEN, "2栋")


def test_a_place_named_alone_stays_though_something_lies_beside_it() -> None:
    assert surest("玉城家园对面的烧烤店太吵") == YUCHENG_ESTATE
    assert surest("玉城家园不是我们小区") == YUCHENG_ESTATE


HEPING_VILLAGE, HEPING_COMMUNITY = 3, 4
_TOWN = [PlaceRow(1, None, "district", "玉州区"), PlaceRow(2, 1, "street", "桃源镇")]
VILLAGE_ONLY = Gazetteer.build([*_TOWN, PlaceRow(HEPING_VILLAGE, 2, "community", "和平村")])
BOTH = Gazetteer.build(
    [
        *_TOWN,
        PlaceRow(HEPING_VILLAGE, 2, "community", "和平村"),
        PlaceRow(HEPING_COMMUNITY, 2, "community", "和平社区"),
    ]
)


@pytest.mark.parametrize("text", ["和平社区", "和平社区居委会", "桃源镇和平社区", "桃源镇和平居委会路灯坏了"])
@pytest.mark.parametrize("within", [None, 1, 2])
def test_a_name_with_an_ending_of_another_sort_is_never_sure(text: str, within: int | None) -> None:
    match = VILLAGE_ONLY.find(text, within)[0]
    assert match.place_id == HEPING_VILLAGE
    assert 0.5 < match.confidence <= 0.7
    assert "another word for its level" in " ".join(map(str, match.why))


@pytest.mark.parametrize("text", ["和平村委会", "桃源镇和平村村民委员会", "桃源镇和平村"])
def test_the_office_of_a_village_is_as_sure_as_the_village(text: str) -> None:
    match = VILLAGE_ONLY.find(text, 2)[0]
    assert (match.place_id, match.confidence > 0.9) == (HEPING_VILLAGE, True)


@pytest.mark.parametrize("within", [None, 2])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("和平社区", HEPING_COMMUNITY),
        ("和平社区居委会", HEPING_COMMUNITY),
        ("和平居委会", HEPING_COMMUNITY),
        ("和平村", HEPING_VILLAGE),
        ("和平村委会", HEPING_VILLAGE),
    ],
)
def test_of_a_village_and_a_community_of_one_name_the_one_written_wins(
    text: str, expected: int, within: int | None
) -> None:
    match = BOTH.find(text, within)[0]
    assert match.place_id == expected
    assert match.confidence > 0.6


@pytest.mark.parametrize("text", ["玉城家园3栋5楼2号", "玉城家园3号楼五层2号漏水", "玉城家园3栋5楼1号"])
def test_a_door_on_a_floor_is_no_unit(text: str) -> None:
    match = find(text)[0]
    assert match.place_id == BUILDING_3
    assert match.rest.startswith(("5楼", "五层"))


def test_a_door_on_a_floor_is_the_household_where_that_is_registered() -> None:
    rows = [
        *_TOWN,
        PlaceRow(3, 2, "community", "桃花社区"),
        PlaceRow(4, 3, "estate", "桃花家园"),
        PlaceRow(5, 4, "building", "3栋"),
        PlaceRow(6, 5, "unit", "2单元"),
        PlaceRow(7, 6, "household", "502"),
    ]
    gazetteer = Gazetteer.build(rows)
    assert gazetteer.find("桃花家园3栋5楼2号")[0].place_id == 7
    assert gazetteer.find("桃花家园3栋2号")[0].place_id == 6
