"""Whom an answer goes to, and what becomes of it for each of them."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import Q

from yuanba.matters.changing import Change
from yuanba.matters.flow import State
from yuanba.matters.models import Answer, Matter, Outcome, Recipient
from yuanba.matters.tallying import life_of, verdict_of, where_of


def address_answer(change: Change, answer: Answer) -> None:
    """Note every request that an answer goes to: the matter's own, and those that joined it. A part has none."""
    matter = change.matter
    if matter.part_of_id is not None:
        return
    late = change.at > matter.total_due_at
    asked = [matter, *Matter.objects.filter(lead=matter, state=State.MERGED).order_by("pk")]
    made = [Recipient(answer=answer, matter=request, late=late) for request in asked]
    Recipient.objects.bulk_create(made)
    for recipient in made:
        change.count_life(where_of(recipient.matter), None, life_of(recipient, None))


def end_recipients(change: Change, outcome: Outcome) -> None:
    """The matter is struck off for all who were given its answer."""

    def end(recipient: Recipient, at: datetime) -> None:
        recipient.closed_at, recipient.closed_as = at, outcome

    _change_each(change, end)


def reopen_recipients(change: Change) -> None:
    """The matter goes back to work for all who were given its answer."""

    def reopen(recipient: Recipient, at: datetime) -> None:
        recipient.reopened_at = at

    _change_each(change, reopen)


def _change_each(change: Change, alter: Callable[[Recipient, datetime], None]) -> None:
    """Alter what became of the present answer for each request that still waits for it, and count that."""
    matter = change.matter
    theirs = Q(matter=matter) | Q(matter__lead=matter)
    rows = Recipient.objects.filter(theirs, answer__matter=matter, answer__round=matter.round)
    found = list(rows.select_related("answer", "verdict", "matter"))
    for recipient in found:
        before = life_of(recipient, verdict_of(recipient))
        alter(recipient, change.at)
        change.count_life(where_of(recipient.matter), before, life_of(recipient, verdict_of(recipient)))
    Recipient.objects.bulk_update(found, ["reopened_at", "closed_at", "closed_as"], batch_size=500)
