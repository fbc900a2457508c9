"""From branches to places: finds what stands, builds what is missing, tells what differs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, OperationalError
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.places.actions import NewPlace, add_places
from yuanba.places.actions.ground import lock_parents, tree_change
from yuanba.places.datum import Point
from yuanba.places.importing.branches import Branch, RowProblem
from yuanba.places.importing.finding import Finder, Found, Key, Node, Wanted, as_node
from yuanba.places.importing.imagining import Imagination
from yuanba.places.importing.report import ImportReport
from yuanba.places.importing.seen import Seen
from yuanba.places.importing.settling import Settling
from yuanba.places.importing.suspicion import Suspicion
from yuanba.places.importing.walking import Cursor, independent, misfit, want_of
from yuanba.places.kinds import CODED, PlaceKind
from yuanba.places.models import Place

_UPPER = frozenset({PlaceKind.NATION, PlaceKind.PROVINCE, PlaceKind.CITY, PlaceKind.DISTRICT})
TRIES = 3


class Planter:
    """Plants branches batch by batch, each batch in one transaction.

    A file planted again, wholly or in part, adds nothing: whatever stands is found by its code or its name.
    """

    def __init__(self, *, actor: Viewer, at: datetime, dry_run: bool, within: Place | None) -> None:
        self._actor, self._at, self._dry_run = actor, at, dry_run
        self._scope = actor.scope(Power.MANAGE_PLACES)
        self._start = as_node(within) if within else None
        self._seen = Seen()
        self._imagination = Imagination()
        self._finder = Finder(self._imagination.named)
        self.suspicion = Suspicion()

    def plant(self, branches: Sequence[Branch]) -> ImportReport:
        """Plant a batch. A clash with somebody who writes at the same time is met by another try."""
        for _again in range(TRIES - 1):
            try:
                return self._plant(branches)
            except (IntegrityError, OperationalError):
                self._finder.forget()
        return self._plant(branches)

    def _plant(self, branches: Sequence[Branch]) -> ImportReport:
        cursors = [Cursor(branch, None if branch.steps[0].code else self._start) for branch in branches]
        settling = Settling(self._actor, self._at, self._seen, dry_run=self._dry_run)
        if any(cursor.at is None for cursor in cursors):
            # Roots lock the whole tree, which must not happen while places are locked: first and apart.
            with tree_change():
                self._walk(cursors, settling, upper=True)
        with tree_change():
            for part in independent(cursors):
                self._walk(part, settling, upper=False)
            report = settling.settle(cursors)
        settling.keep()
        return report

    def _walk(self, cursors: list[Cursor], settling: Settling, *, upper: bool) -> None:
        while moving := [
            cursor for cursor in cursors if (step := cursor.step) and (not upper or step.kind in _UPPER)
        ]:
            self._take_step(moving, settling)

    def _take_step(self, cursors: list[Cursor], settling: Settling) -> None:
        """Take every cursor's next step; cursors that want the same place move together."""
        groups: dict[Key, _Group] = {}
        for cursor in cursors:
            want = want_of(cursor)
            groups.setdefault(want.key, _Group(want, [])).cursors.append(cursor)
        self._look(groups, settling)
        self._compare(groups.values())
        self._build({key: group for key, group in groups.items() if group.found is None}, settling)
        for group in groups.values():
            for cursor in group.cursors:
                cursor.advance(group.found)

    def _look(self, groups: dict[Key, "_Group"], settling: Settling) -> None:
        for key, group in groups.items():
            group.found = self._finder.recall(key) or self._imagination.recall(group.want)
        unknown = {key: group for key, group in groups.items() if group.found is None}
        self._lock(group.want for group in unknown.values())
        for key, found in self._finder.find(group.want for group in unknown.values()).items():
            groups[key].found = self._met(groups[key], found, settling)

    def _compare(self, groups: "Iterable[_Group]") -> None:
        """Hold the file's points against those of the same places before, or of what they lie in."""
        for group in groups:
            known = group.found if isinstance(group.found, Node) else group.want.parent
            read = group.want.step.details.point
            if read and known is not None and known.lon is not None and known.lat is not None:
                self.suspicion.note(read, Point(known.lon, known.lat))

    def _lock(self, wanted: Iterable[Wanted]) -> None:
        """Keep others from adding what is looked for now and, if it is missing, added next."""
        parents = {want.parent.id if want.parent else None for want in wanted if not want.searched}
        if parents and not self._dry_run:
            lock_parents(parents)

    def _met(self, group: "_Group", found: Node | RowProblem, settling: Settling) -> Node | RowProblem:
        if isinstance(found, RowProblem):
            return found
        step = group.want.step
        if found.retired:
            return RowProblem(_("%(name)s is no longer in use.") % {"name": found.name}, field=step.column)
        self._remember(group, found)
        if group.passed_through:
            settling.passed(found, step, group.cursors[0])
        return found

    def _remember(self, group: "_Group", node: Node) -> None:
        """Keep what rows pass through at hand, except where a later row may make its name ambiguous."""
        step = group.want.step
        if group.passed_through and not (group.want.searched and step.kind not in CODED):
            self._finder.remember(group.want.key, node)

    def _build(self, groups: dict[Key, "_Group"], settling: Settling) -> None:
        """Build what is nowhere to be found, in the order of the rows, or say why it can't be."""
        sites: list[_Group] = []
        for group in groups.values():
            if group.want.step.optional:
                continue
            group.found = misfit(group.want, self._scope)
            if group.found is None:
                sites.append(group)
        nodes = self._imagination.add(group.want for group in sites) if self._dry_run else self._add(sites)
        for group, node in zip(sites, nodes, strict=True):
            group.found = node
            group.cursors[0].built = group.cursors[0].on_last
            self._remember(group, node)
        settling.places_added += len(nodes)

    def _add(self, groups: "list[_Group]") -> list[Node]:
        if not groups:
            return []
        new = [_new_place(group.want) for group in groups]
        return [as_node(place) for place in add_places(new, actor=self._actor, at=self._at)]


@dataclass(slots=True)
class _Group:
    """Cursors that want the same place."""

    want: Wanted
    cursors: list[Cursor]
    found: Found = None

    @property
    def passed_through(self) -> bool:
        return not all(cursor.on_last for cursor in self.cursors)


def _new_place(want: Wanted) -> NewPlace:
    step, details = want.step, want.step.details
    return NewPlace(
        parent_id=want.parent.id if want.parent else None,
        kind=step.kind,
        name=step.name,
        code=step.code,
        point=details.point,
        households_count=details.households_count,
        unmanaged=details.unmanaged,
        aliases=details.aliases,
    )
