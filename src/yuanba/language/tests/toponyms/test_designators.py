from hypothesis import given
from hypothesis import strategies as st

from yuanba.language.toponyms import spell_number
from yuanba.language.toponyms.designators import Designator, read_designators, read_room
from yuanba.language.toponyms.folding import fold
from yuanba.language.toponyms.keys import keys_of_name

_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_FORMS = ("{}栋", "{}幢", "{}号楼", "{}号栋", "第{}栋", "第 {} 栋", "{}#", "{}#楼", "{} 栋", "{}棟", "{}號樓")
_FIGURES = (str, spell_number, lambda number: str(number).translate(_WIDE), lambda number: f"0{number}")

numbers = st.integers(1, 200)
forms = st.sampled_from(_FORMS)
figures = st.sampled_from(_FIGURES)


def _only(text: str) -> Designator:
    found = read_designators(fold(text))
    assert len(found) == 1
    return found[0]


@given(numbers, forms, figures)
def test_any_spelling_of_a_number_names_the_same_building(number, form, figure) -> None:  # type: ignore[no-untyped-def]
    named = _only(form.format(figure(number)))
    assert named.buildings[0] == f"b{number}"


@given(numbers, forms, figures)
def test_the_register_may_spell_the_building_as_it_likes(number, form, figure) -> None:  # type: ignore[no-untyped-def]
    assert keys_of_name("building", fold(form.format(figure(number)))) == (f"b{number}",)


@given(numbers, st.integers(1, 20), st.integers(1, 40), st.integers(1, 12), figures)
def test_building_unit_and_room_are_read_together(building, unit, floor, door, figure) -> None:  # type: ignore[no-untyped-def]
    room = f"{floor}{door:02d}"
    for text in (
        f"{figure(building)}栋{figure(unit)}单元{room}",
        f"{figure(building)}号楼{figure(unit)}门{room}室",
        f"{building}#{unit}-{room}",
        f"{building}-{unit}-{room}",
        f"{building}栋{unit}单元{floor}-{door}",
        f"{building}栋{unit}单元{floor}楼{door}号",
    ):
        named = _only(text)
        assert (named.buildings[0], named.units[0]) == (f"b{building}", f"u{unit}")
        assert f"r{room}" in named.rooms
        assert (named.start, named.end) == (0, len(text))


def test_letters_and_points_of_the_compass_number_buildings_too() -> None:
    assert _only("A座").buildings == ("bA",)
    assert _only("a3栋").buildings == ("bA3",)
    assert _only("3B栋").buildings == ("b3B",)
    assert _only("东3栋").buildings == ("b东3", "b3")
    assert _only("甲3号楼").buildings == ("b甲3",)


def test_enumerations_and_ranges_name_every_building() -> None:
    assert set(_only("3、5、7栋").listed) == {"b3", "b5"}
    assert set(_only("3至7栋").listed) == {"b3", "b4", "b5", "b6"}
    assert _only("3-1号楼").buildings[0] == "b3-1"


def test_a_count_is_hardly_a_number() -> None:
    for count in ("共三栋", "有3栋", "这一栋", "两栋楼房", "住宅12栋", "每栋5栋别墅"):
        assert all(named.firmness <= 0.5 for named in read_designators(count))
    for number in ("三栋漏水", "住3栋", "第三栋", "三号楼", "共三栋2单元"):
        assert read_designators(number)[0].firmness > 0.9


def test_dates_telephones_and_prices_are_no_addresses() -> None:
    for text in ("2019-3-15", "023-58123456", "2019年3月15日", "涨到2.5元", "7点30分", "上涨3-5%", "G8高速"):
        assert not [named for named in read_designators(text) if not named.bound]


def test_a_number_inside_a_name_is_not_read() -> None:
    text = "丰盛九座13-2021"
    assert [named.buildings for named in read_designators(text, [(0, 4)])] == [("b13",)]


def test_a_room_alone_is_read_on_request() -> None:
    room = read_room("五楼501漏水")
    assert room is not None
    assert room.rooms[0] == "r501"
    assert read_room("漏水了") is None


def test_names_of_numbered_places_become_keys() -> None:
    expected = {
        ("building", "玉城家园三幢"): ("b3",),
        ("building", "03"): ("b3",),
        ("building", "A区3栋"): ("bA区3", "b3"),
        ("building", "综合楼"): (),
        ("unit", "3栋2单元"): ("u2",),
        ("household", "3-2-501"): ("r501",),
        ("household", "5-1"): ("r5-1",),
        ("household", "0501室"): ("r501",),
        ("household", "王家"): (),
        ("estate", "一期"): ("z1期",),
        ("estate", "玉城家园一期"): (),
    }
    assert {key: keys_of_name(*key) for key in expected} == expected


@given(st.text(alphabet="一二三十百0123456789AB栋幢号楼单元室座#-、,第共东 \n", max_size=80))
def test_expressions_lie_in_the_text_in_order(text: str) -> None:
    end = 0
    for named in read_designators(text):
        assert end <= named.start < named.building_end <= len(text) or not named.buildings
        assert named.start <= named.building_end <= named.unit_end <= named.end <= len(text)
        end = named.end
