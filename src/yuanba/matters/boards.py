"""What the board of a place lists and counts: one rule for its page, its feed and its photos."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Substr

from yuanba.matters.models import Matter, Outcome
from yuanba.matters.queries import at_place, midnight
from yuanba.matters.rates import COUNTED, SMALLEST
from yuanba.matters.seeing import UNSORTED
from yuanba.places.kinds import PlaceKind
from yuanba.places.models import Place
from yuanba.playbooks.queries import current_playbook
from yuanba.playbooks.schema import Playbook

INSIDE = frozenset({PlaceKind.UNIT, PlaceKind.HOUSEHOLD})
"""Places without a page of their own: their building has one."""


def paged_place(place: Place) -> Place:
    """The place itself or the nearest around it that has a page."""
    while place.kind in INSIDE and place.parent is not None:
        place = place.parent
    return place


def listing_place(place: Place) -> Place:
    """The place itself or the nearest around it whose board lists matters: never a building's, for its neighbours
    know each other.
    """
    place = paged_place(place)
    return place.parent if place.kind == PlaceKind.BUILDING and place.parent is not None else place


Private = tuple[str, ...]
"""Codes of what is of somebody's private life; asked for once where a page needs them several times."""


def listed(place: Place, private: Private | None = None) -> QuerySet[Matter]:
    """What the board of a place lists."""
    return listed_on(place.kind, private).filter(at_place(place))


def listed_on(kind: str, private: Private | None = None) -> QuerySet[Matter]:
    """What boards of this kind of place may list, of the whole district: never what protects somebody. An estate's or
    a square's leaves out private life and what nobody has sorted yet; a building's lists nothing.
    """
    rows = unshielded()
    if kind in COUNTED:
        return rows
    return rows.none() if kind == PlaceKind.BUILDING else quiet(rows, private)


def unshielded() -> QuerySet[Matter]:
    """Requests that protect nobody: no protected requester, no office complained about."""
    return Matter.objects.filter(confidential=False, accused=None, part_of=None)


def quiet(rows: QuerySet[Matter], private: Private | None = None) -> QuerySet[Matter]:
    """Without private life, and without what nobody has sorted yet, which may be."""
    codes = private_kinds(current_playbook().playbook) if private is None else private
    return rows.exclude(UNSORTED).exclude(category__in=["", *codes])


def private_kinds(rules: Playbook) -> Private:
    """Those of a playbook."""
    return tuple(kind.code for kind in rules.all_categories() if kind.sensitive)


@dataclass(frozen=True, slots=True)
class InBuilding:
    """Requests of one building: open now, and solved in a span of days. None for what would point at somebody."""

    open: int | None
    solved: int | None


def counts_in(building: Place, around: Place, since: date) -> InBuilding:
    """What may be told of one building: one query over the matters around it that are open or ended since.

    Nothing where no estate or community is around it, whose other buildings would hide it.
    """
    if around.kind not in {PlaceKind.ESTATE, PlaceKind.COMMUNITY, PlaceKind.AREA}:
        return InBuilding(None, None)
    solved = Q(outcome=Outcome.SOLVED, closed_at__gte=midnight(since))
    rows = quiet(unshielded().filter(at_place(around))).filter(Q(stopped_at=None) | solved).order_by()
    here = rows.annotate(cell=Substr("place_path", 1, len(building.path))).values_list("cell")
    counted = here.annotate(open=Count("pk", filter=Q(stopped_at=None)), solved=Count("pk", filter=solved))
    cells = {cell: (now, done) for cell, now, done in counted}
    return InBuilding(
        published_cell({cell: now for cell, (now, _done) in cells.items()}, building.path),
        published_cell({cell: done for cell, (_now, done) in cells.items()}, building.path),
    )


def published_cell(cells: Mapping[str, int], wanted: str) -> int | None:
    """One of several counts whose sum everybody can find out, or None where it can't be told.

    Counts under five are hidden. Where those together are under five too, what is left of the sum would tell them, so
    the smallest of the others is hidden with them.
    """
    told = {cell: count for cell, count in cells.items() if count >= SMALLEST}
    if 0 < sum(cells.values()) - sum(told.values()) < SMALLEST and told:
        del told[min(told, key=lambda cell: (told[cell], cell))]
    return told.get(wanted)
