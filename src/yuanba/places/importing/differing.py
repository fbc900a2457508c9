"""What a row says otherwise than the register, and putting it in."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yuanba.kernel.authority import Viewer
from yuanba.places.actions import add_alias, change_place, recode_place, rename_place
from yuanba.places.datum import Point
from yuanba.places.importing.branches import Step
from yuanba.places.importing.finding import Node
from yuanba.places.importing.report import Change
from yuanba.places.models import Place, PlaceAlias

SAME_POINT_DEGREES = 1e-6
"""A tenth of a metre: what spreadsheets lose by rounding is no news."""

NAME, CODE, POINT = "name", "code", "point"
LABELS = {
    NAME: _("name"),
    CODE: _("statistics code"),
    POINT: _("coordinates"),
    "households_count": _("households"),
    "unmanaged": _("unmanaged"),
    "alias": _("other name"),
}


def differences(node: Node, step: Step, row: int, *, whole: bool) -> list[Change]:
    """Where `step` differs from the place it met; only name and code unless `whole`.

    What the step leaves open is no difference, and a place that is known by name can't differ in it.
    """
    return list(_differences(node, step, row, whole=whole))


def _differences(node: Node, step: Step, row: int, *, whole: bool) -> Iterator[Change]:
    def change(column: str, before: object, after: object) -> Change:
        return Change(row, node.name, column, "" if before is None else str(before), str(after))

    if step.code and not node.code:
        yield change(CODE, "", step.code)
    if step.code and step.name and node.name != step.name:
        yield change(NAME, node.name, step.name)
    if not whole:
        return
    details = step.details
    if details.point is not None and not _same(node, details.point):
        before = f"{node.lon:.6f}, {node.lat:.6f}" if node.lon is not None else None
        yield change(POINT, before, f"{details.point.lon:.6f}, {details.point.lat:.6f}")
    if details.households_count is not None and details.households_count != node.households_count:
        yield change("households_count", node.households_count, details.households_count)
    if details.unmanaged and not node.unmanaged:
        yield change("unmanaged", False, True)
    for alias in _new_aliases(node, details.aliases):
        yield change("alias", None, alias)


def _same(node: Node, point: Point) -> bool:
    if node.lon is None or node.lat is None:
        return False
    return max(abs(node.lon - point.lon), abs(node.lat - point.lat)) < SAME_POINT_DEGREES


def _new_aliases(node: Node, aliases: tuple[str, ...]) -> list[str]:
    fresh = [alias for alias in dict.fromkeys(aliases) if alias != node.name]
    if not fresh or node.id < 0:
        return fresh
    known = PlaceAlias.objects.filter(Q(place_id=node.id), name__in=fresh).values_list("name", flat=True)
    return [alias for alias in fresh if alias not in set(known)]


def after(node: Node, step: Step, changes: list[Change]) -> Node:
    """The node as it is once `changes` are made."""
    details = step.details
    for change in changes:
        if change.column == NAME:
            node = node._replace(name=step.name)
        elif change.column == CODE:
            node = node._replace(code=step.code)
        elif change.column == POINT and details.point is not None:
            node = node._replace(lon=details.point.lon, lat=details.point.lat)
        elif change.column == "households_count":
            node = node._replace(households_count=details.households_count)
        elif change.column == "unmanaged":
            node = node._replace(unmanaged=True)
    return node


def write(node: Node, step: Step, changes: list[Change], *, actor: Viewer, at: datetime) -> None:
    """Make the changes through the ordinary actions, so that each is checked and journaled."""
    place = Place(pk=node.id)
    columns = {change.column for change in changes}
    if CODE in columns:
        recode_place(place, step.code, from_on=at.date(), actor=actor, at=at)
    if NAME in columns:
        rename_place(place, step.name, actor=actor, at=at)
    details = step.details
    if columns & {POINT, "households_count", "unmanaged"}:
        change_place(
            place,
            point=details.point if POINT in columns else None,
            households_count=details.households_count if "households_count" in columns else None,
            unmanaged=True if "unmanaged" in columns else None,
            actor=actor,
            at=at,
        )
    for change in changes:
        if change.column == "alias":
            add_alias(place, change.after, actor=actor, at=at)
