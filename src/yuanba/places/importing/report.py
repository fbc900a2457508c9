"""What came of a file, row by row."""

from dataclasses import dataclass, field

from yuanba.kernel.sheets import Rejection
from yuanba.places.datum import Datum


@dataclass(frozen=True, slots=True)
class Change:
    """A place that stood already and now differs in ``column`` (a field of the place)."""

    row: int
    place: str
    column: str
    before: str
    after: str


@dataclass(slots=True)
class ImportReport:
    """The balance of an import: ``rows`` = ``created`` + ``known`` + ``changed`` + number of ``rejected``.

    Counts are of rows. ``places_added`` also counts what had to be built above them. ``hints`` are sentences
    on the file as a whole. In a dry run all is counted and nothing written.
    """

    dry_run: bool
    datum: Datum = Datum.WGS84
    rows: int = 0
    created: int = 0
    known: int = 0
    changed: int = 0
    places_added: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)

    @property
    def balanced(self) -> bool:
        return self.rows == self.created + self.known + self.changed + len(self.rejected)

    def add(self, other: "ImportReport") -> None:
        """Take in the balance of one batch."""
        self.rows += other.rows
        self.created += other.created
        self.known += other.known
        self.changed += other.changed
        self.places_added += other.places_added
        self.rejected += other.rejected
        self.changes += other.changes
