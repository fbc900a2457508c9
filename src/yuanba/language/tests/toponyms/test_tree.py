import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanba.language.toponyms import Gazetteer, PlaceRow
from yuanba.language.toponyms.tree import PlaceTree


@given(st.lists(st.integers(0, 30), max_size=60), st.randoms())
def test_what_a_place_holds_is_one_range(parents: list[int], shuffler) -> None:  # type: ignore[no-untyped-def]
    rows = [
        PlaceRow(number, parent % number if number and parent else None, "area", f"地{number}")
        for number, parent in enumerate(parents)
    ]
    shuffler.shuffle(rows)
    tree = PlaceTree(rows)
    parent_of = {row.id: row.parent_id for row in rows}
    for row in rows:
        above = set()
        at: int | None = row.id
        while at is not None:
            above.add(at)
            at = parent_of[at]
        inner = tree.index_of(row.id)
        assert {other.id for other in rows if tree.holds(tree.index_of(other.id), inner)} == above
        assert {tree.ids[place] for place in tree.ancestors(inner)} == above - {row.id}


def test_a_parent_outside_the_rows_makes_a_root() -> None:
    gazetteer = Gazetteer.build([PlaceRow(7, 99, "estate", "玉城家园")])
    assert [match.place_id for match in gazetteer.find("玉城家园")] == [7]


@pytest.mark.parametrize(
    "rows",
    [
        [PlaceRow(1, None, "estate", "甲园"), PlaceRow(1, None, "estate", "乙园")],
        [PlaceRow(1, None, "grid", "网格")],
        [PlaceRow(1, 2, "area", "甲"), PlaceRow(2, 1, "area", "乙")],
        [PlaceRow(1, 1, "area", "甲")],
    ],
    ids=["id twice", "unknown kind", "circle", "own parent"],
)
def test_a_broken_register_is_refused(rows: list[PlaceRow]) -> None:
    with pytest.raises(ValueError, match="place"):
        Gazetteer.build(rows)


def test_progress_is_told_while_loading() -> None:
    told: list[int] = []
    Gazetteer.build((PlaceRow(number, None, "area", "地") for number in range(25_000)), told.append)
    assert told == [10_000, 20_000]


def test_an_empty_register_finds_nothing() -> None:
    gazetteer = Gazetteer.build([])
    assert len(gazetteer) == 0
    assert gazetteer.find("玉城家园3栋") == []


def test_an_unknown_frame_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        Gazetteer.build([PlaceRow(1, None, "estate", "玉城家园")]).find("3栋", within=2)


def test_names_without_a_sign_load_and_are_not_found() -> None:
    rows = [PlaceRow(1, None, "estate", ""), PlaceRow(2, 1, "building", " "), PlaceRow(3, 2, "household", "")]
    assert Gazetteer.build(rows).find("玉城家园3栋") == []
