"""The worker: delivers what is due and does what the clock says, until it is told to stop."""

import logging
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from django.db import DatabaseError, close_old_connections, connection

from yuanba.kernel.outbox.queue import deliver_due, load_tasks

log = logging.getLogger(__name__)
Job = Callable[[], object]


@dataclass(slots=True)
class Rhythm:
    """A job and how often it runs; every job is safe to run twice and from several workers."""

    job: Job
    every_s: float
    next_at: float = field(default=0.0)


_rhythms: list[Rhythm] = []


def every(seconds: float) -> Callable[[Job], Job]:
    """Register a job that the worker runs every `seconds`."""

    def register(job: Job) -> Job:
        _rhythms.append(Rhythm(job, seconds))
        return job

    return register


def run_worker(*, idle_s: float = 0.5, until: Callable[[], bool] | None = None) -> None:
    """Work until SIGTERM or SIGINT, or until `until()`; a database that is away is waited for, not died of."""
    load_tasks()
    stopping = _Stopping()
    while not stopping.asked and not (until is not None and until()):
        try:
            busy = run_once()
        except DatabaseError:
            log.exception("the database is away; trying again")
            connection.close()
            busy = False
        if not busy:
            time.sleep(idle_s)


def run_once(now_s: float | None = None) -> bool:
    """One turn: due messages, then due jobs. True when there was something to do."""
    close_old_connections()
    busy = deliver_due() > 0
    moment = time.monotonic() if now_s is None else now_s
    for rhythm in _rhythms:
        if rhythm.next_at <= moment:
            rhythm.next_at = moment + rhythm.every_s
            rhythm.job()
    return busy


class _Stopping:
    """Remembers that the process was asked to end; the turn under way is finished first."""

    def __init__(self) -> None:
        self.asked = False
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True
