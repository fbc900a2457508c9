"""A file of organizations from beginning to end."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import DomainError, Invalid
from yuanba.kernel.sheets import Progress, no_table, open_table
from yuanba.kernel.sheets.columns import shaped
from yuanba.people.importing.cells import Cells
from yuanba.people.importing.fields import ORGANIZATIONS, find_columns
from yuanba.people.importing.founding import Founder, parents_first
from yuanba.people.importing.lines import OfficeLine
from yuanba.people.importing.offices import Offices, is_called
from yuanba.people.importing.reading import OfficeReader
from yuanba.people.importing.report import Difference, RosterReport
from yuanba.people.importing.tables import Outcomes
from yuanba.people.importing.words import Words
from yuanba.people.models import Organization, OrganizationKind
from yuanba.people.reach import require_everywhere
from yuanba.places.written import WrittenPlaces
from yuanba.playbooks.queries import current_playbook


def import_organizations(
    path: Path,
    *,
    actor: Viewer,
    dry_run: bool = False,
    mapping: Mapping[str, str] | None = None,
    sheet: str | None = None,
    progress: Progress | None = None,
    at: datetime | None = None,
) -> RosterReport:
    """Found the organizations of an .xlsx, .csv or .csv.gz file, in whatever order its rows come.

    Those that stand are known by their code, or by name, kind and what they are under. What a row says
    otherwise is only reported. Takes `manage_people` in the whole district. Raises
    `kernel.sheets.UnreadableFile`, `UnknownColumn` and `Invalid`.
    """
    require_everywhere(actor, Power.MANAGE_PEOPLE)
    at = at or timezone.now()
    report = RosterReport(dry_run)
    words, offices, places = Words(current_playbook().playbook), Offices(), WrittenPlaces()
    founder = Founder(offices, places, words, actor=actor, at=at, dry_run=dry_run)
    expected = (*chain.from_iterable(ORGANIZATIONS.values()), *(mapping or {}).values())
    with (
        open_table(path, sheet=sheet, expected=expected, on_progress=progress) as table,
        Outcomes(path, report) as outcomes,
    ):
        columns = find_columns(table.columns, ORGANIZATIONS, mapping)
        if not columns and table.is_plain_text:
            raise no_table()
        reader = OfficeReader(table.columns, columns, words)
        settling = _Settling(offices, founder, reader.cells, outcomes)
        problems: list[tuple[int, str, str]] = []

        def lines() -> Iterator[OfficeLine]:
            for row in table:
                report.rows += 1
                try:
                    yield reader.read(row)
                except DomainError as refusal:
                    problems.append((row.number, refusal.field, refusal.message))

        for line, refusal in parents_first(lines(), offices, settling.take):
            problems.append((line.row, reader.cells.heading(refusal.field), refusal.message))
        for row, column, reason in sorted(problems):
            outcomes.reject(row, column, reason)
        report.organizations = founder.founded
        report.hints += table.not_read()
        outcomes.write()
    return report


class _Settling:
    """What becomes of each line."""

    def __init__(self, offices: Offices, founder: Founder, cells: Cells, outcomes: Outcomes) -> None:
        self._offices, self._founder, self._cells, self._outcomes = offices, founder, cells, outcomes
        self._seen: dict[int, int] = {}

    def take(self, line: OfficeLine) -> None:
        """Raises `DomainError` for a line that can't be taken."""
        parent = self._founder.parent_of(line)
        standing = self._offices.find(line, parent)
        report = self._outcomes.report
        if standing is None:
            standing = self._founder.found(line)
            report.created += 1
        elif earlier := self._seen.get(standing.pk):
            raise Invalid(
                _("This is the organization of row %(row)d again.") % {"row": earlier}, field="name"
            )
        elif found := list(self._differences(line, standing, parent)):
            self._outcomes.differ(found)
        else:
            report.known += 1
        self._seen[standing.pk] = line.row

    def _differences(
        self, line: OfficeLine, standing: Organization, parent: Organization | None
    ) -> Iterator[Difference]:
        def differ(field: str, stands: str) -> Difference:
            return Difference(line.row, self._cells.heading(field), stands, str(getattr(line, field)))

        if line.code and line.code != standing.code:
            yield differ("code", standing.code)
        if line.name and not is_called(standing, line.name):
            yield differ("name", standing.name)
        if line.kind and line.kind != standing.kind:
            yield differ("kind", str(OrganizationKind(standing.kind).label))
        if parent is not None and parent.pk != standing.parent_id:
            yield differ("parent", standing.parent.name if standing.parent else "")
        if line.place and (place := self._founder.place_of(line, parent)) and place.pk != standing.place_id:
            yield differ("place", standing.place.name if standing.place else "")
        if line.short_name and shaped(line.short_name) != shaped(standing.short_name):
            yield differ("short_name", standing.short_name)
        if line.phone and line.phone != standing.phone:
            yield differ("phone", standing.phone)
