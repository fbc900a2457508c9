"""A file of people and posts from beginning to end."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import DomainError, Invalid
from yuanba.kernel.sheets import Progress, Table, no_table, open_table
from yuanba.people.importing.fields import PEOPLE, find_columns
from yuanba.people.importing.founding import Founder, parents_first
from yuanba.people.importing.lines import OfficeLine, PostLine
from yuanba.people.importing.offices import Offices
from yuanba.people.importing.plan import Plan
from yuanba.people.importing.reading import PostReader
from yuanba.people.importing.report import FirstPassword, RosterReport
from yuanba.people.importing.settling import FileFacts, Settling, office_key
from yuanba.people.importing.tables import Outcomes
from yuanba.people.importing.words import Words
from yuanba.people.importing.writing import Writer
from yuanba.people.reach import require_everywhere
from yuanba.places.written import WrittenPlaces
from yuanba.playbooks.queries import current_playbook

BATCH_ROWS = 500
Read = PostLine | tuple[int, str, str]
"""A row's line, or (row, column, reason) of one that can't be read."""


@dataclass(frozen=True, slots=True)
class _File:
    """The file is read twice: once for what it says as a whole, then to take its rows."""

    path: Path
    mapping: Mapping[str, str] | None
    sheet: str | None
    words: Words
    at: datetime
    progress: Progress | None

    @contextmanager
    def open(self, half: int) -> Iterator[tuple[Table, PostReader]]:
        expected = (*chain.from_iterable(PEOPLE.values()), *(self.mapping or {}).values())
        show = self.progress

        def halved(done: int, total: int) -> None:
            if show is not None:
                show(half * total + done, 2 * total)

        with open_table(self.path, sheet=self.sheet, expected=expected, on_progress=halved) as table:
            columns = find_columns(table.columns, PEOPLE, self.mapping)
            if not columns and table.is_plain_text:
                raise no_table()
            yield table, PostReader(table.columns, columns, self.words, timezone.localdate(self.at))


def import_people(
    path: Path,
    *,
    actor: Viewer,
    dry_run: bool = False,
    hand_over: bool = False,
    mapping: Mapping[str, str] | None = None,
    sheet: str | None = None,
    on_password: Callable[[FirstPassword], None],
    progress: Progress | None = None,
    at: datetime | None = None,
    batch_rows: int = BATCH_ROWS,
) -> RosterReport:
    """Bring in the posts of an .xlsx, .csv or .csv.gz file with their holders, a row each.

    Organizations that a row describes and nobody knows are founded first. A post that stands is met again by
    organization, place, kind and title, and by its holder where several are alike. Another holder in the file
    is only reported, unless `hand_over`: then the post is handed over on the row's first day, or today.
    `on_password` gets each first password once, after its batch is kept.

    Every batch is one transaction, so a run that broke off is simply started anew. Takes `manage_people` and
    `manage_posts` in the whole district. Raises `kernel.sheets.UnreadableFile`, `UnknownColumn`, `Invalid`.
    """
    for power in (Power.MANAGE_PEOPLE, Power.MANAGE_POSTS):
        require_everywhere(actor, power)
    at, report, offices = at or timezone.now(), RosterReport(dry_run), Offices()
    playbook = current_playbook().playbook
    words = Words(playbook)
    file = _File(path, mapping, sheet, words, at, progress)
    founder = Founder(offices, WrittenPlaces(), words, actor=actor, at=at, dry_run=dry_run)
    facts = _facts_of(file, offices, founder)
    report.organizations = founder.founded
    writer = None if dry_run else Writer(actor, at, on_password)
    with file.open(1) as (table, reader), Outcomes(path, report) as outcomes:
        settling = Settling(
            reader, offices, playbook, facts, today=timezone.localdate(at), hand_over=hand_over
        )
        rows = _lines(table, reader)
        while batch := list(islice(rows, batch_rows)):
            plan = settling.settle([one for one in batch if isinstance(one, PostLine)])
            plan.rejected += [one for one in batch if not isinstance(one, PostLine)]
            if writer is not None:
                writer.write(plan)
            _count(plan, len(batch), outcomes)
        report.hints += [*table.not_read(), *_misplaced(settling)]
        outcomes.write()
    return report


def _facts_of(file: _File, offices: Offices, founder: Founder) -> FileFacts:
    """Read the file through once: who is named where, and which organizations are to be founded."""
    facts = FileFacts()
    missing: dict[tuple[str, str], OfficeLine] = {}
    with file.open(0) as (table, reader):
        for read in _lines(table, reader):
            if not isinstance(read, PostLine):
                continue
            facts.note(read)
            office = read.office
            if office is not None and office.kind and _is_unknown(office, offices):
                missing.setdefault(office_key(office), office)

    def found(line: OfficeLine) -> None:
        if offices.find(line, founder.parent_of(line)) is None:
            founder.found(line)

    for line, refusal in parents_first(missing.values(), offices, found):
        facts.refused[office_key(line)] = refusal
    return facts


def _is_unknown(line: OfficeLine, offices: Offices) -> bool:
    try:
        return offices.find(line, offices.called(line.parent) if line.parent else None) is None
    except Invalid:
        return False


def _lines(table: Table, reader: PostReader) -> Iterator[Read]:
    for row in table:
        try:
            yield reader.read(row)
        except DomainError as refusal:
            yield row.number, refusal.field, refusal.message


def _count(plan: Plan, rows: int, outcomes: Outcomes) -> None:
    report = outcomes.report
    report.rows += rows
    report.created += plan.created
    report.known += plan.known
    report.posts += len(plan.posts)
    report.persons += len(plan.newcomers)
    report.accounts += len(plan.accounts)
    report.handed_over += sum(sitting.instead for sitting in plan.sittings)
    report.filled += sum(not sitting.instead for sitting in plan.sittings)
    for found in plan.differing:
        outcomes.differ(found)
    for row, column, reason in sorted(plan.rejected):
        outcomes.reject(row, column, reason)


def _misplaced(settling: Settling) -> Iterator[str]:
    for kind, count in settling.misplaced.most_common():
        message = _("%(count)d rows put a %(kind)s where the playbook has none: is the kind of post right?")
        yield message % {"count": count, "kind": kind}
