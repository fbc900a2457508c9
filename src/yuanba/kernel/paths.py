"""Materialized paths of fixed-width segments.

A node's path is its parent's path plus four characters of [0-9a-z]: its number among its parent's children in
base 36. Because every segment has the same width and digits sort before letters in every collation, a subtree
is one contiguous range of strings. Ranges use an ordinary index on both databases, where LIKE would not.
"""

WIDTH = 4
MAX_CHILDREN = 36**WIDTH - 1  # the last number is kept free, so every path has a successor
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def segment(number: int) -> str:
    """The four-character segment of child `number` (0 ≤ number < 36⁴). Raises ValueError outside that range."""
    if not 0 <= number < MAX_CHILDREN:
        raise ValueError(f"child number {number} is outside 0..{MAX_CHILDREN - 1}")
    digits = ""
    for _ in range(WIDTH):
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits


def child_path(parent_path: str, number: int) -> str:
    return parent_path + segment(number)


def parent_path(path: str) -> str:
    """The parent's path; empty for a root."""
    return path[:-WIDTH]


def ancestors_and_self(path: str) -> list[str]:
    """Paths from the root down to `path` itself."""
    return [path[:end] for end in range(WIDTH, len(path) + 1, WIDTH)]


def contains(ancestor: str, path: str) -> bool:
    """Whether `path` is `ancestor` itself or lies below it. The empty ancestor contains everything."""
    return path.startswith(ancestor)


def subtree_range(path: str) -> tuple[str, str]:
    """The half-open range [first, past) of all paths at or below `path`, for `>=` and `<`.

    ``past`` is the next path of the same length, so it holds in every collation; a path of z's only has none,
    and cannot arise because the last child number is refused by `segment` long before.
    """
    for end in range(len(path) - 1, -1, -1):
        if path[end] != "z":
            successor = _DIGITS[_DIGITS.index(path[end]) + 1]
            return path, path[:end] + successor + "0" * (len(path) - end - 1)
    raise ValueError("a path of z's only has no successor")
