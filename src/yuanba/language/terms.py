"""Text as search terms: Chinese in pairs of neighbouring characters, everything else in whole words.

Two-character words are the commonest in Chinese, and neither database's own index finds them: SQLite's
trigram table answers wrongly under three characters, PostgreSQL has no Chinese parser. Pairs need no
dictionary, so what is found does not change with one.
"""

import re
from itertools import pairwise
from typing import Final

from yuanba.language.text import fold

LENGTH_LIMIT: Final = 4000
"""Characters of a text that are indexed; hardly any message is longer."""
_WORD_LIMIT: Final = 40
_NUMBER_LIMIT: Final = 6
_HAN: Final = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_RUNS: Final = re.compile(f"([{_HAN}]+)|([^\\W_{_HAN}]+)")


def terms_of(text: str) -> list[str]:
    """The distinct terms of `text` in the order in which they first stand there.

    Left out are single characters that stand alone, and long rows of digits: telephone and identity numbers
    are nothing to be searched by.
    """
    found: dict[str, None] = {}
    for run in _RUNS.finditer(fold(text[:LENGTH_LIMIT])):
        han, word = run.groups()
        if han:
            found.update(dict.fromkeys(map("".join, pairwise(han))))
        elif not (word.isdigit() and len(word) > _NUMBER_LIMIT):
            found[word[:_WORD_LIMIT]] = None
    return list(found)
