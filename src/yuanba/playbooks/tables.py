"""Proving things about a decision table: rows that never decide, rows that contradict, what no row covers.

Every condition asks one input at a time, so inputs fall into a few classes that no row tells apart. Which
sets of rows can fire together is then found exactly, by combining classes input by input, without walking
every combination.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from itertools import combinations, pairwise

from yuanba.playbooks.decisions import CHECKS, Facts
from yuanba.playbooks.schema import AFFECTED, POWER_OVER, Playbook, TierRow
from yuanba.playbooks.schema.tiers import CountBounds, MoneyBounds

MOST_COMBINATIONS = 300_000


@dataclass(frozen=True, slots=True)
class TableReport:
    """What holds for a playbook's tier table.

    ``overruled`` rows fire but never decide, ``dead`` rows never fire; ``conflicts`` are pairs that always
    fire together and disagree. ``uncovered`` is an example that no row covers, None when there is none.
    ``complete`` is False when the table has too many combinations to be sure; the rest is then empty.
    """

    dead: tuple[int, ...] = ()
    overruled: tuple[int, ...] = ()
    conflicts: tuple[tuple[int, int], ...] = ()
    uncovered: Facts | None = None
    decided_tiers: frozenset[str] = frozenset()
    complete: bool = True


def analyse(playbook: Playbook) -> TableReport:
    """Check the tier table for every possible input; rows are named by their index."""
    rows = playbook.tier_rules.rows
    together = _together(playbook, rows)
    if together is None:
        return TableReport(complete=False)
    masks = [mask for mask in together if mask]
    deciding = {number for mask in masks for number in _deciding(playbook, rows, mask)}
    dead = tuple(number for number in range(len(rows)) if not any(mask >> number & 1 for mask in masks))
    conflicts = tuple(
        (first, second)
        for first, second in combinations(range(len(rows)), 2)
        if first not in dead and rows[first].tier != rows[second].tier
        if all(mask >> first & 1 == mask >> second & 1 for mask in masks)
    )
    known = {*dead, *deciding, *(number for pair in conflicts for number in pair)}
    return TableReport(
        dead=dead,
        overruled=tuple(number for number in range(len(rows)) if number not in known),
        conflicts=conflicts,
        uncovered=together.get(0),
        decided_tiers=frozenset(rows[number].tier for number in deciding),
    )


def _deciding(playbook: Playbook, rows: Sequence[TierRow], mask: int) -> list[int]:
    firing = [number for number in range(len(rows)) if mask >> number & 1]
    if playbook.tier_rules.hit_policy == "first":
        return firing[:1]
    highest = max(playbook.tier_rank(rows[number].tier) for number in firing)
    return [number for number in firing if playbook.tier_rank(rows[number].tier) == highest]


def _together(playbook: Playbook, rows: Sequence[TierRow]) -> dict[int, Facts] | None:
    """Every set of rows (as bits) that some input makes fire, with an example; None if there are too many."""
    sets: dict[int, Facts] = {(1 << len(rows)) - 1: Facts()}
    work = 0
    for names, examples in _inputs(playbook, rows):
        classes = {_mask(playbook, rows, names, example): example for example in examples}
        work += len(sets) * len(classes)
        if work > MOST_COMBINATIONS:
            return None
        sets = {
            before & mask: _joined(known, example)
            for before, known in sets.items()
            for mask, example in classes.items()
        }
    return sets


def _mask(playbook: Playbook, rows: Sequence[TierRow], names: Sequence[str], facts: Facts) -> int:
    holds = (all(CHECKS[name](playbook, row.when, facts) for name in names) for row in rows)
    return sum(1 << number for number, fires in enumerate(holds) if fires)


def _joined(known: Facts, example: Facts) -> Facts:
    values = {field.name: getattr(example, field.name) for field in fields(Facts)}
    return replace(known, **{name: value for name, value in values.items() if value is not None})


def _inputs(playbook: Playbook, rows: Sequence[TierRow]) -> Iterator[tuple[tuple[str, ...], list[Facts]]]:
    """Inputs with an example of each class that conditions can tell apart."""
    whens = [row.when for row in rows]
    yield ("affected",), [Facts(affected=value) for value in AFFECTED]
    yield ("power",), [Facts(power=value) for value in POWER_OVER]
    sums = _sums(when.money_yuan for when in whens if when.money_yuan)
    money = [Facts(public_money=True, money_yuan=value) for value in sums]
    yield ("public_money", "money_yuan"), [Facts(public_money=False), *money]
    counts = _counts(when.departments for when in whens if when.departments)
    yield ("departments",), [Facts(departments=value) for value in counts]
    times = _counts(when.repeated for when in whens if when.repeated)
    yield ("repeated",), [Facts(repeated=value) for value in times]
    yield ("urgent",), [Facts(urgent=value) for value in (False, True)]
    yield ("category",), [Facts(category=item.code) for item in playbook.all_categories()]


def _counts(bounds: Iterable[CountBounds]) -> list[int]:
    """Each bound with its neighbours, and 0: a whole number of every class that the bounds make."""
    given = {bound for pair in bounds for bound in (pair.at_least, pair.at_most) if bound is not None}
    near = {bound + step for bound in given for step in (-1, 0, 1)}
    return sorted({0, *(value for value in near if value >= 0)})


def _sums(bounds: Iterable[MoneyBounds]) -> list[Decimal]:
    """Each bound, a sum between each two, and one beyond the last: a sum of every class above 0."""
    given = {bound for pair in bounds for bound in (pair.at_least, pair.at_most) if bound is not None}
    ordered = sorted({Decimal(0), *given})
    between = [(low + high) / 2 for low, high in pairwise(ordered)]
    return sorted({*ordered[1:], *between, ordered[-1] + 1})
