"""How long the persons who asked are kept: the playbook's time, from the end of the last matter they asked."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from yuanba.kernel.authority import Viewer
from yuanba.kernel.kept import KeptValues
from yuanba.matters import clockwork
from yuanba.matters.flow import ENDED, State
from yuanba.matters.models import Matter
from yuanba.people.actions import keep_until


def time_requesters(matter: Matter, state_before: str, *, actor: Viewer, at: datetime) -> None:
    """On a matter's end, set the day until which its requesters are kept; on its return, that they are kept.

    Whose request was merged is kept as long as the matter that answers it.
    """
    if matter.state in {state_before, State.MERGED}:
        return
    if matter.state in ENDED:
        keep_until(_asked_nothing_else(matter), _last_day(matter, at), actor=actor, at=at)
    elif state_before in ENDED:
        keep_until(_requesters(matter), None, actor=actor, at=at)


def _requesters(matter: Matter) -> list[int]:
    return [person for (person,) in _REQUESTERS.rows(matter.pk, matter.pk)]


def _together(whole: int, again: int) -> QuerySet[Matter, tuple[int | None]]:
    together = Matter.objects.filter(Q(pk=whole) | Q(lead=again, state=State.MERGED))
    return together.filter(requester__isnull=False).values_list("requester_id")


_REQUESTERS = KeptValues(_together, 2)


def _asked_nothing_else(matter: Matter) -> Sequence[int]:
    """The requesters who wait for no other matter's answer."""
    persons = _requesters(matter)
    if not persons:
        return []
    waiting = Matter.objects.filter(requester_id__in=persons, stopped_at=None).exclude(pk=matter.pk)
    return sorted(set(persons) - set(waiting.values_list("requester_id", flat=True)))


def _last_day(matter: Matter, at: datetime) -> date:
    rule = clockwork.playbook_of(matter).playbook.retention_of("contact")
    return rule.last_day(timezone.localdate(matter.received_at if rule.after == "received" else at))
