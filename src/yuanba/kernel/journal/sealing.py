"""Daily roots: the district's day, sealed so that anyone holding the root can prove one entry was there."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from hashlib import sha256

from django.db import connection, transaction
from django.utils import timezone

from yuanba.kernel.journal.merkle import RootBuilder
from yuanba.kernel.journal.models import DailyRoot, Entry
from yuanba.kernel.journal.reading import stream

# A transaction that began before midnight may commit a little after it.
MARGIN = timedelta(hours=1)


def day_range(day: date) -> tuple[datetime, datetime]:
    """The half-open span of a district's calendar day."""
    zone = timezone.get_default_timezone()
    start = datetime.combine(day, time.min, zone)
    return start, datetime.combine(day + timedelta(days=1), time.min, zone)


def day_hashes(day: date) -> Iterator[tuple[int, bytes]]:
    """(entry key, entry hash) of a day, in the order of their leaves: by key."""
    start, end = day_range(day)
    table = connection.ops.quote_name(Entry._meta.db_table)
    sql = f"SELECT id, hash FROM {table} WHERE at >= %s AND at < %s ORDER BY id"  # noqa: S608 - constant name
    for key, digest in stream(sql, [_as_stored(start), _as_stored(end)]):
        yield key, bytes.fromhex(digest)


def _as_stored(moment: datetime) -> str:
    """A time as raw queries compare it on this database."""
    return str(connection.ops.adapt_datetimefield_value(moment))


def day_root(day: date) -> tuple[int, str]:
    """(number of entries, root in hex) over a day's entries as they stand now."""
    builder = RootBuilder()
    for _key, digest in day_hashes(day):
        builder.add(digest)
    return builder.size, builder.root().hex()


def chained_root(prev: str, day: date, entries: int, root: str) -> str:
    """The hash that ties a day's root to all days before it."""
    return sha256(f"{prev}\n{day.isoformat()}\n{entries}\n{root}".encode()).hexdigest()


def seal_days(now: datetime | None = None) -> list[DailyRoot]:
    """Seal every finished day that has entries and no root yet; safe to run twice and from two workers."""
    now = now or timezone.now()
    last_full = timezone.localdate(now - MARGIN) - timedelta(days=1)
    sealed: list[DailyRoot] = []
    with transaction.atomic():
        newest = DailyRoot.objects.select_for_update().order_by("-day").first()
        day = newest.day + timedelta(days=1) if newest else _first_day()
        prev = newest.chained if newest else ""
        while day is not None and day <= last_full:
            entries, root = day_root(day)
            row, _created = DailyRoot.objects.get_or_create(
                day=day,
                defaults={
                    "entries": entries,
                    "root": root,
                    "prev": prev,
                    "chained": chained_root(prev, day, entries, root),
                    "sealed_at": now,
                },
            )
            sealed.append(row)
            prev, day = row.chained, day + timedelta(days=1)
    return sealed


def _first_day() -> date | None:
    first = Entry.objects.order_by("at").values_list("at", flat=True).first()
    return None if first is None else timezone.localdate(first)


def check_days() -> Iterator[tuple[date, str]]:
    """For every sealed day: (day, what is wrong with it), the second empty when all is well."""
    prev = ""
    expected: date | None = None
    for row in DailyRoot.objects.order_by("day"):
        entries, root = day_root(row.day)
        why = ""
        if expected is not None and row.day != expected:
            why = f"the seal of {expected} is missing"
        elif row.prev != prev:
            why = "its seal does not follow from the day before"
        elif row.chained != chained_root(row.prev, row.day, row.entries, row.root):
            why = "its seal was changed"
        elif (entries, root) != (row.entries, row.root):
            why = f"its {entries} entries do not give the published root of {row.entries}"
        yield row.day, why
        prev, expected = row.chained, row.day + timedelta(days=1)
