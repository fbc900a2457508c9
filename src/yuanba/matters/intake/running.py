"""Running an intake: batches, each in one transaction, so that it can be stopped and started again at any
row.
"""

import json
import secrets
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Viewer
from yuanba.kernel.errors import Invalid
from yuanba.kernel.journal.append import chain
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.keys import reserve
from yuanba.kernel.sheets import Row, guess_columns, open_table, write_table
from yuanba.matters.actions.receiving import entry_data, new_matter
from yuanba.matters.actions.suggesting import take_suggestion
from yuanba.matters.directory import Directory
from yuanba.matters.intake.rows import HEADINGS, Incoming, Rejection, read_row
from yuanba.matters.models import Channel, Matter, Suggestion
from yuanba.matters.reporting import Report
from yuanba.matters.suggesting import Draft, Suggester
from yuanba.matters.tallying import Key, add_counts, count_received
from yuanba.people.actions import draft_person
from yuanba.people.models import Person
from yuanba.places.models import Place
from yuanba.playbooks.queries import current_playbook

BATCH = 500
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class IntakeReport:
    """What became of a file's rows: rows = created + known + rejected. ``rejected_file`` is set when some
    were rejected.
    """

    rows: int
    created: int
    known: int
    rejected: int
    rejected_file: Path | None


def take_in(
    path: Path,
    *,
    within: Place,
    actor: Viewer,
    source: str = "import",
    mapping: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> IntakeReport:
    """Take in every row of an .xlsx, .csv or .csv.gz file; rows already taken (by source and number) are left
    alone.

    Rejected rows go to ``<path>.rejected.xlsx`` with row number, column and reason. Memory stays flat. Raises
    `UnreadableFile` for a file that is no table, `Invalid` when no column holds the text.
    """
    with open_table(path, on_progress=progress) as table, _Rejected(path) as rejected:
        columns = guess_columns(table.columns, HEADINGS, mapping)
        if "text" not in columns:
            raise Invalid(
                _(
                    "No column holds the text of the requests. Name it, as in --map text=HEADING. Headings: %(headings)s"
                )
                % {"headings": "、".join(filter(None, table.columns))},
                field="text",
            )
        intake = _Intake(within, actor, source)
        rows = created = known = 0
        now = timezone.now()
        for batch in _batches(iter(table)):
            read = [read_row(row, columns, list(table.columns), now) for row in batch]
            for problems in read:
                if isinstance(problems, list):
                    rejected.add(problems)
            incoming = [row for row in read if isinstance(row, Incoming)]
            made, refused = intake.take(incoming)
            rejected.add_rows(refused)
            rows += len(batch)
            created += made
            known += len(incoming) - made - len(refused)
        file = rejected.write()
    return IntakeReport(rows, created, known, rejected.rows, file)


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


class _Intake:
    """What stays the same over a whole file."""

    def __init__(self, within: Place, actor: Viewer, source: str) -> None:
        self.within, self.actor, self.source = within, actor, source
        self.edition = current_playbook()
        self.directory = Directory()
        self.suggester = Suggester(self.edition, self.directory)

    def take(self, incoming: list[Incoming]) -> tuple[int, list[Rejection]]:
        """Write those rows of a batch that are new, in one transaction; returns how many, and those refused."""
        at = timezone.now()
        with transaction.atomic():
            fresh = self._fresh(incoming)
            keys = iter(reserve(Matter, len(fresh)))
            people, refused = self._people(fresh, at)
            work = _Work()
            for row in fresh:
                if row.row in refused:
                    continue
                self._take_row(row, next(keys), people.get(row.row), at, work)
            work.write()
        return len(work.matters), list(refused.values())

    def _fresh(self, incoming: Iterable[Incoming]) -> list[Incoming]:
        by_number: dict[str, Incoming] = {}
        for row in incoming:
            by_number.setdefault(row.number, row)
        taken = set(
            Matter.objects.filter(source=self.source, source_number__in=list(by_number)).values_list(
                "source_number", flat=True
            )
        )
        return [row for number, row in by_number.items() if number not in taken]

    def _people(self, fresh: list[Incoming], at: datetime) -> tuple[dict[int, Person], dict[int, Rejection]]:
        named = [row for row in fresh if not row.contact.empty]
        made: dict[int, Person] = {}
        refused: dict[int, Rejection] = {}
        entries: list[Entry] = []
        for row, key in zip(named, reserve(Person, len(named)) if named else [], strict=True):
            try:
                person, entry = draft_person(
                    name=row.contact.name, phone=row.contact.phone, pk=key, actor=self.actor, at=at
                )
            except Invalid as error:
                refused[row.row] = Rejection(row.row, error.field, error.message)
                continue
            made[row.row] = person
            entries.append(entry)
        Person.objects.bulk_create(made.values())
        Entry.objects.bulk_create(entries)
        return made, refused

    def _take_row(self, row: Incoming, key: int, person: Person | None, at: datetime, work: "_Work") -> None:
        report = Report(
            text=row.text,
            place=self.within,
            channel=Channel.IMPORT,
            title=row.title,
            address=row.address,
            source=self.source,
            source_number=row.number,
        )
        owner = self.directory.sorter(self.within.path).pk
        track_key = secrets.token_urlsafe(16)
        matter = new_matter(
            report, row.text, track_key, owner, self.edition, received_at=row.received_at or at, at=at
        )
        matter.pk, matter.requester = key, person
        work.entries.append(
            chain(matter, kind="received", actor=self.actor.actor, at=at, data=entry_data(matter))
        )
        draft = Draft(f"{row.address}\n{row.text}".strip(), row.title, self.within)
        proposals = self.suggester.propose(draft)
        suggestion, entry = take_suggestion(matter, proposals, self.suggester.made_by, self.directory, at=at)
        work.matters.append(matter)
        work.suggestions.append(suggestion)
        work.entries.append(entry)
        count_received(matter, work.counts)


class _Work:
    """What one batch will write."""

    def __init__(self) -> None:
        self.matters: list[Matter] = []
        self.entries: list[Entry] = []
        self.suggestions: list[Suggestion] = []
        self.counts: Counter[Key] = Counter()

    def write(self) -> None:
        Matter.objects.bulk_create(self.matters)
        Entry.objects.bulk_create(self.entries)
        Suggestion.objects.bulk_create(self.suggestions)
        add_counts(self.counts)


class _Rejected:
    """Rejections, kept in a temporary file until all rows are read."""

    def __init__(self, path: Path) -> None:
        self.path = path.with_name(path.name + ".rejected.xlsx")
        self.rows = 0
        self._spool: IO[str] = tempfile.TemporaryFile("w+", encoding="utf-8")

    def __enter__(self) -> "_Rejected":
        return self

    def __exit__(self, *_exception: object) -> None:
        self._spool.close()

    def add(self, problems: list[Rejection]) -> None:
        """Keep all that is wrong with one row."""
        self.rows += 1
        for problem in problems:
            self._spool.write(json.dumps([problem.row, problem.column, problem.reason]) + "\n")

    def add_rows(self, problems: list[Rejection]) -> None:
        """Keep rejections of several rows, one each."""
        for problem in problems:
            self.add([problem])

    def write(self) -> Path | None:
        """Write the table of rejections; without any, remove one that an earlier run left."""
        if not self.rows:
            self.path.unlink(missing_ok=True)
            return None
        self._spool.seek(0)
        lines = (json.loads(line) for line in self._spool)
        write_table(self.path, [_("Row"), _("Column"), _("Reason")], lines, widths=[8, 20, 80])
        return self.path
