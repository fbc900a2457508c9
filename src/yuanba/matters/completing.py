"""Finishing what was half proposed for many matters: how often each trouble came is counted for all at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from yuanba.matters.deciding import repeated, spot_of
from yuanba.matters.suggesting import Filed, Proposal, Suggester


@dataclass(frozen=True, slots=True)
class Waiting:
    """A matter whose proposal is half made; ``hidden`` while it is protected or a part of another."""

    key: int
    filed: Filed
    hidden: bool = False


def completed(suggester: Suggester, waiting: Iterable[Waiting]) -> dict[int, list[Proposal]]:
    """The proposals for matters by key, given in the order in which they came; one query counts for all of them."""
    rows, spots = list(waiting), []
    for row in rows:
        kind = suggester.playbook.category(str(row.filed.category.value))
        spot = spot_of(row.key, row.filed.where, kind.code, hidden=row.hidden or kind.confidential)
        spots += [spot] if spot is not None else []
    times = repeated(spots, suggester.playbook)
    return {row.key: suggester.complete(row.filed, times.get(row.key)) for row in rows}
