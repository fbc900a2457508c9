"""The three rates, and what is left out of them."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from yuanba.playbooks.schema.base import Code, Name, Part, Sentence, Sourced

Weight = Annotated[Decimal, Field(ge=0, le=1)]


class Weights(Part):
    """How the three rates add up; together 1."""

    response: Weight
    """Share of the response rate."""
    resolution: Weight
    """Share of the resolution rate."""
    satisfaction: Weight
    """Share of the satisfaction rate."""

    @model_validator(mode="after")
    def _together_one(self) -> Self:
        if self.response + self.resolution + self.satisfaction != 1:
            raise PydanticCustomError("weights_sum", "weights sum")
        return self


class SatisfactionScores(Part):
    """What each answer counts."""

    satisfied: Weight
    """满意."""
    basically: Weight
    """基本满意."""
    unsatisfied: Weight
    """不满意."""

    @model_validator(mode="after")
    def _falling(self) -> Self:
        if not self.satisfied >= self.basically >= self.unsatisfied:
            raise PydanticCustomError("scores_falling", "scores falling")
        return self


class Exclusion(Sourced):
    """A reason for leaving a matter out of the rates; it stays in the counts and is published."""

    code: Code
    """Code."""
    name: Name
    """Name."""
    text: Sentence
    """When it applies and what must be shown."""


class Rates(Sourced):
    """Response, resolution and satisfaction, from what residents said."""

    weights: Weights
    """How they add up."""
    satisfaction_scores: SatisfactionScores
    """What each answer counts."""
    denominator: Literal["residents_answered", "answered", "closed"]
    """Over what: residents who answered, of contact and satisfaction those who answered that question (有效回访);
    or requests that were answered; or requests that were closed."""
    publish_at_least: Annotated[int, Field(ge=5)]
    """Rates over fewer are not published; never less than 5, so that no one can be picked out."""
    exclusions: tuple[Exclusion, ...]
    """Reasons for leaving a matter out."""
