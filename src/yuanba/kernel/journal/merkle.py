"""Merkle trees after RFC 6962, section 2.1: SHA-256, leaves and nodes hashed under different prefixes."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()


def leaf(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    """The largest power of two smaller than `size` (RFC 6962: k < n ≤ 2k)."""
    return 1 << ((size - 1).bit_length() - 1)


class RootBuilder:
    """Computes a root over leaves given one by one, holding only O(log n) hashes."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[tuple[int, bytes]] = []

    def add(self, data: bytes) -> None:
        height, digest = 0, leaf(data)
        while self._peaks and self._peaks[-1][0] == height:
            digest = node(self._peaks.pop()[1], digest)
            height += 1
        self._peaks.append((height, digest))
        self.size += 1

    def root(self) -> bytes:
        if not self._peaks:
            return EMPTY_ROOT
        digest = self._peaks[-1][1]
        for _height, peak in reversed(self._peaks[:-1]):
            digest = node(peak, digest)
        return digest


def _sibling_ranges(index: int, size: int) -> list[tuple[int, int]]:
    """The spans of leaves, half open, whose roots make the audit path of leaf `index`, nearest first."""
    if not 0 <= index < size:
        raise IndexError(index)
    start, end = 0, size
    found: list[tuple[int, int]] = []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def inclusion_path(leaves: Iterable[bytes], index: int, size: int) -> list[bytes]:
    """The audit path of leaf `index` among `size` raw leaves, nearest sibling first; they are read once and not
    kept. Raises IndexError outside the tree.
    """
    ranges = _sibling_ranges(index, size)
    # The spans and the leaf itself lie side by side and cover the tree.
    order = sorted(range(len(ranges)), key=lambda which: ranges[which])
    builders = [RootBuilder() for _span in ranges]
    spans = iter(order)
    span = next(spans, None)
    for place, data in enumerate(leaves):
        while span is not None and place >= ranges[span][1]:
            span = next(spans, None)
        if span is not None and place >= ranges[span][0]:
            builders[span].add(data)
    return [builder.root() for builder in builders]


def root_from_path(data: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Recompute the root from one leaf and its audit path (RFC 9162, section 2.1.3.2).

    Raises ValueError when the path's length does not fit a tree of `size` leaves.
    """
    position, last = index, size - 1
    digest = leaf(data)
    for sibling in path:
        if last == 0:
            raise ValueError("the path is too long for a tree of this size")
        if position % 2 or position == last:
            digest = node(sibling, digest)
            while not position % 2 and position:
                position, last = position >> 1, last >> 1
        else:
            digest = node(digest, sibling)
        position, last = position >> 1, last >> 1
    if last:
        raise ValueError("the path is too short for a tree of this size")
    return digest
