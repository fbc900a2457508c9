"""``yuanba audit``: the matter's promises proved over the whole database, every breach reported."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from yuanba.kernel import clock
from yuanba.kernel.crypto import salted_digest
from yuanba.kernel.journal.models import Entry
from yuanba.matters import clockwork
from yuanba.matters.approving import DECISIVE, Decision, own_decisions
from yuanba.matters.exclusions import EXCLUDED, taken_from_rates
from yuanba.matters.flow import JUDGED, OPEN, State
from yuanba.matters.models import Answer, Exclusion, Matter, Party, Verdict
from yuanba.matters.owners import is_off_list, staffed
from yuanba.matters.proving import answer_digest, verdict_digest
from yuanba.matters.recounting import wrong_counts, wrong_days
from yuanba.people.models import Organization
from yuanba.places.auditing import faults
from yuanba.places.models import Place

CHUNK = 2000
# Whoever joined a matter is answered with it: one that ends otherwise leaves them behind.
_NO_LEAD = frozenset({State.MERGED, State.WITHDRAWN, State.OUT_OF_SCOPE})
REPORT_LIMIT = 1000
# Moves that give a matter to an owner who works on it; all but the last on one person's word.
ALONE = frozenset({"dispatch", "hand_down", "arbitrate", "climb", "take_over"})
GIVING = ALONE | {"decide_push_down"}


@dataclass(frozen=True, slots=True)
class Breach:
    """A promise that does not hold: of what, which promise, and how it is broken."""

    subject: str
    rule: str
    why: str


@dataclass(slots=True)
class Audit:
    """`checked` records looked at, `breaches` in all, of which `listed` keeps the first thousand."""

    checked: int = 0
    breaches: int = 0
    listed: list[Breach] = field(default_factory=list)

    def report(self, subject: str, rule: str, why: str) -> None:
        self.breaches += 1
        if len(self.listed) < REPORT_LIMIT:
            self.listed.append(Breach(subject, rule, why))


def audit(progress: Callable[[int], None] | None = None) -> Audit:
    """Check every matter, organization, place and count; flat memory, nothing locked or changed."""
    result = Audit()
    _check_places(result)
    reachable = _check_organizations(result)
    for chunk in _chunks():
        told, words = _told_by_journal(chunk), _words(chunk)
        for matter in chunk:
            result.checked += 1
            known = told.get(matter.pk, _Told())
            faults_found = (
                *_changed(matter, known, words.get(matter.pk, {})),
                *_kept_rules(matter, known),
                *_faults(matter, reachable),
            )
            for rule, why in faults_found:
                result.report(f"matter {matter.number}", rule, why)
        if progress is not None:
            progress(result.checked)
    _check_parties(result)
    _check_exclusions(result)
    _check_counts(result)
    return result


def _chunks() -> Iterator[list[Matter]]:
    """Open matters and ended ones alike, in key order, a few thousand at a time."""
    last = 0
    while True:
        rows = list(Matter.objects.filter(pk__gt=last).select_related("lead", "owner").order_by("pk")[:CHUNK])
        if not rows:
            return
        last = rows[-1].pk
        yield rows


@dataclass(slots=True)
class _Told:
    """What the journal tells of one matter: its clock's events, the digests of its text and of its row as last
    left, those of its answers and verdicts by kind and round, who asked and who decided, how often the
    resident was asked, and the move that gave it to its owner.
    """

    clock: list[dict[str, str]] = field(default_factory=list)
    text: str = ""
    row: str = ""
    words: dict[tuple[str, int], str] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    questions: int = 0
    given: tuple[str, str] = ("", "")


def _told_by_journal(chunk: list[Matter]) -> dict[int, _Told]:
    """The entries of these matters folded in their order."""
    last = {matter.pk: matter.version for matter in chunk}
    found: dict[int, _Told] = {}
    rows = Entry.objects.filter(
        subject_kind=Matter.journal_kind, subject_id__range=(chunk[0].pk, chunk[-1].pk)
    ).order_by("subject_id", "seq")
    columns = ("subject_id", "seq", "kind", "actor", "data")
    for key, seq, kind, actor, text in rows.values_list(*columns).iterator(chunk_size=CHUNK):
        told = found.setdefault(key, _Told())
        told.questions += kind == "ask_information"
        if kind in GIVING and '"owner":' in text:
            told.given = (kind, text)
        if kind in DECISIVE:
            told.decisions.append((kind, actor, text))
        # Most entries between the first and the last tell nothing of this, and parsing takes the time.
        if seq == last.get(key) or '"clock":' in text or '"words":' in text:
            _fold(told, json.loads(text))
    return found


def _fold(told: _Told, data: dict[str, Any]) -> None:
    told.clock += data.get("clock", [])
    told.text = told.text or data.get("text", "")
    told.row = data.get("row", "")
    if "words" in data:
        told.words["answer" if "answer" in data else "verdict", data["round"]] = data["words"]


def _words(chunk: list[Matter]) -> dict[int, dict[tuple[str, int], str]]:
    """The digests of the answers and verdicts that these matters have now, by kind and round."""
    salts = {matter.pk: matter.salt for matter in chunk}
    first, last = chunk[0].pk, chunk[-1].pk
    found: dict[int, dict[tuple[str, int], str]] = {}
    for answer in Answer.objects.filter(matter_id__gte=first, matter_id__lte=last).iterator(chunk_size=CHUNK):
        if salt := salts.get(answer.matter_id):
            found.setdefault(answer.matter_id, {})["answer", answer.round] = answer_digest(answer, salt)
    for verdict in Verdict.objects.filter(matter_id__gte=first, matter_id__lte=last).iterator(
        chunk_size=CHUNK
    ):
        if salt := salts.get(verdict.matter_id):
            found.setdefault(verdict.matter_id, {})["verdict", verdict.round] = verdict_digest(verdict, salt)
    return found


def _changed(matter: Matter, told: _Told, words: dict[tuple[str, int], str]) -> Iterator[tuple[str, str]]:
    """What was changed behind the journal's back: the chain of entries may be whole while its subject is not."""
    if told.clock != matter.clock:
        yield "clock", _("Its clock events are not those of the journal.")
    if not matter.salt or matter.journal_facts()["row"] != told.row:
        yield "journal", _("Its record is not as its last journal entry left it.")
        return
    if salted_digest(matter.text, matter.salt) != told.text:
        yield "journal", _("Its text is not the one that came in.")
    if told.words != words:
        yield "journal", _("An answer, or what the resident said of one, is not as it was given.")


def _kept_rules(matter: Matter, told: _Told) -> Iterator[tuple[str, str]]:
    """Rules about moves that were made, which nothing that came after can mend."""
    for kind in own_decisions(told.decisions):
        yield (
            "approver",
            _("Somebody decided what they had asked for themselves (%(move)s).") % {"move": kind},
        )
    kind, text = told.given
    if is_off_list(matter) and kind in ALONE:
        data = json.loads(text)
        if data["owner"] == matter.owner_id and not data.get("takes_on"):
            yield "admission", _("It went to a community off its list without a second person's approval.")
    most = clockwork.playbook_of(matter).playbook.most_questions
    if most is not None and told.questions > most:
        yield "questions", _("The resident was asked more often than the playbook allows.")


def _faults(matter: Matter, reachable: dict[int, str]) -> Iterator[tuple[str, str]]:
    if (matter.state in OPEN) == (matter.stopped_at is not None):
        yield "clock", _("The clock does not run while the matter is open, or runs though it is closed.")
    yield from _clock_faults(matter)
    if matter.lead is not None and matter.lead.state in _NO_LEAD:
        yield "merge", _("It joined a matter that has itself joined another, or ended without an answer.")
    if matter.accused_path and matter.owner.path.startswith(matter.accused_path):
        yield "accused", _("Its owner is the organization complained about, or one below it.")
    if matter.state in OPEN:
        if matter.owner_id not in reachable:
            yield "owner", _("Its owner is closed.")
        elif reachable[matter.owner_id]:
            yield "escalation", reachable[matter.owner_id]
        if matter.next_alarm_at is None and not _alarms_all_taken(matter):
            yield "alarm", _("The clock will never look at it again.")


def _alarms_all_taken(matter: Matter) -> bool:
    if matter.paused_at is not None:
        return False  # A pause is reviewed for as long as it lasts, and a question has an end.
    taken = set(matter.alarms.values_list("step", "span", "due_at"))
    return all((step.name, str(step.span), step.due_at) in taken for step in clockwork.steps_of(matter))


def _clock_faults(matter: Matter) -> Iterator[tuple[str, str]]:
    """The row's deadlines must be those that its clock events give."""
    try:
        reading = clockwork.read(matter)
    except (clock.ClockError, KeyError) as error:
        yield "clock", str(error)
        return
    shown = (matter.due_at, matter.total_due_at, matter.paused_at, matter.stopped_at, matter.stage)
    clockwork.show(matter, reading)
    if shown != (matter.due_at, matter.total_due_at, matter.paused_at, matter.stopped_at, matter.stage):
        yield "clock", _("Its deadlines are not those that its clock's events give.")


def _check_organizations(result: Audit) -> dict[int, str]:
    """Open organizations, each with what is wrong with its way up; empty when somebody is there to escalate
    to.
    """
    rows = {
        row.pk: row
        for row in Organization.objects.filter(closed_on=None).only("pk", "name", "parent_id", "path")
    }
    held = staffed(rows)
    reachable: dict[int, str] = {}
    for key, row in rows.items():
        result.checked += 1
        above, seen = row, False
        while above is not None:
            seen = seen or above.pk in held
            above = rows.get(above.parent_id) if above.parent_id else None  # type: ignore[assignment]
        reachable[key] = (
            ""
            if seen
            else _("Neither its owner nor any level above has anybody in a post that works on matters.")
        )
    return reachable


def _check_places(result: Audit) -> None:
    """Every place must stand rightly in the tree."""
    result.checked += Place.objects.count()
    for fault in faults():
        result.report(f"place {fault.place_id}", "tree", fault.why)


def _check_parties(result: Audit) -> None:
    """Who was called may not be the organization complained about."""
    rows = Party.objects.exclude(matter__accused_path="").select_related("organization", "matter")
    for party in rows.iterator(chunk_size=CHUNK):
        if party.organization.path.startswith(party.matter.accused_path):
            result.report(
                f"matter {party.matter.number}",
                "accused",
                _("The organization complained about was called in."),
            )


def _check_counts(result: Audit) -> None:
    """What boards show must be what is open, what was received, answered, said and closed, and what is left out."""
    for (place, tier, category), why in wrong_counts():
        result.report(f"count of place {place}, {tier}, {category or '-'}", "counts", why)
    for subject, why in wrong_days():
        result.report(subject, "counts", why)


def _check_exclusions(result: Audit) -> None:
    """What is left out of the rates must be what its request counts there, and nothing of an open matter."""
    rows = Exclusion.objects.filter(Exclusion.STANDS).select_related("matter")
    for exclusion in rows.iterator(chunk_size=CHUNK):
        result.checked += 1
        matter = exclusion.matter
        if matter.state not in JUDGED:
            result.report(f"matter {matter.number}", "exclusion", _("It is left out of the rates, yet open."))
            continue
        taken = taken_from_rates(matter, exclusion.decided_at or exclusion.proposed_at)
        if [row for row in exclusion.left_out if row[1] != EXCLUDED] != taken:
            result.report(
                f"matter {matter.number}",
                "exclusion",
                _("What is left out is not what it counts in the rates."),
            )
