"""What a batch of rows comes to, decided before anything is written."""

from dataclasses import dataclass, field
from datetime import date

from yuanba.people.importing.lines import PostLine
from yuanba.people.importing.report import Difference
from yuanba.people.importing.somebody import Somebody
from yuanba.people.models import Organization
from yuanba.places.models import Place


@dataclass(frozen=True, slots=True)
class NewSeat:
    """A post to be created, with its holder where the row names one."""

    line: PostLine
    office: Organization | None
    place: Place | None
    paired: tuple[Place, ...]
    somebody: Somebody | None
    from_on: date


@dataclass(frozen=True, slots=True)
class Sitting:
    """Somebody to be put on a post that stands: on a vacant one, or in place of its holder."""

    line: PostLine
    post_id: int
    somebody: Somebody
    from_on: date
    instead: bool


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A sign-in to be made for a holder."""

    line: PostLine
    somebody: Somebody
    office: str


@dataclass(slots=True)
class Plan:
    """All that one batch will write, and what is only told."""

    posts: list[NewSeat] = field(default_factory=list)
    sittings: list[Sitting] = field(default_factory=list)
    accounts: list[NewAccount] = field(default_factory=list)
    newcomers: list[Somebody] = field(default_factory=list)
    created: int = 0
    known: int = 0
    differing: list[list[Difference]] = field(default_factory=list)
    rejected: list[tuple[int, str, str]] = field(default_factory=list)
