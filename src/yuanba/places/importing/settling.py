"""What becomes of each row once its branch has been walked."""

from datetime import datetime

from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import DomainError
from yuanba.kernel.sheets import Rejection
from yuanba.places.importing.branches import RowProblem, Step
from yuanba.places.importing.differing import after, differences, write
from yuanba.places.importing.finding import Node
from yuanba.places.importing.report import Change, ImportReport
from yuanba.places.importing.seen import Seen
from yuanba.places.importing.walking import Cursor


class Settling:
    """Settles the rows of one batch. `keep` makes it count for later batches, after the transaction."""

    def __init__(self, actor: Viewer, at: datetime, seen: Seen, *, dry_run: bool) -> None:
        self._actor, self._at, self._dry_run = actor, at, dry_run
        self._scope = actor.scope(Power.MANAGE_PLACES)
        self._seen = seen
        self._fresh: dict[int, Node] = {}
        self._said: dict[int, int] = {}
        self._passed: list[tuple[Node, Step, Cursor]] = []
        self.places_added = 0

    def passed(self, node: Node, step: Step, cursor: Cursor) -> None:
        """Note a standing place that rows pass through: the file may have a newer name or a code for it."""
        if step.code:
            self._passed.append((node, step, cursor))

    def settle(self, cursors: list[Cursor]) -> ImportReport:
        """The balance of the batch; whatever differs is written."""
        report = ImportReport(self._dry_run, rows=len(cursors), places_added=self.places_added)
        for node, step, cursor in self._passed:
            if changes := differences(node, step, cursor.branch.row, whole=False):
                try:
                    self._write(node, step, changes)
                except DomainError as refusal:
                    cursor.problem = RowProblem(refusal, field=step.column)
                else:
                    report.changes += changes
        for cursor in cursors:
            try:
                self._settle(cursor, report)
            except DomainError as refusal:
                column = (isinstance(refusal, RowProblem) and refusal.field) or cursor.branch.leaf.column
                report.rejected.append(Rejection(cursor.branch.row, column, str(refusal)))
        return report

    def _settle(self, cursor: Cursor, report: ImportReport) -> None:
        if cursor.problem is not None:
            raise cursor.problem
        node, step = cursor.at, cursor.branch.leaf
        if node is None:
            raise RowProblem(_("The row names no place."))
        said = hash((step.name, step.details))
        if cursor.built:
            report.created += 1
            self._note(node, said)
            return
        if node.id < 0 and node.id in self._seen:
            changes = []
            contradicts = self._seen.said_of(node.id) != said
        else:
            node = self._fresh.get(node.id, node)
            changes = differences(node, step, cursor.branch.row, whole=True)
            contradicts = bool(changes) and (node.id in self._fresh or node.id in self._seen)
        if contradicts:
            message = _("Another row of this file says otherwise of %(name)s.")
            raise RowProblem(message % {"name": node.name}, field=step.column)
        if changes:
            self._write(node, step, changes)
            report.changed += 1
            report.changes += changes
        else:
            report.known += 1
        self._note(after(node, step, changes), said)

    def _note(self, node: Node, said: int) -> None:
        self._fresh[node.id] = node
        self._said[node.id] = said

    def _write(self, node: Node, step: Step, changes: list[Change]) -> None:
        if not self._scope.covers_place(node.path):
            raise RowProblem(_("Your post does not include changing places here."), field=step.column)
        if not self._dry_run:
            write(node, step, changes, actor=self._actor, at=self._at)

    def keep(self) -> None:
        for place_id, said in self._said.items():
            self._seen.add(place_id, said)
