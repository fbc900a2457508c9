"""Keeping the counts: every change adds to them once, so that no screen ever counts history."""

from collections import Counter
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from yuanba.matters.flow import State
from yuanba.matters.models import Matter, Tally

OPEN_NOW = "open"
_COUNTED = frozenset(
    {State.ANSWERED, State.CONFIRMED, State.CLOSED, State.WITHDRAWN, State.OUT_OF_SCOPE, State.MERGED}
)


class Key(NamedTuple):
    place_id: int
    day: date
    measure: str
    tier: str
    category: str


def count_received(matter: Matter, counts: Counter[Key]) -> None:
    """A new matter, as it stands after its suggestion."""
    place, tier, category = _place(matter), matter.tier, matter.category
    counts[Key(place, Tally.NOW, OPEN_NOW, tier, category)] += 1
    counts[Key(place, timezone.localdate(matter.received_at), "received", tier, category)] += 1


def count_change(data: dict[str, Any], matter: Matter, at: datetime, counts: Counter[Key]) -> None:
    """One move: what is open moves from one key to another, and what happened is counted on its day."""
    for key, step in ((data.get("before"), -1), (data.get("after"), 1)):
        if key is not None:
            place, tier, category = key
            counts[Key(place, Tally.NOW, OPEN_NOW, tier, category)] += step
    day = timezone.localdate(at)
    for measure in data.get("measures", ()):
        counts[Key(_place(matter), day, measure, matter.tier, matter.category)] += 1


def measures_of(matter: Matter, before: str, data: dict[str, Any]) -> list[str]:
    """What a move counts as, from the matter right after it and the move's journal data."""
    after = str(matter.state)
    found: list[str] = []
    if after != before and after in _COUNTED:
        found.append(f"closed_{matter.outcome}" if after == State.CLOSED else after)
        if (
            after == State.ANSWERED
            and matter.answered_at is not None
            and matter.answered_at > matter.total_due_at
        ):
            found.append("answered_late")
    if "new_round" in data:
        found.append("reopened")
    if "verdict" in data:
        found.append("said")
        found += [f"said_{name}" for name in ("contacted", "solved") if data.get(name)]
        found += [f"said_{data['satisfaction']}"] if data["satisfaction"] else []
    return found


def key_of(matter: Matter) -> list[Any] | None:
    """Under what an open matter is counted: place, tier, category. None when it is not open."""
    return None if matter.stopped_at is not None else [_place(matter), matter.tier, matter.category]


def _place(matter: Matter) -> int:
    return matter.community_id or matter.street_id or matter.place_id


def add_counts(counts: Counter[Key]) -> None:
    """Add to the stored counts; keys in one order, so that two workers never wait for each other in a circle."""
    rows = sorted((key, number) for key, number in counts.items() if number)
    if not rows:
        return
    table = connection.ops.quote_name(Tally._meta.db_table)
    values = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(rows))
    adapt = connection.ops.adapt_datefield_value
    sql = (
        f"INSERT INTO {table} (place_id, day, measure, tier, category, count) VALUES {values} "  # noqa: S608
        f"ON CONFLICT (place_id, day, measure, tier, category) DO UPDATE SET count = {table}.count + excluded.count"
    )
    params: list[str | int] = []
    for key, number in rows:
        params += [key.place_id, adapt(key.day), key.measure, key.tier, key.category, number]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
