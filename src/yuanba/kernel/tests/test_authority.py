from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanba.kernel.authority import NOBODY, Holding, Power, Territory, Viewer, system
from yuanba.kernel.errors import Denied
from yuanba.kernel.paths import ancestors_and_self, child_path, contains, segment, subtree_range


@dataclass(frozen=True)
class Row:
    place_path: str
    owner_id: int
    accused_path: str = ""


def holding(**fields: object) -> Holding:
    return Holding(**{"post_id": 1, "kind": "officer", "title": "Officer", **fields})  # type: ignore[arg-type]


STREET = Territory(place_id=5, kind="street", path="00000001")
OFFICER = Viewer(
    actor="post:1",
    holdings=(
        holding(
            organization_id=7,
            organization_path="00000002",
            territory=STREET,
            own=frozenset({Power.CLAIM}),
            inside=frozenset({Power.SEE}),
        ),
    ),
)


def test_a_power_over_a_territory_reaches_all_below_it_and_nothing_beside_it() -> None:
    assert OFFICER.may(Power.SEE, Row("000000010003", 99))
    assert not OFFICER.may(Power.SEE, Row("000000020003", 99))


def test_a_power_over_own_matters_does_not_reach_the_territory() -> None:
    assert OFFICER.may(Power.CLAIM, Row("99999999", 7))
    assert not OFFICER.may(Power.CLAIM, Row("000000010003", 8))


def test_who_works_for_the_accused_or_below_it_does_not_reach_the_matter() -> None:
    assert not OFFICER.may(Power.SEE, Row("000000010003", 99, accused_path="00000002"))
    assert not OFFICER.may(Power.SEE, Row("000000010003", 99, accused_path="0000"))
    assert OFFICER.may(Power.SEE, Row("000000010003", 99, accused_path="00000003"))


def test_nobody_may_do_anything() -> None:
    assert all(NOBODY.scope(power).empty for power in Power)
    with pytest.raises(Denied):
        NOBODY.require(Power.SEE)


def test_the_system_reaches_everything_it_was_made_for() -> None:
    assert system("clock").may(Power.CLOSE, Row("0000", 1))
    assert not system("reader", [Power.SEE]).may(Power.CLOSE, Row("0000", 1))


paths = st.lists(st.integers(0, 36**4 - 2), min_size=1, max_size=6).map(
    lambda numbers: "".join(map(segment, numbers))
)


@given(paths, paths)
def test_the_range_of_a_subtree_holds_exactly_what_lies_in_it(top: str, other: str) -> None:
    first, past = subtree_range(top)
    assert (first <= other < past) == contains(top, other)


@given(paths, st.integers(0, 36**4 - 2))
def test_a_child_lies_in_its_parents_range(parent: str, number: int) -> None:
    first, past = subtree_range(parent)
    assert first <= child_path(parent, number) < past
    assert ancestors_and_self(child_path(parent, number))[-2] == parent


def test_a_child_number_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="outside"):
        segment(36**4)


def test_the_post_that_acts_is_the_one_whose_power_reaches_the_row() -> None:
    elsewhere = holding(
        post_id=2, organization_id=8, organization_path="00000003", own=frozenset({Power.CLAIM})
    )
    both = Viewer(actor="post:1", holdings=(elsewhere, *OFFICER.holdings))
    held = both.holding_for(Power.CLAIM, Row("000000010003", 7))
    assert held is not None
    assert held.post_id == 1
    assert both.holding_for(Power.CLAIM, Row("000000010003", 99)) is None
    assert both.posts == {1, 2}


def test_working_for_an_office_means_it_or_one_below_it() -> None:
    assert OFFICER.works_for("00000002")
    assert OFFICER.works_for("0000")
    assert not OFFICER.works_for("000000020001")
