"""What happened to a matter, narrowed to the caller: residents read what is meant for them."""

from collections import defaultdict

import orjson

from yuanba.kernel.authority import Viewer
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.keyset import page
from yuanba.matters.api.shapes import AnswerOut, EntryOut, NoteOut, Timeline
from yuanba.matters.api.showing import party_out
from yuanba.matters.models import Answer, Matter, Note

PAGE = 100
FOR_RESIDENTS = (Note.Kind.RESIDENT, Note.Kind.EVERYBODY, Note.Kind.QUESTION, Note.Kind.REPLY)
# The office's own business, of which a resident's timeline shows nothing.
INTERNAL = (
    "suggested", "alarm", "joined_by", "propose_exclusion", "propose_dispatch", "propose_hand_down",
)  # fmt: skip


def timeline_of(viewer: Viewer, matter: Matter, after: str = "") -> Timeline:
    """One page of a matter's entries with their notes and answers, and who takes part; four queries."""
    own = viewer.matter_id is not None
    notes = _notes(matter, own=own)
    rows = Entry.objects.filter(subject_kind=Matter.journal_kind, subject_id=matter.pk)
    if own:
        rows = rows.exclude(kind__in=INTERNAL)
        rows = rows.exclude(kind="decide_push_down", data__contains='"approved":false')
        rows = rows.exclude(kind="comment", seq__in=[seq for seq, words in notes.items() if not words])
    found = page(rows, ("seq",), after, PAGE)
    answers = {answer.pk: answer for answer in matter.answers.all()}
    parties = [] if own else [party_out(row) for row in matter.parties.select_related("organization")]
    entries = [_entry(row, notes[row.seq], answers, own=own) for row in found.rows]
    return Timeline(matter.number, entries, parties, found.next)


def _notes(matter: Matter, *, own: bool) -> defaultdict[int, list[NoteOut]]:
    """Notes by the number of their entry; an entry all of whose notes are hidden has an empty list."""
    found: defaultdict[int, list[NoteOut]] = defaultdict(list)
    for note in Note.objects.filter(matter=matter).order_by("pk"):
        words = found[note.entry_seq]
        if not own or note.kind in FOR_RESIDENTS:
            words.append(NoteOut(note.kind, note.text))
    return found


def _entry(row: Entry, notes: list[NoteOut], answers: dict[int, Answer], *, own: bool) -> EntryOut:
    data = orjson.loads(row.data)
    answer = answers.get(data.get("answer", 0))
    return EntryOut(
        id=row.pk,
        seq=row.seq,
        at=row.at,
        kind=row.kind,
        by=_by(row.actor, own=own),
        state=data.get("to", ""),
        notes=notes,
        answer=_answer(answer, own=own) if answer is not None else None,
        hash=row.hash,
    )


def _by(actor: str, *, own: bool) -> str:
    """Who acted, without the person: ``post:12``; for a resident only what kind of actor it was."""
    first = actor.partition("/")[0]
    return first.partition(":")[0] if own else first


def _answer(answer: Answer, *, own: bool) -> AnswerOut:
    return AnswerOut(answer.text, answer.done_by, answer.done_on, [] if own else list(answer.findings))
