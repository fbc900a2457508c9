"""What must hold over the whole tree and no single constraint can say."""

from collections.abc import Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _

from yuanba.kernel.paths import WIDTH, parent_path
from yuanba.places.codes import StatisticsCode
from yuanba.places.kinds import PlaceKind, may_hold
from yuanba.places.models import Place

CHUNK = 5_000
_COLUMNS = ("id", "kind", "path", "code", "street_id", "community_id")
_ABOVE = tuple(
    f"parent__{column}" for column in ("kind", "path", "code", "street_id", "community_id", "child_count")
)


class _Row(NamedTuple):
    id: int
    kind: str
    path: str
    code: str
    street_id: int | None
    community_id: int | None
    parent_kind: str | None
    parent_path: str | None
    parent_code: str | None
    parent_street_id: int | None
    parent_community_id: int | None
    parent_child_count: int | None


class Fault(NamedTuple):
    """A place that breaks the tree, and how."""

    place_id: int
    why: str


def faults() -> Iterator[Fault]:
    """Every fault of the tree, in the order of its paths; memory stays flat."""
    rows = Place.objects.order_by("path").values_list(*_COLUMNS, *_ABOVE)
    for values in rows.iterator(chunk_size=CHUNK):
        row = _Row(*values)
        for why in _faults_of(row):
            yield Fault(row.id, why)


def _faults_of(row: _Row) -> Iterator[str]:
    above = row.parent_path or ""
    if parent_path(row.path) != above:
        yield _("Its path does not lie under its parent's.")
    elif row.parent_child_count is not None and int(row.path[-WIDTH:], 36) >= row.parent_child_count:
        yield _("Its number is one that its parent would give again.")
    if not may_hold(row.parent_kind, row.kind):
        yield _("It can't stand where it stands.")
    street_id = row.id if row.kind == PlaceKind.STREET else row.parent_street_id
    community_id = row.id if row.kind == PlaceKind.COMMUNITY else row.parent_community_id
    if (row.street_id, row.community_id) != (street_id, community_id):
        yield _("Its street or community is not the one that it lies in.")
    if row.code and row.parent_code and not StatisticsCode(row.code).lies_in(StatisticsCode(row.parent_code)):
        yield _("Its code does not lie in its parent's.")
