"""Trouble that comes back: struck-off matters are watched, and a new one of their kind at their place alarms
(M9).

Who settled the earlier one and who sorts the new one both hear of the other, so only matters that protect
nobody are paired: no complaint about an office on either side, nothing confidential.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from yuanba.kernel.kept import KeptValues
from yuanba.matters.models import Matter, MatterLink
from yuanba.places.kinds import PlaceKind

# A street or community is no spot at which the same trouble could come back.
TOO_WIDE = frozenset(
    {
        PlaceKind.NATION,
        PlaceKind.PROVINCE,
        PlaceKind.CITY,
        PlaceKind.DISTRICT,
        PlaceKind.STREET,
        PlaceKind.COMMUNITY,
    }
)


class Watched:
    """The watched matters that some new ones may be the return of: one row for each, read in one query by
    index.
    """

    def __init__(self, matters: Iterable[Matter]) -> None:
        wanted = [matter for matter in matters if _can_come_back(matter)]
        self._last = {row.wanted: row for row in _last_struck_off(wanted)} if wanted else {}

    def before(self, matter: Matter) -> Matter | None:
        """The matter of the same kind and place that was struck off last before this one came, if it is still
        watched.
        """
        row = self._last.get(matter.pk)
        if row is None or row.watch_until is None:
            return None
        return row if timezone.localdate(matter.received_at) <= row.watch_until else None


def _can_come_back(matter: Matter) -> bool:
    return bool(
        matter.category
        and not matter.confidential
        and not matter.accused_path
        and matter.place.kind not in TOO_WIDE
    )


def _last_struck_off(matters: list[Matter]) -> Iterable[Any]:
    """For each matter the latest struck-off one before it, with the key of the matter as ``wanted``. The index
    `matter_watched` holds the answer of each at its end, however many were struck off there.
    """
    params: list[Any] = []
    for matter in matters:
        came_at = connection.ops.adapt_datetimefield_value(matter.received_at)
        params += [matter.pk, matter.place_id, matter.category, came_at]
    rows = ", ".join(["(%s, %s, %s, %s)"] * len(matters))
    return Matter.objects.raw(
        f"""
        WITH new (wanted, place, category, came_at) AS (VALUES {rows})
        SELECT old.id, old.owner_id, old.received_at, old.watch_until, new.wanted
        FROM new JOIN matters_matter AS old ON old.id = (
            SELECT last.id FROM matters_matter AS last
            WHERE last.place_id = new.place AND last.category = new.category
                AND last.closed_at <= new.came_at AND last.id <> new.wanted
                AND last.watch_until IS NOT NULL AND NOT last.confidential AND last.accused_path = ''
            ORDER BY last.closed_at DESC LIMIT 1
        )
        """,  # noqa: S608
        params,
    )


def known_return(matter: Matter) -> int | None:
    """The key of the watched matter that this one is linked to as its return, if any."""
    found = _RETURNS.rows(matter.pk)
    return found[0][0] if found else None


def _returns(key: int) -> QuerySet[MatterLink, tuple[int]]:
    rows = MatterLink.objects.filter(matter=key, kind=MatterLink.Kind.RECURRENCE)
    return rows.order_by("pk").values_list("other_id")[:1]


_RETURNS = KeptValues(_returns)


def recurrence_plans(matter: Matter, watched: Matter) -> list[dict[str, Any]]:
    """Who hears that trouble is back: who sorts the new matter, and who settled the old one."""
    params = {"earlier_number": watched.number}
    return [
        {"to": "organization", "id": owner, "kind": "recurrence", "params": params}
        for owner in sorted({matter.owner_id, watched.owner_id})
    ]
