"""Which rows of a file lie outside the district that this installation serves: official lists are whole provinces'."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from django.utils.translation import gettext as _

from yuanba.kernel.errors import Missing
from yuanba.kernel.sheets import Rejection
from yuanba.places.codes import StatisticsCode, read_code
from yuanba.places.importing.branches import Branch
from yuanba.playbooks.queries import current_playbook

_CODE6: Final = 6


def served_codes() -> tuple[str, ...]:
    """The six-digit codes whose places belong here, by the playbook in force; none before one is."""
    try:
        return current_playbook().playbook.district.codes
    except Missing:
        return ()


class Served:
    """Tells rows of other districts by their codes: with `own_only` they are refused, else counted. Without `codes`
    every row belongs here.
    """

    def __init__(self, codes: Sequence[str], *, own_only: bool) -> None:
        self._codes = tuple(read_code(code) for code in codes)
        self._holds = lru_cache(maxsize=4096)(self._holding)
        self._own_only, self._elsewhere = own_only, 0

    def look(self, branch: Branch) -> Branch | Rejection:
        """The row itself, or why it is not taken."""
        refused = self._refusal(branch)
        if refused is None or self._own_only:
            return refused or branch
        self._elsewhere += 1
        return branch

    def hint(self) -> str:
        """What is said of rows of other districts that were taken; empty without any."""
        if not self._elsewhere:
            return ""
        words = _(
            "%(count)d rows lie in other districts than the one served here and were taken in. "
            "--own-district leaves such rows out."
        )
        return words % {"count": self._elsewhere}

    def _refusal(self, branch: Branch) -> Rejection | None:
        step = next((step for step in reversed(branch.steps) if step.code), None)
        if not self._codes or step is None or self._holds(step.code[:_CODE6]):
            return None
        return Rejection(branch.row, step.column, _elsewhere(step.code[:_CODE6]))

    def _holding(self, code6: str) -> bool:
        code = StatisticsCode(code6.ljust(12, "0"))
        return any(code.lies_in(own) or own.lies_in(code) for own in self._codes)


def _elsewhere(code6: str) -> str:
    words = _("This lies in another district (%(code)s) than the one served here.")
    return words % {"code": code6}
