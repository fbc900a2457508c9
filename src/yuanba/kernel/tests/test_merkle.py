from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanba.kernel.journal.merkle import EMPTY_ROOT, RootBuilder, inclusion_path, leaf, node, root_from_path

leaves_and_index = st.lists(st.binary(max_size=8), min_size=1, max_size=70).flatmap(
    lambda leaves: st.tuples(st.just(leaves), st.integers(0, len(leaves) - 1))
)


def root_of(leaves: list[bytes]) -> bytes:
    builder = RootBuilder()
    for data in leaves:
        builder.add(data)
    return builder.root()


def _root_by_definition(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaf(leaves[0])
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node(_root_by_definition(leaves[:k]), _root_by_definition(leaves[k:]))


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_the_streamed_root_is_the_root_of_the_definition(leaves: list[bytes]) -> None:
    assert root_of(leaves) == _root_by_definition(leaves)


def test_an_empty_day_has_the_root_that_the_rfc_gives() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(leaves_and_index)
def test_every_leaf_is_proved_by_its_path(case: tuple[list[bytes], int]) -> None:
    leaves, index = case
    path = inclusion_path(iter(leaves), index, len(leaves))
    assert root_from_path(leaves[index], index, len(leaves), path) == root_of(leaves)


@given(leaves_and_index, st.binary(min_size=9, max_size=9))
def test_no_other_leaf_is_proved_by_that_path(case: tuple[list[bytes], int], other: bytes) -> None:
    leaves, index = case
    path = inclusion_path(iter(leaves), index, len(leaves))
    assert root_from_path(other, index, len(leaves), path) != root_of(leaves)


@given(leaves_and_index)
def test_a_path_of_the_wrong_length_is_refused(case: tuple[list[bytes], int]) -> None:
    leaves, index = case
    path = inclusion_path(iter(leaves), index, len(leaves))
    with pytest.raises(ValueError, match="too long"):
        root_from_path(leaves[index], index, len(leaves), [*path, b"\0" * 32])
    if path:
        with pytest.raises(ValueError, match="too short"):
            root_from_path(leaves[index], index, len(leaves), path[:-1])
