"""What the API gives back: flat, frozen, and written to JSON as they are. Times carry their zone."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class PlaceOut:
    """A place; ``path`` sorts it among its neighbours and is the cursor of lists."""

    id: int
    kind: str
    name: str
    code: str
    path: str
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class OrganizationOut:
    id: int
    code: str
    name: str
    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class RequesterOut:
    """The one who asked, masked; only for those whose post includes it."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class MoveOut:
    """A move that the caller may make now: POST to ``moves/<name>`` of the matter."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class MatterLine:
    """A matter in a list. Titles of sensitive categories are left out."""

    number: str
    version: int
    title: str
    state: str
    stage: str
    round: int
    tier: str
    category: str
    channel: str
    confidential: bool
    owner: OrganizationOut
    place: PlaceOut
    received_at: datetime
    due_at: datetime
    total_due_at: datetime
    paused_at: datetime | None
    closed_at: datetime | None
    outcome: str


@dataclass(frozen=True, slots=True)
class MatterOut:
    """A whole matter as this caller may see it. ``lead`` and ``part_of`` are numbers of other matters."""

    number: str
    version: int
    title: str
    text: str
    state: str
    stage: str
    round: int
    refusals: int
    tier: str
    category: str
    channel: str
    source: str
    source_number: str
    confidential: bool
    owner: OrganizationOut
    supervised: bool
    place: PlaceOut
    address: str
    lon: float | None
    lat: float | None
    received_at: datetime
    stage_started_at: datetime
    due_at: datetime
    total_due_at: datetime
    paused_at: datetime | None
    answered_at: datetime | None
    confirmed_at: datetime | None
    closed_at: datetime | None
    outcome: str
    lead: str | None
    part_of: str | None
    requester: RequesterOut | None
    moves: list[MoveOut]


@dataclass(frozen=True, slots=True)
class MovedOut:
    """Where a matter stands after a move, and what the caller may do next."""

    number: str
    version: int
    state: str
    stage: str
    round: int
    tier: str
    category: str
    owner_id: int
    supervised: bool
    lead: str | None
    due_at: datetime
    total_due_at: datetime
    paused_at: datetime | None
    closed_at: datetime | None
    outcome: str
    moves: list[MoveOut]


@dataclass(frozen=True, slots=True)
class ReceivedOut:
    """A new matter. ``track_key`` is the secret of the resident's own link and is told only here."""

    number: str
    version: int
    state: str
    tier: str
    owner_id: int
    received_at: datetime
    due_at: datetime
    total_due_at: datetime
    track_key: str
    track_url: str


@dataclass(frozen=True, slots=True)
class MatterPage:
    """One page of a list; ``next`` goes into ``after`` for the page that follows, empty at the end."""

    matters: list[MatterLine]
    next: str


@dataclass(frozen=True, slots=True)
class NoteOut:
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class AnswerOut:
    """An answer that was sent; ``findings`` is what the quality gate had pointed out."""

    text: str
    done_by: str
    done_on: date
    findings: list[str]


@dataclass(frozen=True, slots=True)
class EntryOut:
    """One journal entry: what happened, when, by whom (post, key, resident or rule), and its hash."""

    id: int
    seq: int
    at: datetime
    kind: str
    by: str
    state: str
    notes: list[NoteOut]
    answer: AnswerOut | None
    hash: str


@dataclass(frozen=True, slots=True)
class PartyOut:
    """An organization that works on the matter beside its owner; ``called`` by a whistle, or joined. After
    ``ended_at`` nobody waits for it any more.
    """

    id: int
    organization: OrganizationOut
    called: bool
    task: str
    joined_at: datetime
    check_in_due_at: datetime | None
    checked_in_at: datetime | None
    report_due_at: datetime | None
    reported_at: datetime | None
    report: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything that happened, oldest first, and the organizations that take part."""

    number: str
    entries: list[EntryOut]
    parties: list[PartyOut]
    next: str


@dataclass(frozen=True, slots=True)
class FileOut:
    """A stored photo, drawn anew. ``sha256`` names it in ``photos``."""

    sha256: str
    media_type: str
    size_bytes: int
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class PlacePageOut:
    places: list[PlaceOut]
    next: str


@dataclass(frozen=True, slots=True)
class ResolvedOut:
    """A place that a text names, with 0–1 confidence and the reasons."""

    place_id: int
    name: str
    confidence: float
    why: list[str]


@dataclass(frozen=True, slots=True)
class Resolved:
    places: list[ResolvedOut]


@dataclass(frozen=True, slots=True)
class CodeName:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class QuestionOut:
    """Something worth asking; the datatypes are those of Open311 GeoReport v2."""

    code: str
    text: str
    datatype: str
    required: bool
    values: list[CodeName]


@dataclass(frozen=True, slots=True)
class CategoryOut:
    code: str
    name: str
    group: str
    confidential: bool
    emergency: list[str]
    questions: list[QuestionOut]


@dataclass(frozen=True, slots=True)
class Categories:
    groups: list[CodeName]
    categories: list[CategoryOut]


@dataclass(frozen=True, slots=True)
class OrganizationPage:
    organizations: list[OrganizationOut]
    next: str


@dataclass(frozen=True, slots=True)
class TierOut:
    """A tier and its limits: ``2wh`` working hours, ``5wd`` working days, ``7d`` days."""

    code: str
    name: str
    triage: str
    claim: str
    handling: str
    confirm: str
    total: str


@dataclass(frozen=True, slots=True)
class PlaybookOut:
    """The rules in force, with every code that moves take."""

    code: str
    name: str
    edition: int
    digest: str
    published_at: datetime
    tiers: list[TierOut]
    refusal_reasons: list[CodeName]
    out_of_scope: list[CodeName]
    pause_grounds: list[CodeName]
    exclusions: list[CodeName]


@dataclass(frozen=True, slots=True)
class RootOut:
    """A sealed day: the Merkle root (RFC 6962) over its entries, and the hash that chains it to the last."""

    day: date
    entries: int
    root: str
    chained: str
    sealed_at: datetime


@dataclass(frozen=True, slots=True)
class Roots:
    roots: list[RootOut]
    next: str


@dataclass(frozen=True, slots=True)
class ProofOut:
    """What checking one entry against its day's root takes; hashes in hex, siblings from leaf to root."""

    document: str
    hash: str
    day: str
    index: int
    entries: int
    siblings: list[str]
    root: str


@dataclass(frozen=True, slots=True)
class FieldProblem:
    field: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal (RFC 9457). ``code`` is stable and for programs, ``detail`` is for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str = ""
    errors: list[FieldProblem] | None = None
    allowed: list[str] | None = None
    current_version: int | None = None
    retry_after_s: int | None = None
    number: str | None = None
