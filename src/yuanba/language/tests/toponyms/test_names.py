"""Names as registers have them, and as people write them."""

import pytest

from yuanba.language.toponyms import Gazetteer, Match, PlaceRow


def _find(text: str, *rows: PlaceRow, within: int | None = None) -> list[Match]:
    return Gazetteer.build(rows).find(text, within)


@pytest.mark.parametrize(
    ("kind", "name", "written", "code"),
    [
        ("estate", "玉城家园", "玉城家园", "name"),
        ("estate", "玉城家园", "玉城家园小区", "name"),
        ("estate", "碧水云天", "碧水云天小区", "suffix_added"),
        ("estate", "玉泉春苑花园", "玉泉春苑", "suffix_omitted"),
        ("estate", "枫林溪谷家园", "枫林溪谷小区", "suffix_replaced"),
        ("estate", "万科玉泉春晓", "玉泉春晓", "brand_omitted"),
        ("estate", "枫林溪谷(城南)", "枫林溪谷", "name"),
        ("estate", "工农四村", "工农4村", "name"),
        ("estate", "枫林壹号院", "枫林1号院", "name"),
        ("estate", "琉璃coco时代", "琉璃ＣＯＣＯ时代", "name"),
        ("community", "翠微路社区居委会", "翠微路社区", "suffix_variant"),
        ("community", "翠微路社区居委会", "翠微路居委会", "suffix_variant"),
        ("community", "竹山岭村村民委员会", "竹山岭村", "suffix_variant"),
        ("community", "竹山岭村村民委员会", "竹山岭社区", "level_differs"),
        ("street", "万寿路街道", "万寿路街道办事处", "suffix_variant"),
        ("street", "恒合土家族乡", "恒合乡", "name"),
        ("street", "白水塘镇", "白水塘镇政府", "suffix_variant"),
        ("district", "玉州区", "玉州", "suffix_omitted"),
        ("area", "枇杷坪广场", "枇杷坪廣場", "name"),
    ],
)
def test_a_name_is_found_however_it_is_written(kind: str, name: str, written: str, code: str) -> None:
    (match,) = _find(f"住在{written}，路灯坏了", PlaceRow(1, None, kind, name))
    assert match.place_id == 1
    assert match.confidence >= 0.5
    assert match.why[0].code == code


def test_the_other_end_of_a_name_makes_another_place() -> None:
    row = PlaceRow(1, None, "estate", "玉城家园")
    assert _find("玉城家园", row)[0].confidence > 0.9
    for other in ("玉城花园", "玉城广场", "玉城社区"):
        assert all(match.confidence < 0.6 for match in _find(f"我在{other}门口", row))
    assert _find("我在玉城街道门口", row) == []


def test_parts_of_an_estate_are_told_apart() -> None:
    rows = [PlaceRow(1, None, "estate", "玉城家园一期"), PlaceRow(2, None, "estate", "玉城家园二期")]
    assert [match.place_id for match in _find("玉城家园2期漏水", *rows)] == [2]
    assert {match.place_id for match in _find("玉城家园漏水", *rows)} == {1, 2}
    assert _find("玉城家园三期漏水", *rows) == []


def test_words_in_brackets_tell_twins_apart() -> None:
    rows = [PlaceRow(1, None, "estate", "竹园小区(城南)"), PlaceRow(2, None, "estate", "竹园小区(城北)")]
    assert _find("竹园小区（城北）漏水", *rows)[0].place_id == 2


def test_a_building_called_by_part_and_number_is_found() -> None:
    rows = [
        PlaceRow(1, None, "estate", "玉城家园"),
        PlaceRow(2, 1, "building", "A区3栋"),
        PlaceRow(3, 1, "building", "B区3栋"),
        PlaceRow(4, 1, "building", "C5栋"),
    ]
    assert _find("玉城家园B区3栋", *rows)[0].place_id == 3
    assert _find("玉城家园C区5栋", *rows)[0].place_id == 4
    assert {match.place_id for match in _find("玉城家园3栋", *rows)} == {2, 3}


def test_a_name_with_a_number_is_not_cut_out_of_a_longer_number() -> None:
    row = PlaceRow(1, None, "estate", "阳光100")
    assert _find("阳光1001", row) == []
    assert _find("我住阳光100，漏水", row)


def test_a_place_called_by_a_number_does_not_hide_the_buildings() -> None:
    rows = [
        PlaceRow(1, None, "estate", "玉城家园"),
        PlaceRow(2, 1, "building", "6栋"),
        PlaceRow(3, None, "area", "6号楼"),
    ]
    assert _find("玉城家园6号楼", *rows)[0].place_id == 2


def test_an_institution_is_not_the_estate_named_after_it() -> None:
    row = PlaceRow(1, None, "estate", "人民医院小区")
    assert _find("人民医院小区漏水", row)[0].confidence > 0.8
    assert _find("投诉市人民医院收费太高", row) == []


def test_a_road_is_not_the_community_named_after_it() -> None:
    row = PlaceRow(1, None, "community", "万寿路社区居委会")
    assert all(match.confidence < 0.5 for match in _find("万寿路15号有人违建", row))
    assert all(match.confidence < 0.5 for match in _find("万寿路堵车", row))


def test_a_household_is_never_found_by_a_name() -> None:
    rows = [PlaceRow(1, None, "building", "1栋"), PlaceRow(2, 1, "household", "欧阳春晓家")]
    assert _find("欧阳春晓家又在吵闹", *rows, within=1) == []


def test_of_several_nicknames_each_is_found() -> None:
    row = PlaceRow(1, None, "estate", "玉城家园", ("老棉纺厂", "纱厂宿舍", "玉城"))
    for nickname in row.aliases:
        assert _find(f"我住在{nickname}", row)[0].place_id == 1
