"""Keeping the counts: every change adds to them once, so that no screen ever counts history.

Counts are of requests. One that joined another counts as itself, at its own place; a part counts nowhere, for
nobody asked for it. All that a request counts stands where the request stands now: when its place, tier or
category changes, what it counted before moves with it. Each message carries the differences that its move
makes, and differences add up to the same in whatever order they arrive.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from yuanba.matters.district import district_root
from yuanba.matters.flow import State
from yuanba.matters.models import Exclusion, Matter, Recipient, Tally, Verdict

OPEN_NOW = "open"
RECEIVED = "received"
# Verdicts that an office recorded, or that came through a link it held: counted beside the rates they are in.
SAID_BY_OFFICE = "said_by_office"
# Ends that no answer leads to, each counted on its day.
ENDS = (State.WITHDRAWN, State.OUT_OF_SCOPE)
# What of a verdict is set against answers and closings as well, under the day of those.
_JUDGING = frozenset(
    {"said_contacted", "said_solved", "said_satisfied", "said_basically", "said_unsatisfied"}
)
CHUNK = 1000


class Key(NamedTuple):
    place_id: int
    day: date
    measure: str
    tier: str
    category: str


Where = tuple[int, str, str]
"""Place, tier and category under which a request is counted."""
Counted = tuple[date, str]
"""A day and what was counted on it."""


class Life(NamedTuple):
    """What became of one answer for one request, in days; None for what has not happened."""

    answered_on: date
    late: bool
    reopened_on: date | None
    closed_on: date | None
    closed_as: str
    said_on: date | None = None
    contacted: bool | None = None
    solved: bool | None = None
    satisfaction: str | None = ""
    by_office: bool | None = False


def where_of(matter: Matter) -> Where:
    """Under what a request is counted.

    What lists never show, a complaint about an office or a protected request, counts for the district alone: the
    figures of a place less what is listed there would tell that somebody complained.
    """
    if matter.confidential or matter.accused_path:
        return (district_root().pk, matter.tier, matter.category)
    return (matter.community_id or matter.street_id or matter.place_id, matter.tier, matter.category)


def is_request(matter: Matter) -> bool:
    """Whether somebody asked for it: a part was cut by an office from what was asked."""
    return matter.part_of_id is None


def add(counts: Counter[Key], where: Where, counted: Iterable[Counted], step: int = 1) -> None:
    """Count days and measures at a place, or with -1 take them back."""
    place, tier, category = where
    for day, measure in counted:
        counts[Key(place, day, measure, tier, category)] += step


def count_new(matter: Matter, counts: Counter[Key]) -> None:
    """A request comes in: received on its day, and open now."""
    if is_request(matter):
        add(counts, where_of(matter), [(timezone.localdate(matter.received_at), RECEIVED), _NOW])


_NOW = (Tally.NOW, OPEN_NOW)


def count_standing(matter: Matter, before: Where, was_open: bool, counts: Counter[Key]) -> None:
    """A change of where a request stands, or whether it is open: all that it counted before goes along."""
    if not is_request(matter):
        return
    now = where_of(matter)
    if was_open:
        add(counts, before, [_NOW], -1)
    if matter.is_open:
        add(counts, now, [_NOW])
    if now != before:
        history = list(counted_by(matter))
        add(counts, before, history, -1)
        add(counts, now, history)


def count_standing_request(matter: Matter, counts: Counter[Key]) -> None:
    """All that a request counts, as its records have it now."""
    where = where_of(matter)
    add(counts, where, counted_by(matter))
    if matter.is_open:
        add(counts, where, [_NOW])


def counted_by(matter: Matter) -> Iterator[Counted]:
    """Every day and measure that a request counts, from its records."""
    yield timezone.localdate(matter.received_at), RECEIVED
    if matter.state in ENDS and matter.closed_at is not None:
        yield timezone.localdate(matter.closed_at), str(matter.state)
    if matter.is_open and matter.round == 1 and matter.answered_at is None:
        return  # it was never answered: the common case costs no query
    for life in lives_of(matter):
        yield from measures_of(life)
    for left_out in matter.exclusions.filter(Exclusion.STANDS).values_list("left_out", flat=True):
        yield from ((date.fromisoformat(day), measure) for day, measure in left_out)


def lives_of(matter: Matter, until: datetime | None = None) -> list[Life]:
    """What became of each answer that a request was given, all or those until a moment."""
    rows = Recipient.objects.filter(matter=matter).select_related("answer", "verdict")
    rows = rows.filter(answer__at__lte=until) if until is not None else rows
    return [life_of(row, verdict_of(row)) for row in rows]


def verdict_of(recipient: Recipient) -> Verdict | None:
    """What the resident said of the answer; None while they have not."""
    return getattr(recipient, "verdict", None)


def life_of(recipient: Recipient, verdict: Verdict | None) -> Life:
    """What became of one answer for one request, as its records stand."""
    told = (
        timezone.localdate(recipient.answer.at),
        recipient.late,
        _day(recipient.reopened_at),
        _day(recipient.closed_at),
        recipient.closed_as,
    )
    if verdict is None:
        return Life(*told)
    said = (verdict.contacted, verdict.solved, verdict.satisfaction, verdict.by_office)
    return Life(*told, _day(verdict.at), *said)


def _day(at: datetime | None) -> date | None:
    return timezone.localdate(at) if at is not None else None


def measures_of(life: Life) -> Iterator[Counted]:
    """What one answer to one request counts as: itself, what the resident said of it, and how it ended.

    What was said stands under the day it was said on and, for rates over answers or closings, once more under the
    day of the answer and of the closing: a rate's two numbers are always of the same requests.
    """
    yield life.answered_on, "answered"
    if life.late:
        yield life.answered_on, "answered_late"
    if life.reopened_on is not None:
        yield life.reopened_on, "reopened"
    if life.closed_on is not None:
        yield life.closed_on, f"closed_{life.closed_as}"
    if life.said_on is None:
        return
    for measure in _said(life):
        yield life.said_on, measure
        if measure in _JUDGING:
            yield life.answered_on, f"answered_{measure}"
            if life.closed_on is not None:
                yield life.closed_on, f"closed_{measure}"


def _said(life: Life) -> list[str]:
    """What one verdict of a resident counts as; a side question left blank counts neither way."""
    found = ["said", SAID_BY_OFFICE] if life.by_office else ["said"]
    found += ["said_of_contact"] if life.contacted is not None else []
    found += ["said_contacted"] if life.contacted else []
    found += ["said_solved"] if life.solved else []
    return [*found, f"said_{life.satisfaction}"] if life.satisfaction else found


def as_rows(counts: Counter[Key]) -> list[list[Any]]:
    """Differences as a message carries them."""
    return [
        [key.place_id, key.day.isoformat(), key.measure, key.tier, key.category, step]
        for key, step in counts.items()
        if step
    ]


def from_rows(rows: Iterable[list[Any]]) -> Iterator[tuple[Key, int]]:
    """The differences that a message carries."""
    for place, day, measure, tier, category, step in rows:
        yield Key(place, date.fromisoformat(day), measure, tier, category), step


def count_message(data: dict[str, Any], counts: Counter[Key]) -> None:
    """Add what one message carries."""
    for key, step in from_rows(data.get("counts", ())):
        counts[key] += step


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
