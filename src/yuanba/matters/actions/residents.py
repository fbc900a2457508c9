"""The resident's own moves: solved, not solved, withdrawn. Nobody else makes a matter count as solved."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Viewer, system
from yuanba.kernel.clock import Reopened, StageStarted, Stopped
from yuanba.kernel.errors import Invalid, NotAllowed
from yuanba.matters import clockwork
from yuanba.matters.actions.sorting import give_to
from yuanba.matters.changing import Change, changing, locked
from yuanba.matters.flow import Stage, State
from yuanba.matters.models import Matter, Note, Outcome, Verdict
from yuanba.matters.owners import level_above, unaccused
from yuanba.matters.reporting import checked_text

SATISFACTION = ("satisfied", "basically", "unsatisfied")


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the resident says of an answer: was there contact, how satisfied (a code of `SATISFACTION`), in
    what words.
    """

    contacted: bool | None = None
    satisfaction: str = ""
    said: str = ""


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
    lead_id = Matter.objects.filter(pk=matter_id).values_list("lead_id", flat=True).first()
    with transaction.atomic():
        lead = locked(lead_id) if lead_id is not None else None
        with changing(matter_id, move, actor=actor, version=version, at=at) as change:
            whole = lead or change.matter
            if lead is not None and lead.state not in {State.ANSWERED, State.CONFIRMED, State.CLOSED}:
                raise NotAllowed(_("There is no answer to confirm yet."), allowed=["withdraw"])
            _keep_verdict(change, whole.round, solved, opinion)
            if lead is None:
                _settle(change)
        if lead is not None:
            _settle_lead(lead, change)
    return change.matter


def _keep_verdict(change: Change, round_: int, solved: bool, opinion: Opinion) -> None:
    by_callback = change.actor.matter_id is None
    verdict = Verdict(
        matter=change.matter,
        round=round_,
        contacted=opinion.contacted,
        solved=solved,
        satisfaction=opinion.satisfaction,
        said=opinion.said.strip(),
        at=change.at,
    )
    Verdict.objects.bulk_create(
        [verdict],
        update_conflicts=True,
        unique_fields=["matter", "round"],
        update_fields=["contacted", "solved", "satisfaction", "said", "at"],
    )
    change.data |= {
        "verdict": verdict.pk,
        "round": round_,
        "solved": solved,
        "contacted": bool(opinion.contacted),
        "satisfaction": opinion.satisfaction,
        "by_call_back": by_callback,
    }


def _members(whole: Matter) -> list[int]:
    merged = Matter.objects.filter(lead=whole, state=State.MERGED).values_list("pk", flat=True)
    return [whole.pk, *merged]


def _settle(change: Change) -> None:
    """Draw the consequence for a matter (and those merged into it) from what its requesters have said so far."""
    matter = change.matter
    members = _members(matter)
    said = dict(
        Verdict.objects.filter(matter_id__in=members, round=matter.round).values_list("matter_id", "solved")
    )
    playbook = clockwork.playbook_of(matter).playbook
    solved = sum(1 for verdict in said.values() if verdict)
    needed = playbook.merge.confirm_share * len(members)
    if len(said) - solved > len(members) - needed:
        _reopen(change)
    elif solved >= needed and matter.state == State.ANSWERED:
        matter.confirmed_at = change.at
        change.to(State.CONFIRMED)
        change.tell_organization(matter.owner_id, "confirmed")


def _settle_lead(lead: Matter, said: Change) -> None:
    """The same for the lead of a merged matter, as a move of its own made by the rule."""
    if lead.state != State.ANSWERED and said.move.name != "not_solved":
        return
    with changing(lead.pk, "count_verdict", actor=system("merge"), at=said.at) as change:
        change.data["said_on"] = said.matter.pk
        _settle(change)


def _reopen(change: Change) -> None:
    """Back to work in a new round; at the level above once the playbook's number of times is used up."""
    matter = change.matter
    closing = clockwork.playbook_of(matter).playbook.closing
    if matter.state == State.CLOSED:
        _check_window(matter, change.at, closing.reopen_window_days)
        change.events.append(Reopened(at=change.at))
    else:
        change.events += [Stopped(at=change.at), Reopened(at=change.at)]
    matter.round += 1
    matter.outcome, matter.closed_at, matter.confirmed_at, matter.answered_at = Outcome.OPEN, None, None, None
    matter.watch_until = None
    above = level_above(matter.owner) if matter.round - 1 > closing.max_reopens else None
    if above is not None:
        give_to(change, unaccused(matter, above))
        matter.state = State.DISPATCHED
        change.events.append(StageStarted(at=change.at, stage=Stage.CLAIM))
    else:
        matter.state = State.HANDLING
        change.events.append(StageStarted(at=change.at, stage=Stage.HANDLING))
        change.tell_organization(matter.owner_id, "reopened")
    change.data["new_round"] = matter.round
    change.tell_requester("reopened", owner=matter.owner.called)


def _check_window(matter: Matter, at: datetime, days: int) -> None:
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
    """The resident takes the request back, by their own confirmation only. Others merged into it go on
    without it.
    """
    with changing(matter_id, "withdraw", actor=actor, version=version, at=at) as change:
        matter = change.matter
        if said.strip():
            change.note(Note.Kind.REPLY, checked_text(said, "said"))
        if Matter.objects.filter(lead=matter, state=State.MERGED).exists():
            raise NotAllowed(
                _("Others ask for the same through this matter, so it stays open for them."),
                code="others_joined",
            )
        matter.outcome, matter.closed_at, matter.lead = Outcome.WITHDRAWN, change.at, None
        change.tell_requester("withdrawn")
        change.tell_organization(matter.owner_id, "withdrawn")
    return change.matter
