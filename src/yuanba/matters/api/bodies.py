"""What callers may send: every field named, typed and bounded; a key that is not here is refused."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from yuanba.matters.deciding import MOST_DEPARTMENTS, MOST_YUAN
from yuanba.matters.models import Channel
from yuanba.matters.queries import FIRST_DAY, LAST_DAY
from yuanba.matters.reporting import MOST_AFTER, TEXT_LENGTH
from yuanba.playbooks.schema import Affected, PowerOver

MOST_PHOTOS = 20
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
MOST_KEY = 2**63 - 1


def _since_1990(moment: datetime) -> datetime:
    if moment < EARLIEST:
        raise PydanticCustomError("too_early", "the time lies before 1990")
    return moment


# No control characters, which neither database nor page can hold; pydantic's own engine has no \p classes.
PRINTABLE = r"^[^\x00-\x1f\x7f]*$"
Key = Annotated[int, Field(ge=1, le=MOST_KEY)]
Code = Annotated[str, StringConstraints(max_length=40, pattern=r"^[a-z0-9][a-z0-9_-]*$")]
Words = Annotated[str, StringConstraints(min_length=1, max_length=TEXT_LENGTH)]
Moment = Annotated[AwareDatetime, AfterValidator(_since_1990)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


def _line(most: int) -> object:
    return StringConstraints(max_length=most, pattern=PRINTABLE)


class Body(BaseModel):
    """A JSON object; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Nothing(Body):
    """A move that takes no details: send no body, or an empty object."""


class PlaceIn(Body):
    """Where it is: our id, a 12-digit code, the code on a door, words, or a point (WGS-84 degrees)."""

    id: Key | None = None
    code: Annotated[str, StringConstraints(pattern=r"^([0-9]{12})?$")] = ""
    door_code: Annotated[str, _line(20)] = ""
    address: Annotated[str, _line(200)] = ""
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None


class ContactIn(Body):
    """How to reach the one who asks; all of it may be left out."""

    name: Annotated[str, _line(60)] = ""
    phone: Annotated[str, _line(40)] = ""
    email: Annotated[str, _line(254)] = ""
    language: Literal["zh-hans", "zh-hant", "en"] = "zh-hans"


ChannelIn = Literal[
    Channel.API,
    Channel.DOOR,
    Channel.WEB,
    Channel.VISIT,
    Channel.MEETING,
    Channel.HOTLINE,
    Channel.CHAT,
    Channel.WINDOW,
    Channel.PETITION,
]


class MatterIn(Body):
    """One request. ``source`` and ``source_number`` name it where it comes from and are taken once."""

    text: Words
    place: PlaceIn
    title: Annotated[str, _line(120)] = ""
    category: Code | Literal[""] = ""
    contact: ContactIn = ContactIn()
    channel: ChannelIn = Channel.API
    source: Annotated[str, _line(40)] = ""
    source_number: Annotated[str, _line(80)] = ""
    received_at: Moment | None = None
    confidential: bool = False
    photos: Annotated[tuple[Sha256, ...], Field(max_length=MOST_PHOTOS)] = ()


class FactsIn(Body):
    """What is known of a matter, as the playbook's table for tiers asks it; what is left out is not known."""

    affected: Affected | None = None
    power: PowerOver | None = None
    public_money: bool | None = None
    money_yuan: Annotated[Decimal, Field(ge=0, le=MOST_YUAN, decimal_places=2)] | None = None
    departments: Annotated[int, Field(ge=0, le=MOST_DEPARTMENTS)] | None = None
    urgent: bool | None = None


class SortingIn(Body):
    """What a person decides about a matter; what is left out stays. ``accused`` is an organization's code;
    ``nobody_accused`` says that the matter complains about no office. ``facts`` replace those said before; with
    them and without ``tier`` the playbook's table decides the tier. Another tier than the table's takes a
    ``tier_reason``.
    """

    category: Code | None = None
    tier: Code | None = None
    place_id: Key | None = None
    accused: Code | None = None
    nobody_accused: bool = False
    confidential: bool | None = None
    facts: FactsIn | None = None
    tier_reason: Annotated[str, _line(300)] = ""


class DispatchIn(Body):
    """The organization that gets the matter, by code, and the sorting where that is done in the same step."""

    owner: Code
    sorting: SortingIn | None = None


class ElsewhereIn(Body):
    """One of the playbook's six outcomes, why, and the channel to point to."""

    outcome: Code
    reason: Words
    channel: Code | Literal[""] = ""


class RefusalIn(Body):
    """A reason code of the playbook, an explanation and the legal basis."""

    reason: Code
    explanation: Words
    legal_basis: Words


class GivenTo(Body):
    """An organization by code, and why it gets the matter."""

    owner: Code
    reason: Words


class ReasonIn(Body):
    reason: Words


class RecallIn(ReasonIn):
    """Why it comes back; ``accused`` is the organization that it turns out to complain about, by code."""

    accused: Code | None = None


class AnswerIn(Body):
    """What the resident is told: the words, who did it and when; a reason to send it against the gate. Photos of what
    was done are uploaded before. ``photos_public``: everybody may see them, for they show no face, no number plate
    and no home from inside; ``request_photos_public``: nor do those that came with the request.
    """

    text: Words
    done_by: Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=PRINTABLE)]
    done_on: date
    override_reason: Annotated[str, _line(300)] = ""
    photos: Annotated[tuple[Sha256, ...], Field(max_length=MOST_AFTER)] = ()
    photos_public: bool = False
    request_photos_public: bool = False


class QuestionIn(Body):
    question: Words


class TextIn(Body):
    text: Words


class CommentIn(Body):
    """A note for the office, or for the resident, who is told: with `only_requester` not those who joined."""

    text: Words
    to_resident: bool = False
    only_requester: bool = False


class ClimbIn(Body):
    """Why it goes up, and the tier it rises to, if it rises."""

    reason: Words
    tier: Code | None = None


class WhistleIn(Body):
    """The departments called, by code, why, and where to meet."""

    departments: Annotated[tuple[Code, ...], Field(min_length=1, max_length=50)]
    reason: Words
    meet_at: Annotated[str, _line(200)] = ""


class JoinIn(Body):
    """The organization brought in, by code, and its task."""

    organization: Code
    task: Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=PRINTABLE)]


class PartIn(Body):
    text: Words
    category: Code


class SplitIn(Body):
    parts: Annotated[tuple[PartIn, ...], Field(min_length=2, max_length=20)]


class MergeIn(Body):
    """The number of the matter that this one joins."""

    lead: Annotated[str, StringConstraints(max_length=30, pattern=PRINTABLE)]


class TimeIn(Body):
    """A pause on a ground of the playbook, by code, or an extension by ``limit`` such as ``5wd``."""

    kind: Literal["pause", "extension"]
    reason: Words
    limit: Annotated[str, _line(12)] = ""
    ground: Code | Literal[""] = ""


class DecisionIn(Body):
    """Yes or no to what another asked for or proposed, and why."""

    approve: bool
    reason: Words


class ExclusionIn(Body):
    """A reason code of the playbook, and what shows that it applies."""

    reason: Code
    explanation: Words


class OpinionIn(Body):
    """What the resident says of the answer."""

    contacted: bool | None = None
    satisfaction: Literal["", "satisfied", "basically", "unsatisfied"] = ""
    said: Annotated[str, StringConstraints(max_length=TEXT_LENGTH)] = ""


class NotSolvedIn(Body):
    """What is still missing, in the resident's words."""

    said: Words
    contacted: bool | None = None
    satisfaction: Literal["", "satisfied", "basically", "unsatisfied"] = ""


class WithdrawIn(Body):
    said: Annotated[str, StringConstraints(max_length=TEXT_LENGTH)] = ""


class ReportIn(Body):
    """What a called organization did."""

    report: Words


_LIVED = Field(ge=FIRST_DAY, le=LAST_DAY)


class ListIn(Body):
    """What a list is narrowed to; days are inclusive, an empty field does not narrow."""

    reach: Literal["", "own", "territory", "called", "supervised"] = ""
    order: Literal["newest", "due"] = "newest"
    words: Annotated[str, _line(60)] = ""
    state: Annotated[str, _line(24)] = ""
    tier: Annotated[str, _line(20)] = ""
    category: Annotated[str, _line(40)] = ""
    channel: Annotated[str, _line(12)] = ""
    place: Key | None = None
    owner: Key | None = None
    received_from: Annotated[date, _LIVED] | None = None
    received_to: Annotated[date, _LIVED] | None = None
    open: bool = False
    overdue: bool = False
    after: Annotated[str, _line(200)] = ""
    size: Annotated[int, Field(ge=1, le=200)] = 25
