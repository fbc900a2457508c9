"""Taking rows in, a batch at a time: each batch is one transaction, so that a run can be stopped anywhere and
started again.
"""

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from yuanba.kernel.authority import Viewer
from yuanba.kernel.bulk import insert_many, refresh_statistics
from yuanba.kernel.errors import Invalid
from yuanba.kernel.journal.append import chain
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.keys import reserve
from yuanba.kernel.sheets import Rejection
from yuanba.language.similarity import fingerprint
from yuanba.matters.actions.receiving import drafted_matter, entry_data
from yuanba.matters.actions.suggesting import fill_in, take_suggestion
from yuanba.matters.completing import Waiting, completed
from yuanba.matters.directory import Directory
from yuanba.matters.intake.accused import Offices
from yuanba.matters.intake.alike import Recent
from yuanba.matters.intake.left_open import Left, LeftOpen
from yuanba.matters.intake.opening import Opening
from yuanba.matters.intake.rows import Incoming, RowReader
from yuanba.matters.models import Channel, Matter, MatterLink, Notice, Suggestion
from yuanba.matters.owners import staffed
from yuanba.matters.recurring import Watched, recurrence_plans
from yuanba.matters.reporting import Report
from yuanba.matters.suggesting import Draft, Filed, Proposal, Suggester
from yuanba.matters.tallying import Key, add_counts, count_new
from yuanba.matters.telling import make_notices, save_notices, vacancy_plans
from yuanba.matters.wording import words_of
from yuanba.people.actions import draft_person
from yuanba.people.models import Person
from yuanba.places.models import Place
from yuanba.places.queries import full_names
from yuanba.playbooks.queries import current_playbook

TRIES = 3
LOOK_ANEW_AFTER = 5_000
GROWN = 4
ACCUSED_LENGTH = 80


@dataclass(slots=True)
class Outcome:
    """What became of the rows of one batch."""

    known: int = 0
    rejected: list[Rejection] = field(default_factory=list)


@dataclass(slots=True)
class _Work:
    """What one batch will write."""

    at: datetime
    opening: Opening
    new: list[tuple[Matter, list[Proposal]]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    suggestions: list[Suggestion] = field(default_factory=list)
    links: list[MatterLink] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    counts: Counter[Key] = field(default_factory=Counter)
    left: LeftOpen = field(default_factory=LeftOpen)

    def write(self) -> None:
        insert_many([matter for matter, _proposals in self.new])
        names = full_names({matter.place_id: matter.place for matter, _proposals in self.new}.values())
        insert_many([words_of(matter, names[matter.place_id]) for matter, _proposals in self.new])
        insert_many(self.entries)
        insert_many(self.suggestions)
        MatterLink.objects.bulk_create(self.links)
        save_notices(self.notices)
        add_counts(self.counts)


class Taker:
    """Takes batches of one file in: what is slow to load is loaded once."""

    def __init__(self, within: Place, actor: Viewer, source: str, reader: RowReader) -> None:
        self.within, self.actor, self.source, self.reader = within, actor, source, reader
        self.edition = current_playbook()
        self.directory = Directory()
        self.suggester = Suggester(self.edition, self.directory)
        self.owner_id = self.directory.sorter(within.path).pk
        self.recent = Recent()
        self.offices = Offices() if "accused" in reader.columns else None
        self.created, self.left, self.look_anew_at = 0, LeftOpen(), LOOK_ANEW_AFTER
        self.knows = lru_cache(maxsize=1_000)(self.suggester.knows)

    def take(self, incoming: list[Incoming]) -> Outcome:
        """Write those rows that are new. A second intake of the same source at the same time costs another
        try, never a second matter.
        """
        outcome = self._insist(incoming)
        if self.created >= self.look_anew_at:
            for model in (Matter, Entry, Suggestion):
                refresh_statistics(model)
            self.look_anew_at = self.created * GROWN
        return outcome

    def _insist(self, incoming: list[Incoming]) -> Outcome:
        for _try in range(TRIES - 1):
            try:
                return self._take(incoming)
            except IntegrityError:
                continue
        return self._take(incoming)

    def _take(self, incoming: list[Incoming]) -> Outcome:
        at = timezone.now()
        with transaction.atomic():
            outcome = Outcome()
            fresh = self._fresh(incoming, outcome)
            work = _Work(at, Opening(at))
            people = self._people(fresh, work, outcome)
            refused = {rejection.row for rejection in outcome.rejected}
            wanted = [row for row in fresh if row.row not in refused]
            keys = reserve(Matter, len(wanted)) if wanted else []
            # Reasons of suggestions are kept for the district's offices, whoever takes the file in.
            with override(settings.LANGUAGE_CODE):
                self._sort(list(zip(keys, wanted, strict=True)), people, work)
            work.write()
        self.created += len(wanted)
        self.left.add(work.left)
        return outcome

    def _sort(self, numbered: list[tuple[int, Incoming]], people: dict[int, Person], work: _Work) -> None:
        proposals = completed(self.suggester, (Waiting(key, self._filed(row)) for key, row in numbered))
        for key, row in numbered:
            self._begin(row, key, people.get(row.row), proposals[key], work)
        self._finish(work)

    def _fresh(self, incoming: Iterable[Incoming], outcome: Outcome) -> list[Incoming]:
        """The rows of which no matter was made yet. A number that stands for two texts is refused, not
        swallowed.
        """
        rows = list(incoming)
        # No row is without a number here; saying so lets PostgreSQL use the index, which leaves those out.
        taken = dict(
            Matter.objects.filter(source=self.source, source_number__in={row.number for row in rows})
            .exclude(source_number="")
            .values_list("source_number", "text")
        )
        fresh: list[Incoming] = []
        for row in rows:
            text = taken.get(row.number)
            if text is None:
                taken[row.number] = row.text
                fresh.append(row)
            elif text == row.text:
                outcome.known += 1
            else:
                reason = _(
                    "Number %(number)s was taken in before with another text. "
                    "If it comes from another system, name that with --source."
                )
                name = self.reader.named("number")
                outcome.rejected.append(Rejection(row.row, name, reason % {"number": row.number}))
        return fresh

    def _people(self, fresh: list[Incoming], work: _Work, outcome: Outcome) -> dict[int, Person]:
        named = [row for row in fresh if not row.contact.empty]
        made: dict[int, Person] = {}
        for row, key in zip(named, reserve(Person, len(named)) if named else [], strict=True):
            contact = row.contact
            try:
                person, entry = draft_person(
                    name=contact.name,
                    phone=contact.phone,
                    email=contact.email,
                    pk=key,
                    actor=self.actor,
                    at=work.at,
                )
            except Invalid as error:
                name = self.reader.named(error.field) or error.field
                outcome.rejected.append(Rejection(row.row, name, error.message))
                continue
            made[row.row] = person
            work.entries.append(entry)
        Person.objects.bulk_create(made.values())
        return made

    def _filed(self, row: Incoming) -> Filed:
        draft = Draft(
            row.text, row.title, self.within, label=row.category, address=row.address, point=row.point
        )
        return self.suggester.file(draft)

    def _begin(
        self, row: Incoming, key: int, person: Person | None, proposals: list[Proposal], work: _Work
    ) -> None:
        """The matter as it came in, then as its suggestion sorts it."""
        report = Report(
            text=row.text,
            place=self.within,
            channel=Channel.IMPORT,
            title=row.title,
            address=row.address,
            source=self.source,
            source_number=row.number,
            lon=row.point.lon if row.point else None,
            lat=row.point.lat if row.point else None,
        )
        matter = drafted_matter(
            report,
            row.text,
            secrets.token_urlsafe(16),
            self.owner_id,
            self.edition,
            received_at=row.received_at or work.at,
        )
        proposals = self._accuse(matter, row, proposals, work)
        for what, said in (*row.left, *self._unrecognised(row, proposals)):
            work.left.note(what, row.row, said)
        work.opening.start(matter)
        matter.pk, matter.requester = key, person
        data = entry_data(matter)
        work.entries.append(chain(matter, kind="received", actor=self.actor.actor, at=work.at, data=data))
        fill_in(matter, proposals, self.directory, work.opening.start)
        matter.likeness = fingerprint(matter.text, matter.title)
        proposals += self.recent.duplicates(matter)
        work.new.append((matter, proposals))

    def _unrecognised(self, row: Incoming, proposals: list[Proposal]) -> Iterator[tuple[Left, str]]:
        if all(proposal.aspect != "place" for proposal in proposals):
            yield Left.PLACE, self.within.name
        if row.category and not self.knows(row.category):
            yield Left.CATEGORY, row.category

    def _accuse(
        self, matter: Matter, row: Incoming, proposals: list[Proposal], work: _Work
    ) -> list[Proposal]:
        """Keep the matter from the office that the row complains about. A name that is none of ours stays before the
        eyes of whoever sorts it: beside what is proposed.
        """
        if self.offices is None or not row.accused:
            return proposals
        if office := self.offices.meant(row.accused):
            matter.accused, matter.accused_path, matter.confidential = office, office.path, True
            return proposals
        work.left.note(Left.ACCUSED, row.row, row.accused)
        told = _(
            "The file says whom it complains about: %(name)s. No office known here; it is kept from none."
        )
        first, *others = proposals
        why = (*first.why, told % {"name": row.accused[:ACCUSED_LENGTH]})
        return [replace(first, why=why), *others]

    def _finish(self, work: _Work) -> None:
        """Record the suggestions, with the trouble among them that came back."""
        watched = Watched(matter for matter, _proposals in work.new)
        for matter, proposals in work.new:
            back = watched.before(matter)
            taken = take_suggestion(matter, proposals, self.suggester.made_by, watched=back, at=work.at)
            work.entries.append(taken.entry)
            work.suggestions.append(taken.suggestion)
            if back is not None and taken.link is not None:
                work.links.append(taken.link)
                work.notices += make_notices(matter, recurrence_plans(matter, back), work.at)
            count_new(matter, work.counts)
        _tell_of_vacancies(work)


def _tell_of_vacancies(work: _Work) -> None:
    """Owners without anybody in post are told to the level above, once for the batch: thousands of rows may be
    theirs.
    """
    held = staffed({matter.owner_id for matter, _proposals in work.new})
    first: dict[tuple[int, str], Matter] = {}
    for matter, _proposals in work.new:
        if matter.owner_id not in held:
            first.setdefault((matter.owner_id, matter.accused_path), matter)
    for matter in first.values():
        work.notices += make_notices(matter, vacancy_plans(matter), work.at)
