"""Which words of a message tell what it is about."""

import math
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from yuanba.language.text import cut, rarity

_TELLING = re.compile(r"[^\W\d_a-z]{2,}|[a-z]{3,}")
_STEEPNESS: Final = 1.6


@cache
def phrases() -> Mapping[str, Any]:
    """The lists of ``phrases.toml``."""
    return tomllib.loads(files("yuanba.language").joinpath("phrases.toml").read_text("utf-8"))


def telling_words(squeezed: str) -> dict[str, float]:
    """The words of a squeezed text that say what it is about, each with its weight (0 to about 3).

    Rare words weigh most, a repeated word a little more; words said of everything are left out.
    """
    common = _said_of_everything()
    counts = Counter(word for word in cut(squeezed) if _TELLING.fullmatch(word) and word not in common)
    weights = {word: 1 - _STEEPNESS * (1 - rarity(word)) for word in counts}
    return {word: weight * (1 + math.log(counts[word]) / 2) for word, weight in weights.items() if weight > 0}


@cache
def _said_of_everything() -> frozenset[str]:
    return frozenset(phrases()["said_of_everything"].split())
