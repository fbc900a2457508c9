"""How often one source may do something, counted in the database so that all processes count together.

Fixed windows: the count of a source starts anew when its minute, hour or day is over. Counting is one
upsert a request and keeps no lock beyond it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from yuanba.kernel.errors import TooMany

KEEP = timedelta(days=2)


class RateCount(models.Model):
    """What one source has done in one window. ``bucket`` is a keyed digest: addresses are not kept.

    On PostgreSQL the table is unlogged: a crash forgets the counts, and counting waits for no disk.
    """

    bucket = models.CharField(max_length=40)
    window_start = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["bucket", "window_start"], name="rate_count_once"),)

    def __str__(self) -> str:
        return f"{self.bucket[:8]} {self.count}"


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` in every window of `window_s` seconds; `name` keeps different limits apart."""

    name: str
    count: int
    window_s: int


def take(rate: Rate, source: str, message: object, *, now: datetime | None = None) -> int:
    """Count one more for `source` and return how many it may still do in this window.

    Raises `TooMany` with `message` and the seconds until the window is over. Refused tries count as well,
    but can't lengthen the wait. Call it outside the work's own transaction, so that failed work counts too.
    """
    now = now or timezone.now()
    started_s = int(now.timestamp()) // rate.window_s * rate.window_s
    used = _count(_bucket(rate, source), started_s)
    if used > rate.count:
        raise TooMany(message, retry_after_s=max(1, started_s + rate.window_s - int(now.timestamp())))
    return rate.count - used


def is_used_up(rate: Rate, source: str, *, now: datetime | None = None) -> bool:
    """Whether `source` may do no more in this window, without counting: for tries of which only failed ones
    count.
    """
    started_s = int((now or timezone.now()).timestamp()) // rate.window_s * rate.window_s
    started = datetime.fromtimestamp(started_s, tz=timezone.get_default_timezone())
    return RateCount.objects.filter(
        bucket=_bucket(rate, source), window_start=started, count__gte=rate.count
    ).exists()


def _bucket(rate: Rate, source: str) -> str:
    name = f"{rate.name}/{rate.window_s}\0{source}"
    return salted_hmac("yuanba.kernel.ratelimit", name, algorithm="sha256").hexdigest()[:40]


def _count(bucket: str, started_s: int) -> int:
    started = datetime.fromtimestamp(started_s, tz=timezone.get_default_timezone())
    table = connection.ops.quote_name(RateCount._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (bucket, window_start, count) VALUES (%s, %s, 1) "  # noqa: S608 - constant name
            f"ON CONFLICT (bucket, window_start) DO UPDATE SET count = {table}.count + 1 RETURNING count",
            [bucket, connection.ops.adapt_datetimefield_value(started)],
        )
        used: int = cursor.fetchone()[0]
    return used


def forget_old(now: datetime | None = None) -> int:
    """Drop windows that ended long ago; run by the worker."""
    removed, _kinds = RateCount.objects.filter(window_start__lt=(now or timezone.now()) - KEEP).delete()
    return removed
