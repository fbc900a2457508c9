"""Deciding by the playbook's tables: which tier a matter belongs to, and which office gets it.

A fact that is not known yet makes no row fire; the rows it could still bring in are told, so that a person
knows what to ask. What comes out is a suggestion with its reasons, never the last word.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Literal, TypeVar

from django.utils.translation import gettext as _

from yuanba.playbooks.schema import AFFECTED, POWER_OVER, Affected, Playbook, PowerOver, TierRow
from yuanba.playbooks.schema.categories import DispatchRow
from yuanba.playbooks.schema.tiers import Conditions

V = TypeVar("V")
Verdict = bool | None  # None: not known yet


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a matter; None where nobody has said yet.

    ``money_yuan`` is public money in yuan: 0 without public money, and a sum above 0 means public money.
    """

    category: str | None = None
    affected: Affected | None = None
    power: PowerOver | None = None
    public_money: bool | None = None
    money_yuan: Decimal | None = None
    departments: int | None = None
    repeated: int | None = None
    urgent: bool | None = None

    @property
    def takes_money(self) -> bool | None:
        if self.public_money is None and self.money_yuan is not None:
            return self.money_yuan > 0
        return self.public_money

    def text(self) -> str:
        """What is known, in one line."""
        values = ((field.name, getattr(self, field.name)) for field in fields(self))
        return ", ".join(f"{name}={value}" for name, value in values if value is not None)

    @property
    def sum_yuan(self) -> Decimal | None:
        return Decimal(0) if self.public_money is False else self.money_yuan


@dataclass(frozen=True, slots=True)
class FiredRow:
    """A row whose conditions all hold."""

    row_id: str
    text: str
    tier: str


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A row that would change the outcome if the facts named in ``asks`` turned out so."""

    row_id: str
    text: str
    tier: str
    asks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TierDecision:
    """The tier, the rows that fired in table order, and what decided: a row, the hint or the default."""

    tier: str
    decided_by: Literal["row", "category", "default"]
    fired: tuple[FiredRow, ...]
    open: tuple[OpenRow, ...]
    reasons: tuple[str, ...]


Check = Callable[[Playbook, Conditions, Facts], Verdict]


def _within(value: V | None, low: V | None, high: V | None, place: Callable[[V], Decimal | int]) -> Verdict:
    if value is None:
        return None
    return (low is None or place(low) <= place(value)) and (high is None or place(value) <= place(high))


def _affected(_playbook: Playbook, when: Conditions, facts: Facts) -> Verdict:
    if (bounds := when.affected) is None:
        return True
    return _within(facts.affected, bounds.at_least, bounds.at_most, AFFECTED.index)


def _power(_playbook: Playbook, when: Conditions, facts: Facts) -> Verdict:
    if (bounds := when.power) is None:
        return True
    return _within(facts.power, bounds.at_least, bounds.at_most, POWER_OVER.index)


def _same(wanted: bool | None, value: bool | None) -> Verdict:
    if wanted is None:
        return True
    return None if value is None else value == wanted


def _money(_playbook: Playbook, when: Conditions, facts: Facts) -> Verdict:
    if (bounds := when.money_yuan) is None:
        return True
    return _within(facts.sum_yuan, bounds.at_least, bounds.at_most, Decimal)


def _departments(_playbook: Playbook, when: Conditions, facts: Facts) -> Verdict:
    if (bounds := when.departments) is None:
        return True
    return _within(facts.departments, bounds.at_least, bounds.at_most, int)


def _repeated(_playbook: Playbook, when: Conditions, facts: Facts) -> Verdict:
    if (bounds := when.repeated) is None:
        return True
    return _within(facts.repeated, bounds.at_least, bounds.at_most, int)


def _category(playbook: Playbook, when: Conditions, facts: Facts) -> Verdict:
    if not when.category:
        return True
    return None if facts.category is None else _is_one_of(playbook, facts.category, when.category)


def _is_one_of(playbook: Playbook, category: str, codes: tuple[str, ...]) -> bool:
    return category in codes or playbook.group_of(category).code in codes


CHECKS: Mapping[str, Check] = {
    "affected": _affected,
    "power": _power,
    "public_money": lambda _playbook, when, facts: _same(when.public_money, facts.takes_money),
    "money_yuan": _money,
    "departments": _departments,
    "repeated": _repeated,
    "urgent": lambda _playbook, when, facts: _same(when.urgent, facts.urgent),
    "category": _category,
}


def decide_tier(playbook: Playbook, facts: Facts) -> TierDecision:
    """Put a matter into a tier by the table. Raises KeyError when its category is not in the playbook."""
    fired: list[TierRow] = []
    waiting: list[tuple[TierRow, tuple[str, ...]]] = []
    for row in playbook.tier_rules.rows:
        verdicts = {name: check(playbook, row.when, facts) for name, check in CHECKS.items()}
        if all(verdicts.values()):
            fired.append(row)
        elif False not in verdicts.values():
            waiting.append((row, tuple(name for name, verdict in verdicts.items() if verdict is None)))
    tier, decided_by = _outcome(playbook, fired, facts)
    rows = tuple(FiredRow(row.id, row.text, row.tier) for row in fired)
    return TierDecision(
        tier=tier,
        decided_by=decided_by,
        fired=rows,
        open=tuple(_still_open(playbook, tier, fired, waiting)),
        reasons=tuple(_reasons(playbook, rows, decided_by, facts)),
    )


def _outcome(
    playbook: Playbook, fired: list[TierRow], facts: Facts
) -> tuple[str, Literal["row", "category", "default"]]:
    rules = playbook.tier_rules
    if fired:
        first = rules.hit_policy == "first"
        row = fired[0] if first else max(fired, key=lambda row: playbook.tier_rank(row.tier))
        return row.tier, "row"
    hint = None if facts.category is None else playbook.category(facts.category).tier_hint
    return (hint, "category") if hint is not None else (rules.default, "default")


def _still_open(
    playbook: Playbook, tier: str, fired: list[TierRow], waiting: list[tuple[TierRow, tuple[str, ...]]]
) -> Iterator[OpenRow]:
    """Rows that unknown facts could still bring in and that would then change the tier."""
    rules = playbook.tier_rules
    for row, asks in waiting:
        if rules.hit_policy == "first":
            matters = not fired or rules.rows.index(row) < rules.rows.index(fired[0])
        else:
            matters = not fired or playbook.tier_rank(row.tier) > playbook.tier_rank(tier)
        if matters and row.tier != tier:
            yield OpenRow(row.id, row.text, row.tier, asks)


def _reasons(playbook: Playbook, fired: tuple[FiredRow, ...], decided_by: str, facts: Facts) -> Iterator[str]:
    for row in fired:
        yield f"{row.row_id} {row.text} → {playbook.tier(row.tier).name}"
    if decided_by == "category" and facts.category is not None:
        yield _("Usual for “%(category)s”.") % {"category": playbook.category(facts.category).name}
    if decided_by == "default":
        yield _("No rule of the table applies.")


@dataclass(frozen=True, slots=True)
class Target:
    """Which office should get a matter: the nearest of ``kind`` going up, or that very department."""

    kind: Literal["community", "street", "department", "district", "centre"]
    department: str | None
    row_id: str | None
    reason: str


def dispatch_target(playbook: Playbook, category: str | None, tier: str) -> Target:
    """Who gets a matter of that category (None if unsorted) and tier. Raises KeyError for unknown codes."""
    playbook.tier(tier)
    for row in playbook.dispatch.rows:
        if _applies(playbook, row, category, tier):
            reason = f"{row.id} {row.text}"
            if row.to == "lead":
                return _lead(playbook, category, row.id, reason)
            kind, _colon, department = row.to.partition(":")
            return Target(kind, department or None, row.id, reason)  # type: ignore[arg-type]  # the pattern allows no other
    return Target(playbook.dispatch.fallback, None, None, _("No dispatch rule applies."))


def _applies(playbook: Playbook, row: DispatchRow, category: str | None, tier: str) -> bool:
    when = row.when
    if category is None and (when.category or row.to == "lead"):
        return False
    fits = not when.category or category is None or _is_one_of(playbook, category, when.category)
    return fits and (not when.tier or tier in when.tier)


def _lead(playbook: Playbook, category: str | None, row_id: str, reason: str) -> Target:
    found = playbook.category(str(category))
    department = found.department if found.lead == "department" else None
    return Target(found.lead, department, row_id, reason)
