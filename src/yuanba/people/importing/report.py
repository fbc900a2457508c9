"""What came of a file, row by row."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that says otherwise than what stands; names and telephones are masked on both sides."""

    row: int
    column: str
    stands: str
    says: str


@dataclass(frozen=True, slots=True)
class FirstPassword:
    """A sign-in made for somebody, with the password that is shown only now."""

    row: int
    office: str
    title: str
    name: str
    username: str
    password: str
    valid_until: datetime


@dataclass(slots=True)
class RosterReport:
    """The balance of a file: ``rows`` = ``created`` + ``known`` + ``differing`` + ``rejected``, of rows.

    A row counts as created when anything came of it: a post, a holder on a vacant or handed-over post, a
    sign-in. ``organizations``, ``posts``, ``persons``, ``accounts``, ``filled`` and ``handed_over`` count what
    was made. In a dry run all is counted and nothing written but the two tables.
    """

    dry_run: bool
    rows: int = 0
    created: int = 0
    known: int = 0
    differing: int = 0
    rejected: int = 0
    organizations: int = 0
    posts: int = 0
    persons: int = 0
    accounts: int = 0
    filled: int = 0
    handed_over: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    hints: list[str] = field(default_factory=list)
    rejected_file: Path | None = None
    differing_file: Path | None = None

    @property
    def balanced(self) -> bool:
        return self.rows == self.created + self.known + self.differing + self.rejected
