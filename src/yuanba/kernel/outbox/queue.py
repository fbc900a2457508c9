"""Putting messages in, taking them out, and what becomes of those that fail."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from yuanba.kernel.away import is_away
from yuanba.kernel.kept import KeptRow
from yuanba.kernel.outbox.models import Message

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
REMOTE_S = 5.0
MESSAGES = KeptRow(Message)
BACK_OFF_S = (10, 60, 300, 1800, 7200, 21600)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message as its handler sees it."""

    topic: str
    subject_id: int
    data: dict[str, Any]
    created_at: datetime
    attempts: int


Handler = Callable[[Sequence[Delivery]], None]


@dataclass(frozen=True, slots=True)
class Topic:
    """How a topic is handled: its handler, how many messages it takes at once, and whether it waits for somebody
    else's machine.
    """

    handler: Handler
    batch: int = 1
    remote: bool = False


_topics: dict[str, Topic] = {}


def handles(topic: str, *, batch: int = 1, remote: bool = False) -> Callable[[Handler], Handler]:
    """Register the handler of `topic`.

    A handler runs in one transaction with the removal of its messages, so work in our own database happens
    exactly once. A `remote` one runs outside any, one message at a time, for a far end that is slow must not
    hold our locks; its work may be repeated after a crash and must be safe to repeat.
    """

    def register(handler: Handler) -> Handler:
        if topic in _topics:
            raise ValueError(f"topic {topic} has a handler already")
        _topics[topic] = Topic(handler, batch, remote)
        return handler

    return register


def message(
    topic: str,
    subject_id: int,
    data: dict[str, Any] | None = None,
    *,
    at: datetime,
    due_at: datetime | None = None,
) -> Message:
    """A message ready to be inserted by an action that writes many at once."""
    return Message(topic=topic, subject_id=subject_id, data=data or {}, created_at=at, due_at=due_at or at)


def put(
    topic: str,
    subject_id: int,
    data: dict[str, Any] | None = None,
    *,
    at: datetime,
    due_at: datetime | None = None,
) -> None:
    """Write a message in the caller's transaction. Raises RuntimeError outside one."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a message is written in the transaction of the change it tells of")
    MESSAGES.insert(message(topic, subject_id, data, at=at, due_at=due_at))


@cache
def load_tasks() -> None:
    """Import every package's tasks.py, where handlers and jobs register; web processes never need them."""
    autodiscover_modules("tasks")


def deliver_due(now: datetime | None = None, *, limit: int = 200) -> int:
    """Lease up to `limit` due messages and hand them to their handlers; returns how many were taken.

    Two workers never hold the same message; one that dies loses its messages to the next after the lease.
    Remote work comes last and stops after a few seconds: the rest is left for the next turn, so that other
    messages and the clocks get theirs.
    """
    load_tasks()
    now = now or timezone.now()
    leased = _lease(now, limit)
    by_topic: dict[str, list[Message]] = {}
    for row in leased:
        by_topic.setdefault(row.topic, []).append(row)
    remote: list[tuple[Topic, Message]] = []
    for name, rows in by_topic.items():
        topic = _topics.get(name)
        if topic is None:
            _fail(rows, LookupError(f"no handler for topic {name}"), now)
        elif topic.remote:
            remote += [(topic, row) for row in rows]
        else:
            for start in range(0, len(rows), topic.batch):
                _deliver(topic, rows[start : start + topic.batch], now)
    return len(leased) - _deliver_remote(remote, now)


def _lease(now: datetime, limit: int) -> list[Message]:
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    with transaction.atomic():
        due = Message.objects.filter(free, dead_at=None, due_at__lte=now).order_by("due_at", "id")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        rows = list(due[:limit])
        keys = [row.pk for row in rows]
        Message.objects.filter(pk__in=keys).update(leased_until=now + LEASE, attempts=F("attempts") + 1)
    return rows


def _deliver(topic: Topic, rows: list[Message], now: datetime) -> None:
    keys = [row.pk for row in rows]
    try:
        with transaction.atomic():
            # A worker that was slower than its lease finds its messages done by the next one, and leaves them.
            still = set(Message.objects.select_for_update().filter(pk__in=keys).values_list("pk", flat=True))
            waiting = [row for row in rows if row.pk in still]
            if waiting:
                topic.handler([_delivery(row) for row in waiting])
            Message.objects.filter(pk__in=keys).delete()
    except Exception as error:
        if is_away(error):
            raise  # no message is to blame; the lease brings them back
        if len(rows) > 1:
            # One bad message must not hold up its neighbours: each gets its own try.
            for row in rows:
                _deliver(topic, [row], now)
            return
        log.exception("message %s could not be delivered", rows[0])
        _fail(rows, error, now)


def _deliver_remote(waiting: list[tuple[Topic, Message]], now: datetime) -> int:
    """Deliver one by one while the turn's time lasts; returns how many were given back for the next turn."""
    ends_at = time.monotonic() + REMOTE_S
    for place, (topic, row) in enumerate(waiting):
        if time.monotonic() > ends_at:
            later = [row.pk for _topic, row in waiting[place:]]
            Message.objects.filter(pk__in=later).update(leased_until=None, attempts=F("attempts") - 1)
            return len(later)
        # A worker slower than its lease leaves what the next one has leased meanwhile, and so counted.
        ours = Message.objects.filter(pk=row.pk, attempts=row.attempts + 1)
        try:
            if ours.update(leased_until=now + LEASE):
                topic.handler([_delivery(row)])
                ours.delete()
        except Exception as error:
            if is_away(error):
                raise
            log.exception("message %s could not be delivered", row)
            _fail([row], error, now)
    return 0


def _delivery(row: Message) -> Delivery:
    return Delivery(row.topic, row.subject_id, row.data, row.created_at, row.attempts + 1)


def _fail(rows: list[Message], error: Exception, now: datetime) -> None:
    for row in rows:
        tries = row.attempts + 1
        row.attempts = tries
        row.last_error = f"{type(error).__name__}: {error}"[:300]
        if tries > len(BACK_OFF_S):
            row.dead_at = now
        else:
            row.due_at = now + timedelta(seconds=BACK_OFF_S[tries - 1])
        # Not save(): another worker may have delivered the message meanwhile, and then nothing is left to say.
        Message.objects.filter(pk=row.pk).update(
            attempts=row.attempts,
            leased_until=None,
            last_error=row.last_error,
            dead_at=row.dead_at,
            due_at=row.due_at,
        )


def revive(message_id: int, now: datetime | None = None) -> bool:
    """Give a dead letter a fresh start; False when there is none of that number."""
    changed = Message.objects.filter(pk=message_id, dead_at__isnull=False).update(
        dead_at=None, attempts=0, due_at=now or timezone.now(), leased_until=None
    )
    return bool(changed)
