import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanba.kernel.errors import Invalid
from yuanba.places.codes import CommunityKind, StreetKind, read_code
from yuanba.places.kinds import PlaceKind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("50", PlaceKind.PROVINCE),
        ("530300", PlaceKind.CITY),
        ("500101", PlaceKind.DISTRICT),
        ("500101009", PlaceKind.STREET),
        ("500101009003", PlaceKind.COMMUNITY),
        ("500101000000", PlaceKind.DISTRICT),
    ],
)
def test_a_code_names_its_level(text: str, kind: PlaceKind) -> None:
    assert read_code(text).kind == kind


def test_levels_above_a_village_run_from_the_province_down() -> None:
    above = read_code("530302001201").ancestors
    assert [code.digits for code in above] == ["530000000000", "530300000000", "530302000000", "530302001000"]


def test_a_municipality_has_no_city_between_itself_and_its_districts() -> None:
    assert [code.kind for code in read_code("110108001001").ancestors] == ["province", "district", "street"]


def test_a_county_under_its_province_has_no_city_above_it() -> None:
    assert [code.kind for code in read_code("429004001001").ancestors] == ["province", "district", "street"]


def test_a_city_without_districts_holds_streets_itself() -> None:
    assert [code.kind for code in read_code("441900003005").ancestors] == ["province", "city", "street"]


@pytest.mark.parametrize(
    ("text", "street", "community"),
    [
        ("110108001001", StreetKind.SUBDISTRICT, CommunityKind.RESIDENTS_COMMITTEE),
        ("500101100201", StreetKind.TOWN, CommunityKind.VILLAGERS_COMMITTEE),
        ("500101200401", StreetKind.TOWNSHIP, CommunityKind.URBAN_ZONE),
        ("110108400503", StreetKind.ZONE, CommunityKind.RURAL_ZONE),
        ("110108000000", None, None),
    ],
)
def test_digits_tell_town_from_street_and_village_from_community(
    text: str, street: StreetKind | None, community: CommunityKind | None
) -> None:
    code = read_code(text)
    assert (code.street_kind, code.community_kind) == (street, community)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("1.10108E+11", "spreadsheet"),
        ("11010800100X", "digits only"),
        ("11010800100", "this has 11"),
        ("990108001001", "99"),
        ("117508001001", "Digits 3 and 4"),
        ("110008001001", "Digits 3 and 4"),
        ("110108000001", "Digits 7 to 9"),
        ("１１０１０８", "digits only"),
        ("", "digits only"),
    ],
)
def test_a_wrong_code_is_told_what_is_wrong_with_it(text: str, hint: str) -> None:
    with pytest.raises(Invalid, match=hint) as caught:
        read_code(text)
    assert caught.value.field == "code"


@given(st.text(max_size=14))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        code = read_code(text)
    except Invalid:
        return
    assert len(code.digits) == 12
    assert all(code.lies_in(above) for above in code.ancestors)
