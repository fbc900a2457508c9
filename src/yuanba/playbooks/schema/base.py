"""What every part of a playbook is made of: frozen models, short codes, texts, limits, cited sources."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from yuanba.kernel import clock


class Part(BaseModel):
    """A section of a playbook. Unknown keys are refused, types are not guessed, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)


CODE = r"^[a-z][a-z0-9_-]*$"
ROW_ID = r"^[A-Za-z][A-Za-z0-9.-]*$"
SOMETHING = r"\S"
SIX_DIGITS = r"^\d{6}$"
PERIOD = r"^[1-9]\d{0,2}[dmy]$"

# Codes double as Open311 service codes and as column values, so they stay plain ASCII.
Code = Annotated[str, StringConstraints(pattern=CODE, max_length=40)]
RowId = Annotated[str, StringConstraints(pattern=ROW_ID, max_length=20)]
Name = Annotated[str, StringConstraints(pattern=SOMETHING, max_length=60)]
Sentence = Annotated[str, StringConstraints(pattern=SOMETHING, max_length=600)]
Passage = Annotated[str, StringConstraints(pattern=SOMETHING, max_length=4000)]
Share = Annotated[Decimal, Field(gt=0, le=1)]
Code6 = Annotated[str, StringConstraints(pattern=SIX_DIGITS)]
Period = Annotated[str, StringConstraints(pattern=PERIOD)]

OrganizationKind = Literal[
    "district",
    "centre",
    "street",
    "community",
    "department",
    "party",
    "owners_committee",
    "property_company",
    "resident_unit",
    "volunteer_team",
]
PlaceKind = Literal[
    "nation",
    "province",
    "city",
    "district",
    "street",
    "community",
    "estate",
    "building",
    "unit",
    "household",
    "area",
]
LeadKind = Literal["community", "street", "department", "district", "centre"]


def _limit(text: object) -> clock.Limit:
    try:
        return clock.Limit.parse(str(text))
    except clock.ClockError:
        raise PydanticCustomError("limit", "not a limit") from None


# A limit as the kernel's clock takes it, written 30min, 2h, 4wh, 7d or 5wd.
Limit = Annotated[
    clock.Limit,
    PlainValidator(_limit, json_schema_input_type=str),
    PlainSerializer(str),
    WithJsonSchema({"type": "string"}),
]


class Source(Part):
    """Where a number or a list comes from, so that the next reader can check it."""

    code: Code
    """Short name by which `source:` elsewhere in the file refers to it."""
    title: Sentence
    """The law, standard, article or decision."""
    clause: str = ""
    """Article or section."""
    jurisdiction: Name
    """Where it is in force: 全国, 重庆, 北京 …"""
    standing: Literal["law", "standard", "press", "local_practice", "default"]
    """law and standard bind; press and local_practice are second-hand; default is the product's own guess."""
    valid_from: date | None = None
    """First day in force."""
    valid_to: date | None = None
    """Last day in force; empty while it stands."""
    note: str = ""
    """Anything a reader should know before relying on it."""

    @property
    def to_confirm(self) -> bool:
        """Whether the district should confirm what cites this before relying on it."""
        return self.standing in {"press", "local_practice", "default"}


class Sourced(Part):
    """A part with numbers or lists that come from somewhere."""

    source: Code
    """Code of the entry in `sources` that these values come from."""
