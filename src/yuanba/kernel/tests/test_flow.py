import pytest

from yuanba.kernel.errors import NotAllowed
from yuanba.kernel.flow import Flow, Move

DOOR = Flow(
    [
        Move("open", frozenset({"shut"}), "wide", "hand"),
        Move("shut", frozenset({"wide"}), "shut", "hand"),
        Move("look", frozenset({"shut", "wide"}), None, "eye"),
    ]
)


def test_a_move_of_the_table_is_found() -> None:
    assert DOOR.check("shut", "open").target == "wide"
    assert [move.name for move in DOOR.allowed("wide")] == ["shut", "look"]


@pytest.mark.parametrize("name", ["shut", "burn"])
def test_a_move_that_is_not_there_names_those_that_are(name: str) -> None:
    with pytest.raises(NotAllowed) as caught:
        DOOR.check("shut", name)
    assert caught.value.allowed == ("open", "look")
    assert caught.value.code == "not_allowed"


def test_two_rows_of_one_name_are_a_mistake_found_at_once() -> None:
    with pytest.raises(ValueError, match="share"):
        Flow([Move("open", frozenset(), None, "hand")] * 2)
