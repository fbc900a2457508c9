"""What residents ask about, in two levels, and who gets it."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from yuanba.playbooks.schema.base import Code, Name, Part, RowId, Sentence

WORD = r"^[^\s,，、;；]+$"
TELEPHONE = r"^\d{3,12}$"
TARGET = r"^(lead|community|street|district|centre|department:[a-z][a-z0-9_-]*)$"
Word = Annotated[str, StringConstraints(pattern=WORD, max_length=20)]
Telephone = Annotated[str, StringConstraints(pattern=TELEPHONE)]
DispatchTarget = Annotated[str, StringConstraints(pattern=TARGET)]


class Choice(Part):
    """One answer a resident can pick."""

    key: Code
    """Code of the answer."""
    name: Name
    """The answer in words."""


class Question(Part):
    """Something worth asking for this category; becomes an attribute of the Open311 service definition."""

    code: Code
    """Code of the question."""
    text: Sentence
    """The question in words."""
    datatype: Literal["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]
    """What kind of answer is expected (GeoReport v2, service definition)."""
    required: bool = False
    """Whether a report by Open311 must answer it."""
    values: tuple[Choice, ...] = ()
    """The answers to choose from, for the two list types."""

    @model_validator(mode="after")
    def _lists_have_values(self) -> Self:
        if self.datatype.endswith("list") != bool(self.values):
            raise PydanticCustomError("question_values", "question values")
        return self


class Category(Part):
    """One kind of request."""

    code: Code
    """Code; also the Open311 service code."""
    name: Name
    """Name."""
    words: Annotated[tuple[Word, ...], Field(min_length=1, max_length=200)]
    """Words that residents use for it, fifteen or more; the first triage goes by them."""
    lead: Literal["community", "street", "department"]
    """The kind of organization that usually leads."""
    department: Code | None = None
    """The department that leads, or that a street would call; needed when `lead` is department."""
    tier_hint: Code | None = None
    """The tier when no row of the table fires."""
    item: Code | None = None
    """The item of the admission lists that this is; once any category has one, those without are off the lists."""
    sensitive: bool = False
    """true: often tells of health, family or finances; lists show the category only."""
    confidential: bool = False
    """true: who asked is hidden from whoever handles it unless the resident says otherwise."""
    about_officials: bool = False
    """true: a complaint about an office or its staff; never dispatched to the one complained about."""
    emergency_transfer: tuple[Telephone, ...] = ()
    """Numbers to call at once; shown before anything else."""
    questions: tuple[Question, ...] = ()
    """What else to ask."""

    @model_validator(mode="after")
    def _department_is_named(self) -> Self:
        if self.lead == "department" and self.department is None:
            raise PydanticCustomError("department_missing", "department missing")
        if self.about_officials and not self.confidential:
            raise PydanticCustomError("officials_confidential", "officials confidential")
        return self


class CategoryGroup(Part):
    """The upper level: a group of categories."""

    code: Code
    """Code."""
    name: Name
    """Name."""
    labels: tuple[Name, ...] = ()
    """Other names under which labelled messages file this group; groups may share one."""
    categories: Annotated[tuple[Category, ...], Field(min_length=1)]
    """The lower level."""


class DispatchConditions(Part):
    """Both must hold; what is left out is not asked."""

    category: tuple[Code, ...] = ()
    """Category or group codes, any of them."""
    tier: tuple[Code, ...] = ()
    """Tiers, any of them."""


class DispatchRow(Part):
    """One dispatch rule."""

    id: RowId
    """Name of the row."""
    text: Sentence
    """The rule in words."""
    when: DispatchConditions
    """What must hold."""
    to: DispatchTarget
    """lead: as the category says; community … centre: the nearest going up; or department:<code>."""


class Dispatch(Part):
    """Who gets a matter. The first row that holds decides; a person may decide otherwise."""

    rows: tuple[DispatchRow, ...] = ()
    """The rules, in order."""
    fallback: Literal["community", "street", "district", "centre"]
    """Who gets it when no row holds."""
    ladder: Annotated[tuple[Literal["community", "street", "district"], ...], Field(min_length=1)]
    """The steps a matter climbs when a level can't solve it, lowest first."""

    @field_validator("ladder")
    @classmethod
    def _upwards(cls, ladder: tuple[str, ...]) -> tuple[str, ...]:
        steps = ("community", "street", "district")
        places = [steps.index(step) for step in ladder]
        if places != sorted(set(places)):
            raise PydanticCustomError("ladder_order", "ladder order")
        return ladder
