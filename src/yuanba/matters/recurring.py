"""Trouble that comes back: struck-off matters are watched, and a new one of their kind at their place alarms
(M9).
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils import timezone

from yuanba.matters.models import Matter, MatterLink


class Watched:
    """The watched matters that some new ones may be the return of, read in one query."""

    def __init__(self, matters: Iterable[Matter]) -> None:
        wanted = [matter for matter in matters if matter.category]
        self._here: dict[tuple[int, str], list[Matter]] = {}
        if not wanted:
            return
        places = {matter.place_id for matter in wanted}
        kinds = {matter.category for matter in wanted}
        earliest = min(timezone.localdate(matter.received_at) for matter in wanted)
        rows = Matter.objects.filter(
            Q(place_id__in=places), category__in=kinds, watch_until__gte=earliest
        ).order_by("-pk")
        for row in rows.only(
            "pk", "received_at", "owner_id", "place_id", "category", "closed_at", "watch_until"
        ):
            self._here.setdefault((row.place_id, row.category), []).append(row)

    def before(self, matter: Matter) -> Matter | None:
        """The latest watched matter of the same kind and place that was struck off before this came."""
        day = timezone.localdate(matter.received_at)
        for row in self._here.get((matter.place_id, matter.category), ()):
            if row.pk == matter.pk or row.closed_at is None or row.watch_until is None:
                continue
            if row.closed_at <= matter.received_at and day <= row.watch_until:
                return row
        return None


def known_return(matter: Matter) -> int | None:
    """The key of the watched matter that this one is linked to as its return, if any."""
    links = MatterLink.objects.filter(matter=matter, kind=MatterLink.Kind.RECURRENCE)
    return links.values_list("other_id", flat=True).first()


def recurrence_plans(matter: Matter, watched: Matter) -> list[dict[str, Any]]:
    """Who hears that trouble is back: who sorts the new matter, and who settled the old one."""
    params = {"earlier_number": watched.number}
    return [
        {"to": "organization", "id": owner, "kind": "recurrence", "params": params}
        for owner in sorted({matter.owner_id, watched.owner_id})
    ]
