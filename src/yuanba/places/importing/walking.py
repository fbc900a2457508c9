"""One row's way down the tree, step by step."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from yuanba.kernel.authority import Scope
from yuanba.places.codes import StatisticsCode
from yuanba.places.importing.branches import Branch, RowProblem, Step
from yuanba.places.importing.finding import Found, Node, Wanted
from yuanba.places.kinds import CODED, PlaceKind, may_hold
from yuanba.places.names import name_key


@dataclass(slots=True)
class Cursor:
    """How far one row's branch has been walked: ``at`` is the place reached (None: above the roots)."""

    branch: Branch
    at: Node | None
    taken: int = 0
    built: bool = False
    problem: RowProblem | None = None

    @property
    def step(self) -> Step | None:
        """The step to be taken next; None at the end or after a problem."""
        if self.problem is not None or self.taken == len(self.branch.steps):
            return None
        return self.branch.steps[self.taken]

    @property
    def on_last(self) -> bool:
        return self.taken == len(self.branch.steps) - 1

    def advance(self, found: Found) -> None:
        """Go to what was found or built; None passes over an optional step."""
        self.taken += 1
        if isinstance(found, RowProblem):
            self.problem = found
        elif found is not None:
            self.at = found


def independent(cursors: list[Cursor]) -> Iterator[list[Cursor]]:
    """The rows in parts that may be walked side by side, as if each row had waited for those before it.

    A part ends before a row that looks by name for what an earlier row of the part may build.
    """
    part: list[Cursor] = []
    built: set[tuple[str, str]] = set()
    for cursor in cursors:
        steps = cursor.branch.steps
        looked_for = [step for at, step in enumerate(steps) if _is_searched(step, at)]
        if any((step.kind, name_key(step.name, step.kind)) in built for step in looked_for):
            yield part
            part, built = [], set()
        part.append(cursor)
        built.update((step.kind, name_key(step.name, step.kind)) for step in steps[1:] if not step.code)
    yield part


def _is_searched(step: Step, at: int) -> bool:
    return not step.code and (at == 0 or step.kind in CODED)


def want_of(cursor: Cursor) -> Wanted:
    """What the next step looks for; a row's first step and the administration's places may skip levels."""
    step = cursor.branch.steps[cursor.taken]
    return Wanted(cursor.at, _is_searched(step, cursor.taken), step)


def misfit(want: Wanted, scope: Scope) -> RowProblem | None:
    """Why a place that is not there can't be built there either; None when it can."""
    step, parent = want.step, want.parent
    kind = PlaceKind(step.kind).label
    if not step.can_be_built:
        return RowProblem(_unknown(step), field=step.column)
    if not may_hold(parent.kind if parent else None, step.kind):
        if parent is None:
            message = _("Say what %(name)s lies in: add a column with its community or estate.")
            return RowProblem(message % {"name": step.name}, field=step.column)
        message = _("%(child)s can't stand directly inside %(parent)s.")
        return RowProblem(
            message % {"child": kind, "parent": PlaceKind(parent.kind).label}, field=step.column
        )
    if parent is not None and step.code and not _lies_in(step.code, parent.code):
        message = _("%(code)s does not lie in %(parent)s.")
        return RowProblem(message % {"code": step.code, "parent": parent.name}, field=step.column)
    if not scope.covers_place(parent.path if parent else ""):
        return RowProblem(_("Your post does not include changing places here."), field=step.column)
    return None


def _lies_in(code: str, parent_code: str) -> bool:
    return not parent_code or StatisticsCode(code).lies_in(StatisticsCode(parent_code))


def _unknown(step: Step) -> str:
    if step.code:
        return _("There is no place with the code %(code)s, and no column gives its name.") % {
            "code": step.code
        }
    return _("There is no %(kind)s called %(name)s. Import it first, or add a column with its code.") % {
        "kind": PlaceKind(step.kind).label,
        "name": step.name,
    }
