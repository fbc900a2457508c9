"""Finding places that stand already, many at once, remembering those that rows keep passing through."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from yuanba.places.importing.branches import RowProblem, Step
from yuanba.places.models import Place, PlaceAlias, PlaceCode
from yuanba.places.names import name_key, spellings
from yuanba.places.queries import HAS_CODE, subtree

REMEMBERED = 20_000
_COLUMNS = (
    "id",
    "parent_id",
    "path",
    "kind",
    "name",
    "code",
    "lon",
    "lat",
    "households_count",
    "unmanaged",
    "retired_on",
)


class Node(NamedTuple):
    """A place as the planter knows it. One only imagined has a negative key and its parent's path."""

    id: int
    path: str
    kind: str
    name: str
    code: str = ""
    lon: float | None = None
    lat: float | None = None
    households_count: int | None = None
    unmanaged: bool = False
    retired: bool = False


class Wanted(NamedTuple):
    """A step to be taken from a place; ``searched`` looks everywhere below it, not only directly inside."""

    parent: Node | None
    searched: bool
    step: Step

    @property
    def key(self) -> "Key":
        if self.step.code:
            return (0, self.step.kind, self.step.code)
        return (self.parent.id if self.parent else 0, self.step.kind, self.step.key)


Key = tuple[int, str, str]
Found = Node | RowProblem | None
"""A place, a reason why the step can't be taken, or nothing."""


class Finder:
    """Looks places up level by level: a few queries for a whole batch of rows, none for what it remembers."""

    def __init__(self, imagined: Callable[[Wanted], list[Node]]) -> None:
        """`imagined` gives the places of a wanted name that a dry run would have built."""
        self._imagined = imagined
        self._remembered: OrderedDict[Key, Node] = OrderedDict()

    def forget(self) -> None:
        """After a batch that was rolled back."""
        self._remembered.clear()

    def remember(self, key: Key, node: Node) -> None:
        self._remembered[key] = node
        if len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)

    def recall(self, key: Key) -> Node | None:
        node = self._remembered.get(key)
        if node is not None:
            self._remembered.move_to_end(key)
        return node

    def find(self, wanted: Iterable[Wanted]) -> dict[Key, Node | RowProblem]:
        """What stands in the register already; a key that is left out stands nowhere."""
        rows = list(wanted)
        found: dict[Key, Node | RowProblem] = {}
        coded = [want for want in rows if want.step.code]
        found.update(_by_code(coded))
        missing = [want for want in coded if want.key not in found]
        if missing:
            found.update(_by_former_code(missing))
            found.update(_uncoded_twins([want for want in missing if want.key not in found]))
        named = [want for want in rows if not want.step.code]
        found.update(_directly_inside([want for want in named if not want.searched]))
        for want in named:
            if want.searched and (node := _anywhere_below(want, self._imagined(want))) is not None:
                found[want.key] = node
        return found


def _nodes(condition: Q) -> Iterator[tuple[int | None, Node]]:
    """(parent's key, node) of the rows that fit."""
    for pk, parent_id, path, kind, name, code, lon, lat, count, unmanaged, retired in Place.objects.filter(
        condition
    ).values_list(*_COLUMNS):
        yield parent_id, Node(pk, path, kind, name, code, lon, lat, count, unmanaged, retired is not None)


def _by_code(wanted: list[Wanted]) -> Iterator[tuple[Key, Node | RowProblem]]:
    if not wanted:
        return
    for _parent, node in _nodes(HAS_CODE & Q(code__in={want.step.code for want in wanted})):
        yield (0, node.kind, node.code), node


def _by_former_code(wanted: list[Wanted]) -> Iterator[tuple[Key, Node | RowProblem]]:
    codes = {want.step.code: want for want in wanted}
    for former in PlaceCode.objects.filter(code__in=codes).select_related("place"):
        message = _(
            "%(code)s is a former code of %(name)s, which now has %(now)s. Is this an old edition?"
        ) % {
            "code": former.code,
            "name": former.place.name,
            "now": former.place.code,
        }
        yield codes[former.code].key, RowProblem(message)


def _uncoded_twins(wanted: list[Wanted]) -> Iterator[tuple[Key, Node | RowProblem]]:
    """Places entered by hand before their code was known: same kind, same name, same parent, no code."""
    twins = {
        (want.parent.id if want.parent else None, str(want.step.kind), want.step.name): want
        for want in wanted
    }
    names = {name for _parent, _kind, name in twins}
    inside = Q(parent_id__in={parent for parent, _kind, _name in twins if parent and parent > 0})
    if any(parent is None for parent, _kind, _name in twins):
        inside |= Q(parent=None)
    for parent_id, node in _nodes(inside & Q(name__in=names, code="", retired_on=None)):
        if want := twins.get((parent_id, node.kind, node.name)):
            yield want.key, node


def _directly_inside(wanted: list[Wanted]) -> Iterator[tuple[Key, Node | RowProblem]]:
    parents = {want.parent.id for want in wanted if want.parent and want.parent.id > 0}
    if not parents:
        return
    keys = {want.key for want in wanted}
    names = {name for want in wanted for name in spellings(want.step.name, want.step.kind)}
    for alias in PlaceAlias.objects.filter(
        name__in=names, place__parent_id__in=parents, place__retired_on=None
    ).select_related("place"):
        place = alias.place
        key = (place.parent_id or 0, place.kind, name_key(alias.name, place.kind))
        if key in keys:
            yield key, as_node(place)
    for parent_id, node in _nodes(Q(parent_id__in=parents, name__in=names, retired_on=None)):
        key = (parent_id or 0, node.kind, name_key(node.name, node.kind))
        if key in keys:
            yield key, node


def as_node(place: Place) -> Node:
    return Node(
        place.pk,
        place.path,
        place.kind,
        place.name,
        place.code,
        place.lon,
        place.lat,
        place.households_count,
        place.unmanaged,
        place.retired_on is not None,
    )


def _anywhere_below(want: Wanted, imagined: list[Node]) -> Node | RowProblem | None:
    """The one place of that name below the parent; a refusal when several could be meant."""
    if want.parent is not None and want.parent.id < 0:
        return None
    below = Q(kind=want.step.kind, retired_on=None) & subtree(want.parent.path if want.parent else "")
    names = spellings(want.step.name, want.step.kind)
    alike = [node for _parent, node in _nodes(below & Q(name__in=names))] + imagined
    found = [node for node in alike if node.name == want.step.name] or alike
    if not found:
        aliased = PlaceAlias.objects.filter(name__in=names).values("place_id")
        found = [node for _parent, node in _nodes(below & Q(pk__in=aliased))]
    if len(found) > 1:
        return _several_called(want.step, len(found))
    return found[0] if found else None


def _several_called(step: Step, count: int) -> RowProblem:
    message = _("There are %(count)d places called %(name)s. Add a column with what they lie in.")
    return RowProblem(message % {"count": count, "name": step.name}, field=step.column)
