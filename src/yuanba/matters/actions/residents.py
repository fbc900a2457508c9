"""The resident's own moves: solved, not solved, withdrawn. Nobody else makes a matter count as solved."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from yuanba.kernel.as_one import as_one
from yuanba.kernel.authority import Viewer
from yuanba.kernel.clock import Reopened, StageStarted, Stopped
from yuanba.kernel.errors import Invalid, NotAllowed
from yuanba.kernel.kept import KeptSelect
from yuanba.matters import clockwork
from yuanba.matters.actions.addressing import reopen_recipients
from yuanba.matters.actions.excluding import count_again
from yuanba.matters.actions.picturing import attach, take_back_photos
from yuanba.matters.actions.proposing import propose_department
from yuanba.matters.actions.sorting import MERGE, hand_to
from yuanba.matters.actions.timing import lapse_request
from yuanba.matters.actions.watching import watch
from yuanba.matters.changing import Change, changing, locked_with_lead
from yuanba.matters.flow import Stage, State
from yuanba.matters.joint import said_by, voices_of
from yuanba.matters.links import AT_OFFICE
from yuanba.matters.models import Matter, Note, Outcome, Photo, Recipient, Verdict
from yuanba.matters.owners import next_above
from yuanba.matters.proving import verdict_digest
from yuanba.matters.reporting import TEXT_LENGTH, checked_line, checked_text
from yuanba.matters.tallying import life_of, verdict_of, where_of

SATISFACTION = ("satisfied", "basically", "unsatisfied")


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the resident says of an answer: was there contact, how satisfied (a code of `SATISFACTION`), in
    what words; with keys of stored photos of what is not solved.
    """

    contacted: bool | None = None
    satisfaction: str = ""
    said: str = ""
    photos: tuple[int, ...] = ()


def confirm(
    matter_id: int,
    opinion: Opinion = Opinion(),
    *,
    actor: Viewer,
    version: int | None = None,
    at: datetime | None = None,
) -> Matter:
    """The resident says it is solved. With merged matters, the whole is confirmed once enough of them say so."""
    return _say(matter_id, "confirm", True, opinion, actor, version, at)


def not_solved(
    matter_id: int,
    opinion: Opinion,
    *,
    actor: Viewer,
    version: int | None = None,
    at: datetime | None = None,
) -> Matter:
    """The resident says it is not solved: the matter goes back to work, or a level up when that was said too
    often.

    Raises `Invalid` without a word on what is missing, `NotAllowed` when the window to reopen is over.
    """
    checked_text(opinion.said, "said")
    return _say(matter_id, "not_solved", False, opinion, actor, version, at)


def _say(
    matter_id: int,
    move: str,
    solved: bool,
    opinion: Opinion,
    actor: Viewer,
    version: int | None,
    at: datetime | None,
) -> Matter:
    if opinion.satisfaction and opinion.satisfaction not in SATISFACTION:
        raise Invalid(_("Choose one of the offered answers."), field="satisfaction")
    said = checked_line(opinion.said, "said", TEXT_LENGTH)
    with as_one():
        row, lead = locked_with_lead(matter_id)
        with changing(matter_id, move, actor=actor, version=version, at=at, row=row) as change:
            whole = lead or change.matter
            _check_told(change, said)
            if lead is not None and lead.state not in {State.ANSWERED, State.CONFIRMED, State.CLOSED}:
                raise NotAllowed(
                    _("There is no answer to confirm yet."), allowed=["withdraw"], code="no_answer_yet"
                )
            if whole.state == State.CLOSED:
                _check_window(whole, change.at)
            _keep_verdict(change, whole, solved, replace(opinion, said=said))
            attach(change, () if solved else opinion.photos, Photo.Moment.STILL)
            if lead is None:
                _settle(change)
        if lead is not None:
            _settle_lead(lead, change)
    return change.matter


def _check_told(change: Change, said: str) -> None:
    """Who speaks for a resident after a call back says what was said: a bare tick is nobody's word."""
    if change.actor.matter_id is None and change.matter.part_of_id is None and not said:
        raise Invalid(_("Write how you reached the resident and what they said."), field="said", code="empty")


def _keep_verdict(change: Change, whole: Matter, solved: bool, opinion: Opinion) -> None:
    """A resident who speaks again of the same answer replaces what they said: it must not count twice."""
    round_ = whole.round
    if change.matter.part_of_id is not None:
        # Nobody lives with a part's result: its whole's owner has looked at the work, which counts in no rate.
        change.data |= {"checked": solved, "round": round_}
        return
    count_again(change)
    recipient = _recipient(change.matter, whole)
    before = life_of(recipient, verdict_of(recipient))
    verdict = Verdict(
        matter=change.matter,
        recipient=recipient,
        round=round_,
        contacted=opinion.contacted,
        solved=solved,
        satisfaction=opinion.satisfaction,
        said=opinion.said,
        by_office=by_office(change.actor),
        at=change.at,
    )
    Verdict.objects.bulk_create(
        [verdict],
        update_conflicts=True,
        unique_fields=["matter", "round"],
        update_fields=["contacted", "solved", "satisfaction", "said", "by_office", "at"],
    )
    change.count_life(where_of(change.matter), before, life_of(recipient, verdict))
    change.data |= {
        "verdict": verdict.pk,
        "round": round_,
        "solved": solved,
        "contacted": opinion.contacted,
        "satisfaction": opinion.satisfaction,
        "by_call_back": change.actor.matter_id is None,
        "by_office": verdict.by_office,
        "words": verdict_digest(verdict, change.matter.salt),
    }


def by_office(actor: Viewer) -> bool:
    """Whether an office may have spoken for the resident: in a call back, or through a link it was given."""
    return actor.matter_id is None or actor.actor.endswith(AT_OFFICE)


def _recipient(matter: Matter, whole: Matter) -> Recipient:
    """What became of the present answer for this request."""
    (recipient,) = _ADDRESSED.rows(matter.pk, whole.pk, whole.round)
    return recipient


def _addressed(matter: int, whole: int, round_: int) -> QuerySet[Recipient]:
    rows = Recipient.objects.select_related("answer", "verdict")
    return rows.filter(matter=matter, answer__matter=whole, answer__round=round_)


_ADDRESSED = KeptSelect(_addressed, 3)


def _settle(change: Change) -> None:
    """Draw the consequence for a matter (and those merged into it) from what its requesters have said so far."""
    matter = change.matter
    if matter.part_of_id is not None:
        _consequence(change, solved=change.move.name == "confirm")
        return
    voices = voices_of(matter)
    needed = clockwork.playbook_of(matter).playbook.merge.confirm_share * len(voices)
    if voices.count(False) > len(voices) - needed:
        _consequence(change, solved=False)
    elif voices.count(True) >= needed:
        _consequence(change, solved=True)


def _consequence(change: Change, *, solved: bool) -> None:
    matter = change.matter
    if not solved:
        _reopen(change)
    elif matter.state == State.ANSWERED:
        matter.confirmed_at = change.at
        change.to(State.CONFIRMED)
        change.tell_organization(matter.owner_id, "confirmed")


def _settle_lead(lead: Matter, said: Change) -> None:
    """The same for the lead of a merged matter, as a move of its own made by the rule."""
    if lead.state not in {State.ANSWERED, State.CONFIRMED, State.CLOSED}:
        return
    if lead.state != State.ANSWERED and said.move.name != "not_solved":
        return
    with changing(lead.pk, "count_verdict", actor=MERGE, at=said.at, row=lead) as change:
        change.data["said_on"] = said.matter.pk
        _settle(change)


def settle_by_those_who_spoke(matter_id: int, *, actor: Viewer, at: datetime | None = None) -> Matter:
    """By the clock, when the published time is over and only some of several requesters have said a word: their
    words decide, by the playbook's share. Raises `NotAllowed` before that time or when nobody spoke.
    """
    with changing(matter_id, "count_verdict", actor=actor, at=at) as change:
        matter = change.matter
        said = said_by(matter)
        if matter.state != State.ANSWERED or not said or change.at < clockwork.silent_at(matter):
            raise NotAllowed(_("The resident still has time to answer."), code="too_early")
        share = clockwork.playbook_of(matter).playbook.merge.confirm_share
        change.data |= {"spoke": len(said), "solved_said": sum(said)}
        _consequence(change, solved=sum(said) >= share * len(said))
    return change.matter


def _reopen(change: Change) -> None:
    """Back to work in a new round; at the level above once the playbook's number of times is used up, or where the
    office was closed meanwhile.
    """
    matter = change.matter
    closing = clockwork.playbook_of(matter).playbook.closing
    count_again(change)
    reopen_recipients(change)
    take_back_photos(change)  # What did not hold is not shown off.
    if matter.state == State.CLOSED:
        change.events.append(Reopened(at=change.at))
    else:
        change.events += [Stopped(at=change.at), Reopened(at=change.at)]
    matter.round += 1
    matter.outcome, matter.closed_at, matter.confirmed_at, matter.answered_at = Outcome.OPEN, None, None, None
    matter.watch_until = None
    upward = matter.round - 1 > closing.max_reopens or matter.owner.closed_on is not None
    above = next_above(matter) if upward else None
    if above is not None:
        hand_to(change, above)
        matter.refusals = 0
        propose_department(change)
        watch(change)
    else:
        matter.state = State.HANDLING
        change.events.append(StageStarted(at=change.at, stage=Stage.HANDLING))
        change.tell_organization(matter.owner_id, "reopened")
    change.data["new_round"] = matter.round
    change.tell_requester("reopened", owner=matter.owner.called)


def _check_window(matter: Matter, at: datetime) -> None:
    days = clockwork.playbook_of(matter).playbook.closing.reopen_window_days
    if matter.closed_at is None or at > matter.closed_at + timedelta(days=days):
        raise NotAllowed(
            _(
                "This matter was closed more than %(days)d days ago. Please send a new request; it will be linked."
            )
            % {"days": days},
            code="window_over",
        )


def withdraw(
    matter_id: int, *, said: str = "", actor: Viewer, version: int | None = None, at: datetime | None = None
) -> Matter:
    """The resident takes the request back, by their own confirmation only, and its parts with it. Others that
    it was merged with go on without it.
    """
    with as_one():
        row, lead = locked_with_lead(matter_id)
        with changing(matter_id, "withdraw", actor=actor, version=version, at=at, row=row) as change:
            matter = change.matter
            if said.strip():
                change.note(Note.Kind.REPLY, checked_text(said, "said"))
            if Matter.objects.filter(lead=matter, state=State.MERGED).exists():
                raise NotAllowed(
                    _("Others ask for the same through this matter, so it stays open for them."),
                    code="others_joined",
                )
            lapse_request(change)
            count_again(change)
            matter.outcome, matter.closed_at, matter.lead = Outcome.WITHDRAWN, change.at, None
            change.tell_requester("withdrawn")
            change.tell_organization(lead.owner_id if lead else matter.owner_id, "withdrawn")
        for part in Matter.objects.filter(part_of=matter, stopped_at=None).order_by("pk"):
            _withdraw_part(part.pk, change)
        if lead is not None:
            _settle_lead(lead, change)
    return change.matter


def _withdraw_part(part_id: int, whole: Change) -> None:
    """A part has nobody to work for once its whole is taken back."""
    with changing(part_id, "withdraw", actor=MERGE, at=whole.at) as change:
        lapse_request(change)
        change.matter.outcome, change.matter.closed_at = Outcome.WITHDRAWN, change.at
        change.data["with"] = whole.matter.pk
        change.tell_organization(change.matter.owner_id, "withdrawn")
