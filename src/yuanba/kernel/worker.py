"""The worker: delivers what is due and does what the clock says, until it is told to stop."""

import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from django.db import Error, close_old_connections, connection

from yuanba.kernel.away import first_line, is_away
from yuanba.kernel.outbox.queue import deliver_due, load_tasks

log = logging.getLogger(__name__)
Job = Callable[[], object]
IDLE_S = 0.5
NICENESS = 10
LONGEST_WAIT_S = 10.0
REMIND_S = 60.0


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


def run_worker(*, idle_s: float = IDLE_S, until: Callable[[], bool] | None = None) -> None:
    """Work until SIGTERM or SIGINT, or until `until()`; a database that is away is waited for, not died of."""
    load_tasks()
    _give_way()
    stopping, absence = _Stopping(), Absence()
    while not stopping.asked and not (until is not None and until()):
        try:
            close_old_connections()
            busy = run_once()
        except Error as error:
            connection.close()
            stopping.sleep(absence.noticed(error))
            continue
        absence.over()
        if not busy:
            stopping.sleep(idle_s)


def _give_way() -> None:
    """Let whoever waits for a page go first where both want the processor. Not on SQLite: there a page may wait for
    the lock that the worker holds.
    """
    if connection.vendor == "postgresql":
        os.nice(max(0, NICENESS - os.nice(0)))


def run_once(now_s: float | None = None) -> bool:
    """One turn: due messages, then due jobs. True when there was something to do.

    What fails is logged and stands in nobody's way: the clocks are looked at whatever becomes of a sweep.
    Raises only the error of a database that is away, for then nothing else could be done either.
    """
    busy = False
    with _on_its_own("delivering messages"):
        busy = deliver_due() > 0
    moment = time.monotonic() if now_s is None else now_s
    for rhythm in _rhythms:
        if rhythm.next_at <= moment:
            _run(rhythm, moment)
    return busy


def _run(rhythm: Rhythm, moment: float) -> None:
    """Run a job. One that the database went away from is due again at once, not a day later."""
    last, rhythm.next_at = rhythm.next_at, moment + rhythm.every_s
    try:
        with _on_its_own(getattr(rhythm.job, "__name__", "a job")):
            rhythm.job()
    except Error:
        rhythm.next_at = last
        raise


@contextmanager
def _on_its_own(what: str) -> Iterator[None]:
    """Log what fails, so that the next thing gets its turn. Raises only that the database is away."""
    try:
        yield
    except Exception as error:
        if is_away(error):
            raise
        log.exception("%s failed; the rest of the turn goes on", what)


class Absence:
    """A database that is away: told in one line, again every minute at most, and asked for less and less
    often.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: float | None = None
        self._told_at = 0.0
        self._wait_s = IDLE_S

    def noticed(self, error: Exception) -> float:
        """Take note of one more failed try; returns the seconds to wait before the next."""
        now = self._clock()
        if self._since is None or now - self._told_at >= REMIND_S:
            log.warning("the database is away, waiting for it: %s", first_line(error))
            self._told_at = now
        self._since = now if self._since is None else self._since
        wait_s, self._wait_s = self._wait_s, min(2 * self._wait_s, LONGEST_WAIT_S)
        return wait_s

    def over(self) -> None:
        """The database answered."""
        if self._since is not None:
            log.warning("the database is back after %.0f s", self._clock() - self._since)
            self._since, self._wait_s = None, IDLE_S


class _Stopping:
    """Remembers that the process was asked to end; the turn under way is finished first."""

    def __init__(self) -> None:
        self.asked = False
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True

    def sleep(self, seconds: float) -> None:
        """Sleep, but not long past the moment somebody asks: a signal alone does not end Python's sleep."""
        end = time.monotonic() + seconds
        while not self.asked and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, IDLE_S))
