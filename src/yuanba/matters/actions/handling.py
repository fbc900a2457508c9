"""The owner at work: claim, refuse, start, ask, answer."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Viewer
from yuanba.kernel.clock import Paused, Resumed
from yuanba.kernel.errors import Invalid, NotAllowed
from yuanba.kernel.kept import KeptValues
from yuanba.matters import clockwork
from yuanba.matters.actions.addressing import address_answer
from yuanba.matters.actions.giving_back import check_may_give_back
from yuanba.matters.actions.picturing import attach, check_may_release, release_request_photos
from yuanba.matters.actions.sorting import check_admitted, give_to, hand_to
from yuanba.matters.actions.watching import watch
from yuanba.matters.approving import check_not_own, refusers_of
from yuanba.matters.changing import Change, changing
from yuanba.matters.flow import State
from yuanba.matters.gate import findings_of
from yuanba.matters.models import Answer, Matter, Note, Party, Photo, TimeRequest
from yuanba.matters.owners import centre_for, is_accused, sorter_of
from yuanba.matters.proving import answer_digest
from yuanba.matters.reporting import checked_line, checked_text
from yuanba.people.models import Organization


def claim_matter(
    matter_id: int, *, actor: Viewer, version: int | None = None, at: datetime | None = None
) -> Matter:
    """Take the matter on (认领): from now on its owner has promised to see it through."""
    with changing(matter_id, "claim", actor=actor, version=version, at=at) as change:
        change.tell_requester("claimed")
    return change.matter


def start_work(
    matter_id: int, *, actor: Viewer, version: int | None = None, at: datetime | None = None
) -> Matter:
    """Say that work has begun."""
    with changing(matter_id, "start", actor=actor, version=version, at=at) as change:
        pass
    return change.matter


def comment(
    matter_id: int,
    text: str,
    *,
    to_resident: bool = False,
    only_requester: bool = False,
    actor: Viewer,
    version: int | None = None,
    at: datetime | None = None,
) -> Matter:
    """Write a note on the matter, for the office, or for the resident, who is told. Never moves a clock.

    Whoever joined the matter is told too, unless it is for its `only_requester`.
    """
    with changing(matter_id, "comment", actor=actor, version=version, at=at) as change:
        kind = Note.Kind.OFFICE
        if to_resident:
            kind = Note.Kind.RESIDENT if only_requester else Note.Kind.EVERYBODY
        note = change.note(kind, checked_text(text))
        if to_resident:
            change.tell_requester("note", own=only_requester, note=note.text)
    return change.matter


def refuse_dispatch(
    matter_id: int,
    reason: str,
    explanation: str,
    legal_basis: str,
    *,
    actor: Viewer,
    version: int | None = None,
    at: datetime | None = None,
) -> Matter:
    """Send a dispatch back with a reason and its legal basis; after the second refusal the centre decides.

    Raises `Invalid` without a listed reason, an explanation and a legal basis, `NotAllowed` once the playbook's
    time for it is over or the centre has decided.
    """
    with changing(matter_id, "refuse", actor=actor, version=version, at=at) as change:
        matter = change.matter
        rules = clockwork.playbook_of(matter).playbook.refusals
        check_may_give_back(matter, change.at)
        named = {rule.code: rule.name for rule in rules.reasons}.get(reason)
        if named is None:
            raise Invalid(_("Choose one of the listed reasons."), field="reason")
        words = f"{checked_text(explanation, 'explanation')}\n{checked_text(legal_basis, 'legal_basis')}"
        change.note(Note.Kind.REASON, words)
        change.data |= {"reason": reason, "refused_by": matter.owner_id}
        matter.refusals += 1
        by, centre = matter.owner.called, centre_for(matter)
        # A complaint about the centre is not for the centre to decide: its sorter finds another owner, who is
        # then bound.
        if matter.refusals >= rules.before_arbitration and not is_accused(matter, centre):
            give_to(change, centre, "arbitration")
            change.to(State.ARBITRATION)
        else:
            give_to(change, sorter_of(matter), "refused", {"owner": by, "reason": named})
            change.to(State.TRIAGED)
    return change.matter


def arbitrate(
    matter_id: int,
    owner: Organization,
    reason: str,
    *,
    actor: Viewer,
    version: int | None = None,
    at: datetime | None = None,
) -> Matter:
    """Decide a dispute about who handles a matter. The decision binds: the owner it names can't refuse again.

    Raises `Denied` for whoever refused it: nobody judges their own refusal.
    """
    with changing(matter_id, "arbitrate", actor=actor, version=version, at=at) as change:
        check_not_own(actor, refusers_of(change.matter), change.matter.owner)
        change.note(Note.Kind.REASON, checked_text(reason, "reason"))
        check_admitted(change, owner)
        hand_to(change, owner)
        watch(change)
        change.data["binding"] = True
        change.tell_requester("dispatched", owner=owner.called)
    return change.matter


def ask_information(
    matter_id: int, question: str, *, actor: Viewer, version: int | None = None, at: datetime | None = None
) -> Matter:
    """Ask the resident for what is missing; the clock stands still until they reply.

    Raises `NotAllowed` once the playbook's number of questions is used up.
    """
    with changing(matter_id, "ask_information", actor=actor, version=version, at=at) as change:
        if change.matter.paused_at is not None:
            raise NotAllowed(_("The clock is paused. Resume first."), code="paused")
        if questions_left(change.matter) == 0:
            raise NotAllowed(
                _(
                    "The resident was asked as often as the playbook allows. Go on with what is known, or ring "
                    "them while the clock runs."
                ),
                code="used_up",
            )
        words = checked_text(question, "question")
        change.note(Note.Kind.QUESTION, words)
        change.matter.state_before = State(change.state_before)
        change.events.append(Paused(at=change.at))
        change.tell_requester("information_asked", question=words)
    return change.matter


def questions_left(matter: Matter) -> int | None:
    """How often the resident may still be asked, by the matter's own edition; None where it sets no limit."""
    most = clockwork.playbook_of(matter).playbook.tier(matter.tier).max_questions
    return None if most is None else max(0, most - matter.notes.filter(kind=Note.Kind.QUESTION).count())


def supply_information(
    matter_id: int, text: str, *, actor: Viewer, version: int | None = None, at: datetime | None = None
) -> Matter:
    """The resident's reply; the matter goes on from the state it was in."""
    with changing(matter_id, "supply_information", actor=actor, version=version, at=at) as change:
        change.note(Note.Kind.REPLY, checked_text(text))
        _go_on(change)
    return change.matter


def go_on(matter_id: int, *, actor: Viewer, at: datetime | None = None) -> Matter:
    """By the clock: a question that nobody answered in the published time must not hold a matter up for ever.

    Raises `NotAllowed` before that time is over.
    """
    with changing(matter_id, "go_on", actor=actor, at=at) as change:
        if change.at < clockwork.reply_due_at(change.matter):
            raise NotAllowed(_("The resident still has time to answer."), code="too_early")
        _go_on(change)
        change.tell_requester("resumed", owner=change.matter.owner.called)
    return change.matter


def _go_on(change: Change) -> None:
    matter = change.matter
    change.events.append(Resumed(at=change.at))
    change.to(matter.state_before)
    matter.state_before = ""
    change.tell_organization(matter.owner_id, "resumed")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to the resident: the words, who did it and when. ``override_reason`` sends it against the
    gate.

    ``photos`` are keys of stored photos of what was done; ``photos_public`` says that everybody may see them,
    ``request_photos_public`` that everybody may see those that came with the request.
    """

    text: str
    done_by: str
    done_on: date
    override_reason: str = ""
    photos: tuple[int, ...] = ()
    photos_public: bool = False
    request_photos_public: bool = False


def answer_matter(
    matter_id: int, reply: Reply, *, actor: Viewer, version: int | None = None, at: datetime | None = None
) -> Matter:
    """Tell the resident what was done. Every part and every pending request must be settled first.

    Raises `Invalid` (code ``gate``) when the quality gate has findings and no reason to override them is
    given, `NotAllowed` when photos of a protected request are to be shown to everybody.
    """
    with changing(matter_id, "answer", actor=actor, version=version, at=at) as change:
        matter = change.matter
        around = _check_ready(change)
        words, done_by = checked_text(reply.text), checked_line(reply.done_by, "done_by", 120)
        why = checked_line(reply.override_reason, "override_reason", 300)
        if reply.done_on > timezone.localdate(change.at):
            raise Invalid(_("The day it was done lies in the future."), field="done_on")
        findings = findings_of(matter, words, done_by, reply.done_on, called=around.called)
        if findings and not why:
            raise Invalid(" ".join(finding.message for finding in findings), field="text", code="gate")
        answer = Answer.objects.create(
            matter=matter,
            round=matter.round,
            text=words,
            done_by=done_by,
            done_on=reply.done_on,
            findings=[finding.code for finding in findings],
            override_reason=why,
            post_id=change.post_id,
            at=change.at,
        )
        address_answer(change, answer, joined=around.joined)
        _picture(change, reply)
        matter.answered_at = change.at
        change.data |= {"answer": answer.pk, "findings": answer.findings, "round": matter.round}
        change.data["words"] = answer_digest(answer, matter.salt)
        change.tell_requester("answered", answer=words)
    return change.matter


def _picture(change: Change, reply: Reply) -> None:
    """Keep the photos of an answer, and what of the matter's photos everybody may see."""
    if reply.photos_public or reply.request_photos_public:
        check_may_release(change.matter)
    attach(change, reply.photos, Photo.Moment.AFTER, released=reply.photos_public)
    if reply.request_photos_public:
        release_request_photos(change)


class _Around(NamedTuple):
    """What stands around a matter that is to be answered: mostly nothing, which one statement tells."""

    parts_open: bool
    time_pending: bool
    joined: bool
    called: bool


def _around(key: int) -> QuerySet[Matter, tuple[bool, ...]]:
    this = OuterRef("pk")
    asked = (
        Matter.objects.filter(part_of=this, stopped_at=None).exclude(state=State.CONFIRMED),
        TimeRequest.objects.filter(matter=this, approved=None),
        Matter.objects.filter(lead=this, state=State.MERGED),
        Party.objects.filter(matter=this, whistle__isnull=False),
    )
    return Matter.objects.filter(pk=key).values_list(*map(Exists, asked))


_AROUND = KeptValues(_around)


def _check_ready(change: Change) -> _Around:
    matter = change.matter
    if matter.paused_at is not None:
        raise NotAllowed(_("The clock is paused. Resume first."), code="paused")
    around = _Around(*_AROUND.rows(matter.pk)[0])
    if around.parts_open:
        raise NotAllowed(_("Some parts are still open. Answer when they are done."), code="parts_open")
    if around.time_pending:
        raise NotAllowed(_("A request for time is waiting. Have it decided first."), code="time_pending")
    return around
