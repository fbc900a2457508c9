"""Merkle trees after RFC 6962, section 2.1: SHA-256, leaves and nodes hashed under different prefixes."""

from collections.abc import Sequence
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


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over `leaves` (raw leaf data, not yet hashed)."""
    builder = RootBuilder()
    for data in leaves:
        builder.add(data)
    return builder.root()


def inclusion_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of leaf `index`, nearest sibling first. Raises IndexError outside the tree."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    if len(leaves) == 1:
        return []
    middle = _split(len(leaves))
    if index < middle:
        return [*inclusion_path(leaves[:middle], index), root_of(leaves[middle:])]
    return [*inclusion_path(leaves[middle:], index - middle), root_of(leaves[:middle])]


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
