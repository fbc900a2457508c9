"""Keeping the counts: every change adds to them once, so that no screen ever counts history.

What is open now is never counted, only moved: each message tells under what key a matter stood before and
stands after, and the differences of one matter add up to its present key whatever order they arrive in.
"""

from collections import Counter
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from yuanba.matters.district import district_root
from yuanba.matters.flow import State
from yuanba.matters.models import Matter, Tally

OPEN_NOW = "open"
# Verdicts that an office recorded, or that came through a link it held: counted beside the rates they are in.
SAID_BY_OFFICE = "said_by_office"
CHUNK = 1000
_COUNTED = frozenset(
    {State.ANSWERED, State.CONFIRMED, State.CLOSED, State.WITHDRAWN, State.OUT_OF_SCOPE, State.MERGED}
)


class Key(NamedTuple):
    place_id: int
    day: date
    measure: str
    tier: str
    category: str


def key_of(matter: Matter) -> list[Any] | None:
    """Under what an open matter is counted: place, tier, category. None when it is not open."""
    return None if matter.stopped_at is not None else where_of(matter)


def where_of(matter: Matter) -> list[Any]:
    """Under what a matter is counted, open or not.

    What lists never show, a complaint about an office or a protected request, counts for the district alone: the
    figures of a place less what is listed there would tell that somebody complained.
    """
    if matter.confidential or matter.accused_path:
        return [district_root().pk, matter.tier, matter.category]
    return [matter.community_id or matter.street_id or matter.place_id, matter.tier, matter.category]


def count_open(before: list[Any] | None, after: list[Any] | None, counts: Counter[Key]) -> None:
    """An open matter moves from one key to another; None is outside: not yet received, or ended."""
    for key, step in ((before, -1), (after, 1)):
        if key is not None:
            place, tier, category = key
            counts[Key(place, Tally.NOW, OPEN_NOW, tier, category)] += step


def count_received(
    matter: Matter, before: list[Any] | None, after: list[Any] | None, counts: Counter[Key]
) -> None:
    """A matter on the day it was received, moved as what is open is: it stands where the matter stands now."""
    for key, step in ((before, -1), (after, 1)):
        if key is not None:
            counts[_on(key, timezone.localdate(matter.received_at), "received")] += step


def count_change(data: dict[str, Any], matter: Matter, at: datetime, counts: Counter[Key]) -> None:
    """One move, from the data of its message: what is open, what happened on its day, and what it corrects of
    earlier days.
    """
    count_open(data.get("before"), data.get("after"), counts)
    before, after = data.get("moved", (None, None))
    count_received(matter, before, after, counts)
    counted = data.get("measures") or data.get("corrections")
    where = data.get("after") or data.get("before") or (where_of(matter) if counted else [])
    for measure in data.get("measures", ()):
        counts[_on(where, timezone.localdate(at), measure)] += 1
    for day, measure, step in data.get("corrections", ()):
        counts[_on(where, date.fromisoformat(day), measure)] += step


def _on(where: list[Any], day: date, measure: str) -> Key:
    place, tier, category = where
    return Key(place, day, measure, tier, category)


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
        found += said_measures(
            data["contacted"], data["solved"], data["satisfaction"], by_office=data["by_office"]
        )
    return found


def day_of(at: datetime) -> str:
    """The day under which something that happened then is counted."""
    return timezone.localdate(at).isoformat()


def said_measures(
    contacted: bool | None, solved: bool | None, satisfaction: str, *, by_office: bool
) -> list[str]:
    """What one verdict of a resident counts as; a side question left blank counts neither way."""
    found = ["said", SAID_BY_OFFICE] if by_office else ["said"]
    found += ["said_of_contact"] if contacted is not None else []
    found += ["said_contacted"] if contacted else []
    found += ["said_solved"] if solved else []
    return [*found, f"said_{satisfaction}"] if satisfaction else found


def add_counts(counts: Counter[Key]) -> None:
    """Add to the stored counts; keys in one order, so that two workers never wait in a circle."""
    rows = sorted((key, number) for key, number in counts.items() if number)
    for start in range(0, len(rows), CHUNK):
        _add(rows[start : start + CHUNK])


def _add(rows: list[tuple[Key, int]]) -> None:
    table = connection.ops.quote_name(Tally._meta.db_table)
    values = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(rows))
    adapt = connection.ops.adapt_datefield_value
    sql = (
        f"INSERT INTO {table} (place_id, day, measure, tier, category, count) VALUES {values} "  # noqa: S608
        f"ON CONFLICT (place_id, day, measure, tier, category) "
        f"DO UPDATE SET count = {table}.count + excluded.count"
    )
    params: list[str | int | None] = []
    for key, number in rows:
        params += [key.place_id, str(adapt(key.day)), key.measure, key.tier, key.category, number]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
