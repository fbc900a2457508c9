"""Simplified Chinese into traditional characters, for whatever is made at build.

Characters as Taiwan writes them, words as the mainland says them (OpenCC's s2tw). With Taiwan's words (s2twp) a door's
address would become one of a network, an official paper a file, a procedure a program; s2t leaves forms that readers
in neither place write (爲, 裏, 羣). Quotation marks become corner brackets, as both places print them.
"""

from functools import lru_cache

from opencc import OpenCC

_MARKS = str.maketrans("“”‘’", "「」『』")


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("s2tw")


def traditional(text: str) -> str:
    return _converter().convert(text).translate(_MARKS)
