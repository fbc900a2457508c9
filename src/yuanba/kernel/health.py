"""Whether this installation can serve, and its figures for monitoring.

Figures are read from the database when they are asked for, and one from the store of files. Nothing is
counted in a process, so the answer is the same whichever of several web processes gives it. Packages above
add figures of their own with `figure`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache

from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django.utils.translation import gettext as _
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from yuanba.kernel.errors import NotAllowed
from yuanba.kernel.files.store import file_store
from yuanba.kernel.journal.models import DailyRoot
from yuanba.kernel.outbox.models import Message

# Enough for any backlog that needs a person; counting further would only load a database in trouble.
COUNTED_TO = 100_000
NOT_MIGRATED = "the database is not migrated"


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of a figure, with its labels."""

    value: float
    labels: dict[str, str]


Read = Callable[[], Iterable[Sample]]
_figures: dict[str, tuple[str, Read]] = {}


def figure(name: str, meaning: str) -> Callable[[Read], Read]:
    """Register a figure under its Prometheus name; the decorated function reads it, with one query or few."""

    def register(read: Read) -> Read:
        _figures[name] = (meaning, read)
        return read

    return register


def not_ready() -> str:
    """Why requests can't be served now, in a few words; empty when they can."""
    try:
        applied = MigrationRecorder(connection).applied_migrations()
    except Error:
        connection.close()
        return "the database does not answer"
    return "" if _migrations() <= applied.keys() else NOT_MIGRATED


def not_migrated() -> NotAllowed:
    """The refusal to work on a database of another shape than this version's."""
    return NotAllowed(_("This database is not ready. Run `yuanba migrate` first."), code="not_migrated")


@cache
def _migrations() -> frozenset[tuple[str, str]]:
    """(package, name) of every migration this version brings; they can't change while it runs."""
    return frozenset(MigrationLoader(None).disk_migrations)


def metrics() -> bytes:
    """All figures in Prometheus' text format, with memory, time and files of the answering process."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(_Figures())
    return generate_latest(registry)


class _Figures(Collector):
    """Reads every registered figure once per request for them."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for name, (meaning, read) in _figures.items():
            samples = list(read())
            labels = list(samples[0].labels) if samples else []
            family = GaugeMetricFamily(name, meaning, labels=labels)
            for sample in samples:
                family.add_metric([sample.labels[label] for label in labels], sample.value)
            yield family


@figure("yuanba_outbox_waiting", "Messages waiting to be delivered (counted to 100,000).")
def _waiting() -> list[Sample]:
    return [Sample(_at_most(dead=False), {})]


@figure("yuanba_outbox_dead_letters", "Messages that could not be delivered and wait for a person.")
def _dead() -> list[Sample]:
    return [Sample(_at_most(dead=True), {})]


def _at_most(*, dead: bool) -> int:
    return Message.objects.filter(dead_at__isnull=not dead).order_by()[:COUNTED_TO].count()


@figure("yuanba_outbox_oldest_due_seconds", "How long the longest waiting message is overdue.")
def _oldest() -> list[Sample]:
    now = timezone.now()
    due_at = (
        Message.objects.filter(dead_at=None).order_by("due_at", "id").values_list("due_at", flat=True).first()
    )
    late = max(timedelta(0), now - due_at) if due_at else timedelta(0)
    return [Sample(late.total_seconds(), {})]


@figure(
    "yuanba_journal_last_sealed_day_timestamp_seconds", "Midnight (UTC) of the last sealed day; 0 before any."
)
def _sealed() -> list[Sample]:
    day = DailyRoot.objects.order_by("-day").values_list("day", flat=True).first()
    at = datetime.combine(day, time.min, UTC).timestamp() if day else 0.0
    return [Sample(at, {})]


@figure("yuanba_files_answering", "1 while stored files can be read and written, else 0.")
def _files() -> list[Sample]:
    return [Sample(float(file_store().answers()), {})]
