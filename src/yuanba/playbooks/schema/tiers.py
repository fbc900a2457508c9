"""Tiers, and the decision table that puts a matter into one."""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from yuanba.playbooks.schema.base import Code, LeadKind, Limit, Name, Part, RowId, Sentence, Sourced

# Both scales run from least to most; the table compares positions on them.
Affected = Literal["household", "building", "estate", "community", "street", "district"]
PowerOver = Literal["resident", "community", "street", "department", "district"]
AFFECTED: tuple[Affected, ...] = ("household", "building", "estate", "community", "street", "district")
POWER_OVER: tuple[PowerOver, ...] = ("resident", "community", "street", "department", "district")


class StageLimits(Part):
    """How long each stage may take: a number and min, h, d, wh (working hours) or wd (working days)."""

    triage: Limit
    """From received until someone has sorted and dispatched it."""
    claim: Limit
    """From dispatched until the owner has claimed it."""
    handling: Limit
    """From claimed until an answer is given."""
    confirm: Limit | None = None
    """Leave it out: the resident's time from answered until confirmed is `closing.silent_after` in every tier."""
    total: Limit
    """From received until an answer is given; the deadline that the resident is told."""
    reopen_total: Limit | None = None
    """The same after a reopening; empty means the whole total again."""


class Tier(Sourced):
    """One tier: whose matter it is, who leads, and how long it may take."""

    code: Code
    """Short code kept with every matter."""
    name: Name
    """What it is called here, e.g. 私事."""
    description: Sentence
    """One line that tells a resident what belongs here."""
    leads: LeadKind
    """The kind of organization that leads such matters."""
    limits: StageLimits
    """Limits of the stages and of the whole."""
    round_the_clock: bool = False
    """true: the clock also runs at night, on weekends and on holidays, whatever the unit."""
    warn_at: Annotated[Decimal, Field(gt=0, lt=1)]
    """Share of a limit after which it shows as nearly due."""
    max_extensions: Annotated[int, Field(ge=0, le=10)]
    """How many extensions may be approved; a matter that goes back to work has them anew."""
    extension_max: Limit | None = None
    """The longest single extension; needed when extensions are possible."""
    max_pauses: Annotated[int, Field(ge=0, le=10)]
    """How many pauses may be approved; a matter that goes back to work has them anew."""
    max_questions: Annotated[int, Field(ge=0, le=10)] | None = None
    """How often the resident may be asked for more, which stops the clock each time; empty: not limited."""
    supervised_by: Code | None = None
    """Post kind whose holder watches every matter of this tier to its end."""

    @model_validator(mode="after")
    def _extension_has_a_length(self) -> Self:
        if self.max_extensions and self.extension_max is None:
            raise PydanticCustomError("extension_without_length", "extension without a length")
        return self


B = TypeVar("B", bound=Part)
V = TypeVar("V")


def _checked(bounds: B, place: Callable[[V], int | Decimal], low: V | None, high: V | None) -> B:
    """The bounds as they are, if something fits between them."""
    if low is not None and high is not None and place(low) > place(high):
        raise PydanticCustomError("bounds_order", "bounds order")
    return bounds


class AffectedBounds(Part):
    """Who is affected, on the scale household, building, estate, community, street, district."""

    at_least: Affected | None = None
    """The smallest circle that fits."""
    at_most: Affected | None = None
    """The widest circle that fits."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        return _checked(self, AFFECTED.index, self.at_least, self.at_most)


class PowerBounds(Part):
    """Whose power it takes, on the scale resident, community, street, department, district."""

    at_least: PowerOver | None = None
    """The lowest level that fits."""
    at_most: PowerOver | None = None
    """The highest level that fits."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        return _checked(self, POWER_OVER.index, self.at_least, self.at_most)


class CountBounds(Part):
    """A whole number from at_least to at_most."""

    at_least: Annotated[int, Field(ge=0, le=100_000)] | None = None
    """The smallest number that fits."""
    at_most: Annotated[int, Field(ge=0, le=100_000)] | None = None
    """The largest number that fits."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        return _checked(self, Decimal, self.at_least, self.at_most)


class MoneyBounds(Part):
    """Public money in yuan, from at_least to at_most."""

    at_least: Annotated[Decimal, Field(ge=0)] | None = None
    """The smallest sum that fits."""
    at_most: Annotated[Decimal, Field(ge=0)] | None = None
    """The largest sum that fits."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        return _checked(self, Decimal, self.at_least, self.at_most)


class Conditions(Part):
    """All of these must be known and true for a row to fire; what is left out is not asked."""

    affected: AffectedBounds | None = None
    """How many people it touches."""
    power: PowerBounds | None = None
    """Whose power it takes to solve it."""
    public_money: bool | None = None
    """Whether it takes public money."""
    money_yuan: MoneyBounds | None = None
    """How much public money, in yuan."""
    departments: CountBounds | None = None
    """How many departments must act."""
    repeated: CountBounds | None = None
    """How many earlier matters of the same kind at the same place."""
    urgent: bool | None = None
    """Whether life, health or property is in danger now."""
    category: tuple[Code, ...] = ()
    """Category or group codes, any of them."""


class TierRow(Part):
    """One row of the table."""

    id: RowId
    """Name of the row; shown with every matter it decided."""
    text: Sentence
    """The rule in words."""
    when: Conditions
    """What must hold."""
    tier: Code
    """The tier it leads to."""


class TierRules(Part):
    """The decision table. The rows that fired are kept with the matter; a person may decide otherwise."""

    hit_policy: Literal["highest", "first"]
    """highest: of all rows that fire, the highest tier wins; first: the first row that fires wins."""
    default: Code
    """The tier when no row fires and the category gives no hint."""
    rows: Annotated[tuple[TierRow, ...], Field(min_length=1, max_length=60)]
    """The rows, in order."""
