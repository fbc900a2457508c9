"""Laws of the clock on drawn histories, and agreement with an oracle that counts every minute."""

import json
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from yuanba.kernel.clock import (
    Colour,
    Commented,
    Event,
    Extended,
    Paused,
    Policy,
    Reading,
    Resumed,
    Span,
    State,
    TakenBack,
    WorkingCalendar,
    advance,
    event_from_data,
    read,
)
from yuanba.kernel.tests.clock.histories import (
    calendars,
    histories,
    limits,
    office_calendars,
    policies,
    unhurried,
)
from yuanba.kernel.tests.clock.oracle import Oracle

counted_by_hand = settings(unhurried, max_examples=60)


def readings(policy: Policy, calendar: WorkingCalendar, events: list[Event]) -> list[Reading]:
    return [read(policy, calendar, events[: length + 1]) for length in range(len(events))]


def never_earlier(before: Reading, after: Reading) -> bool:
    """Tell whether no deadline of `after` comes before the same deadline of `before`."""
    if before.stage_clock and after.stage_clock and after.stage_clock.due_at < before.stage_clock.due_at:
        return False
    return after.total_due_at >= before.total_due_at


@unhurried
@given(policies, calendars, histories(), histories(longest=3))
def test_what_was_taken_back_is_as_if_it_had_never_been(
    policy: Policy, calendar: WorkingCalendar, events: list[Event], others: list[Event]
) -> None:
    at = events[-1].at
    slips = [replace(event, at=at) for event in others[1:]] or [Commented(at)]
    undone = [*events, *slips, TakenBack(at, len(slips))]
    assert read(policy, calendar, undone) == read(policy, calendar, events)
    stored = [event_from_data(event.to_data()) for event in undone]
    assert read(policy, calendar, stored) == read(policy, calendar, events)


@counted_by_hand
@given(policies, office_calendars, histories())
def test_the_clock_agrees_with_counting_every_minute(
    policy: Policy, calendar: WorkingCalendar, events: list[Event]
) -> None:
    oracle = Oracle(policy, calendar)
    for event, reading in zip(events, readings(policy, calendar, events), strict=True):
        oracle.see(event)
        assert reading.total_due_at == oracle.due_at(Span.TOTAL)
        assert reading.stage_due_at == oracle.due_at(Span.STAGE)


@counted_by_hand
@given(policies, office_calendars, histories(longest=3))
def test_working_time_left_agrees_with_counting_every_minute(
    policy: Policy, calendar: WorkingCalendar, events: list[Event]
) -> None:
    reading, oracle = read(policy, calendar, events), Oracle(policy, calendar)
    governing = next(iter(reading.clocks.values()))
    seen_at = max(reading.stopped_at or reading.paused_at or reading.last_at, governing.started_at)
    left = reading.remaining(reading.last_at, calendar)
    if str(governing.limit).endswith(("wh", "wd")):
        minutes = oracle.minutes_worked(seen_at, governing.due_at)
        assert left == timedelta(minutes=minutes - oracle.minutes_worked(governing.due_at, seen_at))
    else:
        assert left == governing.due_at - seen_at


@unhurried
@given(policies, calendars, histories())
def test_replay_equals_live(policy: Policy, calendar: WorkingCalendar, events: list[Event]) -> None:
    stored: str | None = None
    for event in events:
        live = Reading.from_data(json.loads(stored)) if stored else None
        stored = json.dumps(advance(live, event, policy, calendar).to_data())
    assert stored is not None
    assert Reading.from_data(json.loads(stored)) == read(policy, calendar, events)


@unhurried
@given(policies, calendars, histories(), st.data())
def test_comments_change_nothing_at_any_place(
    policy: Policy, calendar: WorkingCalendar, events: list[Event], data: st.DataObject
) -> None:
    place = data.draw(st.integers(1, len(events)))
    commented = [*events[:place], Commented(events[place - 1].at), *events[place:]]
    silent = [event for event in events if not isinstance(event, Commented)]
    assert read(policy, calendar, commented) == read(policy, calendar, silent)


@unhurried
@given(policies, calendars, histories(), st.data())
def test_pausing_never_shortens(
    policy: Policy, calendar: WorkingCalendar, events: list[Event], data: st.DataObject
) -> None:
    running = [
        place
        for place, reading in enumerate(readings(policy, calendar, events))
        if reading.state is State.RUNNING
    ]
    place = data.draw(st.sampled_from(running))
    earliest = max(event.at for event in events[: place + 1])
    latest = events[place + 1].at if place + 1 < len(events) else earliest + timedelta(days=30)
    minutes = st.integers(0, (latest - earliest) // timedelta(minutes=1))
    first, last = sorted(data.draw(st.tuples(minutes, minutes)))
    pause: list[Event] = [
        Paused(earliest + timedelta(minutes=first)),
        Resumed(earliest + timedelta(minutes=last)),
    ]
    paused = [*events[: place + 1], *pause, *events[place + 1 :]]
    assert never_earlier(read(policy, calendar, events), read(policy, calendar, paused))


@unhurried
@given(policies, calendars, histories(), st.data())
def test_extending_never_shortens(
    policy: Policy, calendar: WorkingCalendar, events: list[Event], data: st.DataObject
) -> None:
    of = data.draw(st.sampled_from(Span))
    open_ones = [
        place
        for place, reading in enumerate(readings(policy, calendar, events))
        if reading.state is not State.STOPPED and (of is Span.TOTAL or reading.stage_clock)
    ]
    if not open_ones:
        return
    place = data.draw(st.sampled_from(open_ones))
    extension = Extended(max(event.at for event in events[: place + 1]), data.draw(limits), of)
    extended = [*events[: place + 1], extension, *events[place + 1 :]]
    assert never_earlier(read(policy, calendar, events), read(policy, calendar, extended))


@unhurried
@given(policies, calendars, histories())
def test_a_running_clock_only_goes_from_green_over_amber_to_red(
    policy: Policy, calendar: WorkingCalendar, events: list[Event]
) -> None:
    reading = read(policy, calendar, events)
    moments = [reading.last_at + timedelta(hours=7 * step) for step in range(60)]
    colours = [reading.colour(moment, policy, calendar) for moment in moments]
    if reading.state is not State.RUNNING:
        assert set(colours) == {Colour.GREY}
        return
    order = [Colour.GREEN, Colour.AMBER, Colour.RED]
    assert all(order.index(earlier) <= order.index(later) for earlier, later in pairwise(colours))
    left = [reading.remaining(moment, calendar) for moment in moments]
    assert all(later <= earlier for earlier, later in pairwise(left))
    for colour, moment in zip(colours, moments, strict=True):
        assert (colour is Colour.RED) == (moment > reading.due_at)
