"""What rows left open although they became matters: told at the end, with how many they are and some of what they
said, so that nobody believes it was understood.
"""

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_SHOWN: Final = 5
_SHOWN_LENGTH: Final = 40


class Left(StrEnum):
    """What a row can leave open."""

    ACCUSED = "accused"
    FORMULA = "formula"
    PHONE = "phone"
    PLACE = "place"
    CATEGORY = "category"


_WORDS: Mapping[Left, Promise] = {
    Left.ACCUSED: _(
        "Whom a row complains about is no office known here in %(count)d rows, the first is row %(row)d: %(said)s. "
        "The name stands beside the suggestion; these requests are kept from no office."
    ),
    Left.FORMULA: _(
        "Formulas whose result the file does not hold were passed over in %(count)d cells, the first in row %(row)d; "
        "columns: %(said)s. Save the file in a spreadsheet program to have them read."
    ),
    Left.PHONE: _(
        "Telephones that are nobody's own were left out in %(count)d rows, the first is row %(row)d; "
        "column: %(said)s."
    ),
    Left.PLACE: _(
        "No place inside %(said)s was recognised in %(count)d rows, the first is row %(row)d; they stand there until "
        "somebody says where it is."
    ),
    Left.CATEGORY: _(
        "The category is not one of the playbook's in %(count)d rows, the first is row %(row)d: %(said)s. "
        "The words of the request were gone by instead."
    ),
}


class LeftOpen:
    """Counts for a batch or a whole file."""

    def __init__(self) -> None:
        self._rows: Counter[Left] = Counter()
        self._first: dict[Left, int] = {}
        self._said: dict[Left, dict[str, None]] = {}

    def note(self, what: Left, row: int, said: str = "") -> None:
        """One row leaves `what` open; `said` is what stands in its cell."""
        self._rows[what] += 1
        self._first.setdefault(what, row)
        self._show(what, [said[:_SHOWN_LENGTH]] if said else [])

    def add(self, later: "LeftOpen") -> None:
        """Take in what a later batch left open."""
        self._rows.update(later._rows)
        for what, row in later._first.items():
            self._first.setdefault(what, row)
        for what, said in later._said.items():
            self._show(what, said)

    def _show(self, what: Left, said: "list[str] | dict[str, None]") -> None:
        shown = self._said.setdefault(what, {})
        for one in said:
            if len(shown) < _SHOWN:
                shown[one] = None

    def told(self) -> list[str]:
        """A sentence for each thing that was left open."""
        return [
            str(words)
            % {"count": self._rows[what], "row": self._first[what], "said": "、".join(self._said[what])}
            for what, words in _WORDS.items()
            if self._rows[what]
        ]
