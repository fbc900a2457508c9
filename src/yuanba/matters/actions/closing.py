"""Striking a matter off, and watching whether the trouble comes back."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Viewer
from yuanba.kernel.errors import NotAllowed
from yuanba.matters import clockwork
from yuanba.matters.actions.addressing import end_recipients
from yuanba.matters.changing import Change, changing
from yuanba.matters.joint import said_by
from yuanba.matters.models import Matter, Outcome


def close_matter(
    matter_id: int, *, actor: Viewer, version: int | None = None, at: datetime | None = None
) -> Matter:
    """Strike a confirmed matter off (销号); only possible once the resident has said it is solved."""
    with changing(matter_id, "close", actor=actor, version=version, at=at) as change:
        _end(change, Outcome.SOLVED)
        change.tell_requester("closed", reopen_until=_reopen_until(change))
    return change.matter


def close_unanswered(matter_id: int, *, actor: Viewer, at: datetime | None = None) -> Matter:
    """Close by the published rule after the resident gave no answer; counted as such, never as solved.

    Raises `NotAllowed` before the playbook's time is over, for a part, which no resident waits for, and when one
    of several requesters did speak: then `residents.settle_by_those_who_spoke` decides.
    """
    with changing(matter_id, "close_unanswered", actor=actor, at=at) as change:
        if change.matter.part_of_id is not None:
            raise NotAllowed(_("The owner of the whole says whether a part is done."), code="part")
        if change.at < clockwork.silent_at(change.matter):
            raise NotAllowed(_("The resident still has time to answer."), code="too_early")
        if said_by(change.matter):
            raise NotAllowed(_("Some of those who asked have answered."), code="has_verdicts")
        _end(change, Outcome.NO_ANSWER)
        change.tell_requester("closed_silently", reopen_until=_reopen_until(change))
    return change.matter


def _end(change: Change, outcome: Outcome) -> None:
    matter = change.matter
    closing = clockwork.playbook_of(matter).playbook.closing
    matter.outcome, matter.closed_at = outcome, change.at
    matter.watch_until = timezone.localdate(change.at) + timedelta(days=closing.watch_recurrence_days)
    change.data["outcome"] = str(outcome)
    end_recipients(change, outcome)


def _reopen_until(change: Change) -> str:
    days = clockwork.playbook_of(change.matter).playbook.closing.reopen_window_days
    return str(timezone.localdate(change.at) + timedelta(days=days))
