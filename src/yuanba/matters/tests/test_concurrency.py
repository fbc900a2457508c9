"""Several who act on the same matters at once, on PostgreSQL. SQLite lets in one writer at a time by itself."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import partial
from threading import Barrier, Event
from typing import Any

import pytest
from django.db import connection, transaction

from yuanba.kernel.errors import DomainError, Invalid, NotAllowed, Stale
from yuanba.kernel.idempotency import Kept, digest, once
from yuanba.kernel.journal.verification import verify
from yuanba.kernel.outbox import queue
from yuanba.kernel.outbox.models import Message
from yuanba.kernel.outbox.queue import Delivery, deliver_due, handles
from yuanba.matters import actions
from yuanba.matters.actions import Opinion
from yuanba.matters.auditing import audit
from yuanba.matters.clockwork import steps_of
from yuanba.matters.digests import DIGEST, put_digests
from yuanba.matters.models import (
    Alarm,
    Channel,
    Follower,
    Matter,
    MatterLink,
    MatterWords,
    Suggestion,
    Verdict,
)
from yuanba.matters.queries import resident_of
from yuanba.matters.reporting import Contact, Report
from yuanba.matters.tests.walking import DOOR, START, Walk

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="DATABASE_URL names no PostgreSQL server"),
]
Work = Callable[[], object]


def at_once(*work: Work) -> list[object]:
    """Start all at the same moment, each on a connection of its own; what each gave, or the refusal it got."""
    start = Barrier(len(work))

    def run(one: Work) -> object:
        try:
            start.wait(timeout=30)
            return one()
        except DomainError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as pool:
        return [done.result(timeout=60) for done in [pool.submit(run, one) for one in work]]


def while_uncommitted(first: Work, second: Work) -> object:
    """What `second` gives when it must wait for the lock of `first`, whose transaction is still open."""
    made = Event()

    def held() -> None:
        with transaction.atomic():
            first()
            made.set()
            until = time.monotonic() + 30
            while not _somebody_waits():
                assert time.monotonic() < until, "nobody waits for this lock"

    def after() -> object:
        assert made.wait(timeout=30)
        return second()

    return at_once(held, after)[1]


def _somebody_waits() -> bool:
    here = "SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()"
    with connection.cursor() as cursor:
        cursor.execute(here)
        return cursor.fetchone() is not None


def refusals(answers: Sequence[object]) -> list[DomainError]:
    return [answer for answer in answers if isinstance(answer, DomainError)]


def all_is_well() -> None:
    assert audit().breaches == 0
    assert verify().broken == 0


@pytest.fixture
def walk(committed: Any) -> Walk:
    return Walk(committed)


def test_of_four_who_claim_what_they_saw_at_once_one_wins(walk: Walk) -> None:
    walk.receive().dispatch()
    officer, at, seen = walk.viewer("street_officer"), walk.tick(), walk.matter.version

    def claim() -> object:
        return actions.claim_matter(walk.matter.pk, actor=officer, version=seen, at=at)

    refused = refusals(at_once(*[claim] * 4))
    assert [type(error) for error in refused] == [Stale] * 3
    assert Matter.objects.get(pk=walk.matter.pk).state == "claimed"
    all_is_well()


def test_of_two_who_claim_without_a_version_one_is_told_what_is_possible(walk: Walk) -> None:
    walk.receive().dispatch()
    officer, at = walk.viewer("street_officer"), walk.tick()
    answers = at_once(*[lambda: actions.claim_matter(walk.matter.pk, actor=officer, at=at)] * 2)
    (refused,) = refusals(answers)
    assert isinstance(refused, NotAllowed)
    assert "answer" in refused.allowed
    all_is_well()


def test_what_is_dispatched_while_the_worker_waits_for_it_gets_its_suggestion_and_is_counted(
    walk: Walk,
) -> None:
    walk.receive()
    while_uncommitted(walk.dispatch, lambda: deliver_due(walk.at))
    assert Suggestion.objects.filter(pk=walk.matter.pk).exists()
    assert MatterWords.objects.filter(pk=walk.matter.pk).exists()
    while deliver_due(walk.at):
        pass
    all_is_well()


def test_whoever_refers_to_a_matter_waits_for_nobody_who_works_on_it(walk: Walk) -> None:
    """A reference that waited would be a lock out of order: a dispatch that links its matter to another, and the
    worker that has the other and wants this one, would wait for each other.
    """
    other, lead = walk.receive().matter, Walk(walk.cast, at=walk.at).receive().matter
    at, working, linked = walk.tick(2), Event(), Event()

    def work() -> bool:
        with transaction.atomic():
            assert deliver_due(at) > 0
            working.set()
            return linked.wait(timeout=10)

    def refer() -> None:
        assert working.wait(timeout=30)
        MatterLink.objects.create(matter=other, other=lead, kind=MatterLink.Kind.RECURRENCE, at=at)
        linked.set()

    assert at_once(work, refer)[0] is True


def test_who_waits_while_the_owner_changes_is_not_told_that_there_is_no_such_matter(walk: Walk) -> None:
    walk.receive()
    officer, at = walk.viewer("street_officer"), walk.tick(2)
    claimed = while_uncommitted(
        walk.dispatch, lambda: actions.claim_matter(walk.matter.pk, actor=officer, at=at)
    )
    assert isinstance(claimed, Matter), claimed
    assert claimed.owner == walk.cast.offices["shahe"]
    all_is_well()


def test_two_matters_merged_into_each_other_at_once_end_as_one(walk: Walk) -> None:
    clerk = walk.viewer("centre_clerk")
    for _time in range(5):
        one, other = walk.receive().matter, Walk(walk.cast, at=walk.at).receive().matter
        at = walk.tick()

        def merge(matter: Matter, lead: Matter, at: Any = at) -> Work:
            return lambda: actions.merge_into(matter.pk, lead.pk, actor=clerk, at=at)

        answers = at_once(merge(one, other), merge(other, one))
        assert len(refusals(answers)) == 1
        assert sorted(Matter.objects.filter(pk__in=[one.pk, other.pk]).values_list("state", flat=True)) == [
            "merged",
            "received",
        ]
    all_is_well()


def test_a_ring_of_merges_ends_with_one_lead_and_nobody_lost(walk: Walk) -> None:
    clerk = walk.viewer("centre_clerk")
    ring = [Walk(walk.cast, at=walk.at).receive().matter for _time in range(5)]
    at = walk.tick(2)
    pairs = list(zip(ring, [*ring[1:], ring[0]], strict=True))
    at_once(
        *(
            lambda one=one, lead=lead: actions.merge_into(one.pk, lead.pk, actor=clerk, at=at)
            for one, lead in pairs
        )
    )
    for matter in Matter.objects.filter(state="merged").select_related("lead"):
        assert matter.lead is not None
        assert matter.lead.state == "received"
    all_is_well()


def test_merged_residents_who_confirm_at_once_are_all_counted(walk: Walk) -> None:
    walk.receive().dispatch().claim()
    joined = []
    for _time in range(3):
        other = Walk(walk.cast, at=walk.at).receive()
        other.do(actions.merge_into, walk.matter.pk, by="centre_clerk")
        joined.append(other.matter)
        walk.at = other.at
    walk.answer()
    at = walk.tick()
    everybody = [walk.matter, *joined]
    answers = at_once(
        *(
            lambda matter=matter: actions.confirm(
                matter.pk, Opinion(True, "satisfied"), actor=resident_of(matter), at=at
            )
            for matter in everybody
        )
    )
    # The lead's own requester may come after the others have confirmed the whole: that move is then gone.
    assert {type(error) for error in refusals(answers)} <= {NotAllowed}
    walk.matter.refresh_from_db()
    assert walk.matter.state == "confirmed"
    assert Verdict.objects.count() == 4 - len(refusals(answers))
    all_is_well()


def test_a_withdrawal_a_verdict_and_a_merge_at_once_never_wait_in_a_circle(walk: Walk) -> None:
    clerk = walk.viewer("centre_clerk")
    for _time in range(4):
        first, lead, top = (Walk(walk.cast, at=walk.at).receive() for _ in range(3))
        walk.at = top.at
        first.at = top.at
        first.do(actions.merge_into, lead.matter.pk, by="centre_clerk")
        at = walk.tick(3)
        child, key = resident_of(first.matter), first.matter.pk
        answers = at_once(
            partial(actions.withdraw, key, actor=child, at=at),
            partial(actions.merge_into, lead.matter.pk, top.matter.pk, actor=clerk, at=at),
            partial(actions.confirm, key, actor=child, at=at),
        )
        assert {type(error) for error in refusals(answers)} <= {NotAllowed, Stale, Invalid}
    all_is_well()


def test_two_workers_take_each_step_of_the_clock_once(walk: Walk) -> None:
    for _time in range(6):
        walk.receive().dispatch().claim()
    end = max(step.at for matter in Matter.objects.all() for step in steps_of(matter)) + timedelta(hours=1)
    at_once(*[lambda: actions.take_due_steps(end)] * 3)
    taken = Counter(Alarm.objects.values_list("matter", "step", "span", "due_at"))
    assert set(taken.values()) == {1}
    assert {row[1] for row in taken} == {"warning", "overdue", "supervision", "leader"}
    assert not Matter.objects.filter(next_alarm_at__lte=end).exists()
    all_is_well()


def test_the_same_report_sent_four_times_at_once_is_one_matter(walk: Walk) -> None:
    report = Report(
        "路灯坏了。", walk.cast.places["unit_2"], Channel.API, contact=Contact("居民", "13800001111")
    )

    def send() -> Kept:
        return Kept(201, actions.receive(report, actor=DOOR, at=START).matter.number)

    answers = at_once(*[lambda: once("key:1", "try-1", digest(b"body"), send)] * 4)
    assert len({answer.response for answer in answers if isinstance(answer, Kept)}) == 1
    assert len(refusals(answers)) == 0
    assert Matter.objects.count() == 1
    all_is_well()


def test_the_same_claim_sent_twice_at_once_gives_both_the_first_answer(walk: Walk) -> None:
    walk.receive().dispatch()
    officer, at, key = walk.viewer("street_officer"), walk.tick(), walk.matter.pk

    def claim() -> Kept:
        return Kept(200, str(actions.claim_matter(key, actor=officer, at=at).version))

    answers = at_once(*[lambda: once("key:1", "try-1", digest(b"claim"), claim)] * 3)
    assert answers == [Kept(200, "3")] * 3
    all_is_well()


@pytest.fixture
def seen() -> Iterator[list[int]]:
    seen: list[int] = []

    def keep(deliveries: Sequence[Delivery]) -> None:
        seen.extend(delivery.subject_id for delivery in deliveries)

    handles("test.once", batch=7)(keep)
    yield seen
    del queue._topics["test.once"]


def test_two_workers_deliver_each_message_once(walk: Walk, seen: list[int]) -> None:
    Message.objects.bulk_create(queue.message("test.once", number, at=START) for number in range(300))

    def work() -> None:
        while deliver_due(START + timedelta(hours=1), limit=40):
            pass

    at_once(work, work, work)
    assert sorted(seen) == list(range(300))
    assert not Message.objects.exists()


def test_two_hundred_reports_in_eight_threads_are_all_there(walk: Walk) -> None:
    place = walk.cast.places["unit_2"]

    def send() -> list[str]:
        report = Report("楼道灯坏了。", place, Channel.DOOR, contact=Contact("居民", "13800002222"))
        return [actions.receive(report, actor=DOOR, at=START).matter.number for _time in range(25)]

    answers = at_once(*[send] * 8)
    numbers = [number for answer in answers if isinstance(answer, list) for number in answer]
    assert len(numbers) == len(set(numbers)) == 200
    assert {matter.number for matter in Matter.objects.all()} == set(numbers)
    while deliver_due(START + timedelta(hours=1)):
        pass
    all_is_well()


def test_of_two_workers_in_the_same_morning_one_puts_each_followers_letter(walk: Walk) -> None:
    place = walk.cast.places["yucheng"]
    walk.receive().dispatch()
    for number in range(25):
        actions.ask_to_follow(place, f"box{number}@example.org", language="en", at=START)
    Follower.objects.update(confirmed_at=START, told_on=date(2026, 3, 3))
    morning = datetime(2026, 3, 4, 0, tzinfo=UTC)
    first, second = partial(put_digests, morning), partial(put_digests, morning)
    while_uncommitted(first, second)
    put_in = [key for row in Message.objects.filter(topic=DIGEST) for key in row.data["followers"]]
    assert sorted(put_in) == sorted(Follower.objects.values_list("pk", flat=True))


def test_an_address_that_is_written_twice_at_once_is_one_follower(walk: Walk) -> None:
    place = walk.cast.places["yucheng"]

    def ask() -> None:
        actions.ask_to_follow(place, "box@example.org", language="en", at=START)

    at_once(*[ask] * 4)
    assert Follower.objects.count() == 1
