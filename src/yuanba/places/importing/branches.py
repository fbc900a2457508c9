"""One row of a file as a way down the tree: the form in which every kind of file reaches the planter."""

from dataclasses import dataclass, replace

from yuanba.kernel.errors import DomainError
from yuanba.places.datum import Point
from yuanba.places.kinds import CODED, PlaceKind
from yuanba.places.names import name_key


class RowProblem(DomainError):
    """Why a row can't be taken; ``field`` is the heading of the column at fault."""

    default_code = "row_rejected"


@dataclass(frozen=True, slots=True)
class Details:
    """What a row says of a place beyond its name. ``point`` is WGS-84; None and False leave all as it is."""

    point: Point | None = None
    households_count: int | None = None
    unmanaged: bool = False
    aliases: tuple[str, ...] = ()


NOTHING_MORE = Details()


@dataclass(frozen=True, slots=True)
class Step:
    """One place on the way down. With an ``optional`` step that is not there, the way goes on without it."""

    kind: PlaceKind
    name: str
    code: str = ""
    column: str = ""
    optional: bool = False
    details: Details = NOTHING_MORE

    @property
    def can_be_built(self) -> bool:
        """Places of the administration are built from their code only: no slip of a pen founds a village."""
        return bool(self.name) and (bool(self.code) or self.kind not in CODED)

    @property
    def key(self) -> str:
        """What tells the place from its siblings: its code, or its name however it is written."""
        return self.code or name_key(self.name, self.kind)


@dataclass(frozen=True, slots=True)
class Branch:
    """The way from the top (or from where the import was told to begin) to the row's own place, its end."""

    row: int
    steps: tuple[Step, ...]

    @property
    def leaf(self) -> Step:
        return self.steps[-1]


_HOLDS_POINT = frozenset(PlaceKind) - {PlaceKind.UNIT, PlaceKind.HOUSEHOLD}
_HOLDS_COUNT = frozenset(PlaceKind) - {PlaceKind.HOUSEHOLD}


def with_details(steps: list[Step], details: Details) -> tuple[Step, ...]:
    """`steps` with the details where they belong: a room's coordinates are its building's."""
    if details == NOTHING_MORE:
        return tuple(steps)
    last = len(steps) - 1
    point_at = next((at for at in range(last, -1, -1) if steps[at].kind in _HOLDS_POINT), last)
    count_at = next((at for at in range(last, -1, -1) if steps[at].kind in _HOLDS_COUNT), last)
    return tuple(
        replace(
            step,
            details=Details(
                point=details.point if at == point_at else None,
                households_count=details.households_count if at == count_at else None,
                unmanaged=details.unmanaged and at == last,
                aliases=details.aliases if at == last else (),
            ),
        )
        if at in (point_at, count_at, last)
        else step
        for at, step in enumerate(steps)
    )
