"""Posts: what each kind may do, and for whom; duties and admission lists."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from yuanba.kernel.authority import Power
from yuanba.playbooks.schema.base import Code, Name, OrganizationKind, Part, PlaceKind, Sentence, Sourced

# Each leads a matter that lies at an office to its next step.
STAFFING = frozenset(
    {Power.TRIAGE, Power.DISPATCH, Power.CLAIM, Power.HANDLE, Power.CLIMB, Power.HAND_DOWN, Power.ARBITRATE}
)
PostLevel = Literal[OrganizationKind, PlaceKind]


class Powers(Part):
    """What a post may do, by reach."""

    own: tuple[Power, ...] = ()
    """With matters its own organization owns."""
    territory: tuple[Power, ...] = ()
    """With matters anywhere in its place and below."""
    district: tuple[Power, ...] = ()
    """With matters in the whole district."""

    @property
    def anywhere(self) -> frozenset[Power]:
        """Every power in any reach."""
        return frozenset((*self.own, *self.territory, *self.district))


class Pairing(Sourced):
    """Places that a holder is paired with beyond the post's own."""

    kind: PlaceKind
    """Kind of place."""
    at_least: Annotated[int, Field(ge=1)]
    """Fewest places a holder is paired with."""
    at_most: Annotated[int, Field(ge=1)]
    """Most places a holder is paired with."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.at_least > self.at_most:
            raise PydanticCustomError("bounds_order", "bounds order")
        return self


class PostKind(Part):
    """One kind of post."""

    code: Code
    """Code."""
    name: Name
    """Name."""
    level: PostLevel
    """The kind of organization or place it belongs to."""
    description: Sentence
    """What its holder is there for."""
    powers: Powers
    """What it may do."""
    paired: Pairing | None = None
    """Places its holder is paired with, e.g. a district leader's streets."""
    duties: tuple[Code, ...] = ()
    """Codes of duties it carries."""

    @property
    def staffs(self) -> bool:
        """Whether an office in which only this post is held has somebody who can move a matter on from there: a
        building head or a volunteer, who may see and report, is not enough.
        """
        return not STAFFING.isdisjoint(self.powers.anywhere)


class Duty(Part):
    """One duty."""

    code: Code
    """Code."""
    name: Sentence
    """The duty in words."""


class Duties(Sourced):
    """The list of duties, 10+N: a fixed part and what communities add."""

    standard: Annotated[tuple[Duty, ...], Field(min_length=1)]
    """The fixed duties."""
    added: tuple[Duty, ...] = ()
    """Duties that communities here have added."""


class AdmissionItem(Part):
    """One item of an admission list."""

    code: Code
    """Code."""
    name: Sentence
    """The item in words."""


class Admission(Sourced):
    """What communities decide, what they assist with, and what has been taken off them."""

    autonomous: tuple[AdmissionItem, ...]
    """Decided by the community itself."""
    assisted: tuple[AdmissionItem, ...]
    """The community helps a government office that remains responsible."""
    withdrawn: tuple[AdmissionItem, ...] = ()
    """Taken back by higher levels; pushing one down is refused."""
