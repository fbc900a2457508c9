"""Whom an answer goes to, and what becomes of it for each of them."""

from datetime import datetime

from django.db.models import Q, QuerySet

from yuanba.kernel.kept import KeptSelect
from yuanba.matters.changing import Change
from yuanba.matters.flow import State
from yuanba.matters.models import Answer, Matter, Outcome, Recipient
from yuanba.matters.tallying import life_of, verdict_of, where_of


def address_answer(change: Change, answer: Answer, *, joined: bool) -> None:
    """Note every request that an answer goes to: the matter's own, and where any joined it those. A part has none."""
    matter = change.matter
    if matter.part_of_id is not None:
        return
    late = change.at > matter.total_due_at
    asked = [
        matter,
        *(Matter.objects.filter(lead=matter, state=State.MERGED).order_by("pk") if joined else ()),
    ]
    made = [Recipient(answer=answer, matter=request, late=late) for request in asked]
    Recipient.objects.bulk_create(made)
    for recipient in made:
        change.count_life(where_of(recipient.matter), None, life_of(recipient, None))


def end_recipients(change: Change, outcome: Outcome) -> None:
    """The matter is struck off for all who were given its answer."""
    _change_each(change, closed_at=change.at, closed_as=outcome)


def reopen_recipients(change: Change) -> None:
    """The matter goes back to work for all who were given its answer."""
    _change_each(change, reopened_at=change.at)


def _change_each(change: Change, **became: datetime | Outcome) -> None:
    """Set what became of the present answer for each request that still waits for it, and count that."""
    matter = change.matter
    found = _WAITING.rows(matter.pk, matter.pk, matter.pk, matter.round)
    for recipient in found:
        before = life_of(recipient, verdict_of(recipient))
        for name, value in became.items():
            setattr(recipient, name, value)
        change.count_life(where_of(recipient.matter), before, life_of(recipient, verdict_of(recipient)))
    Recipient.objects.filter(pk__in=[recipient.pk for recipient in found]).update(**became)


def _waiting(whole: int, lead: int, answered: int, round_: int) -> QuerySet[Recipient]:
    theirs = Q(matter=whole) | Q(matter__lead=lead)
    rows = Recipient.objects.filter(theirs, answer__matter=answered, answer__round=round_)
    return rows.select_related("answer", "verdict", "matter")


_WAITING = KeptSelect(_waiting, 4)
