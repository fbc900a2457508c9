"""A slip is taken back at once by whoever made it: as if it had not been, for the clock and for every figure."""

from datetime import timedelta
from typing import Any

import pytest

from yuanba.demo.cast import Cast
from yuanba.kernel.errors import Denied, NotAllowed, Stale
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import actions
from yuanba.matters.auditing import audit
from yuanba.matters.models import Matter, Notice, Suggestion
from yuanba.matters.queries import triage_queue
from yuanba.matters.story import story_of
from yuanba.matters.tests.walking import Walk
from yuanba.matters.undoing import WITHIN

CLOCK = ("stage", "stage_started_at", "due_at", "warns_at", "total_due_at", "next_alarm_at", "paused_at")


@pytest.fixture
def walk(cast: Cast) -> Walk:
    walk = Walk(cast).receive()
    deliver_due(walk.at)
    walk.matter.refresh_from_db()
    return walk


def shown(matter: Matter) -> dict[str, Any]:
    return {name: getattr(matter, name) for name in CLOCK}


def undo(walk: Walk, by: str, after_seconds: float = 30) -> None:
    walk.at += timedelta(seconds=after_seconds) - timedelta(hours=1)
    walk.do(actions.undo, by=by)


def test_a_claim_taken_back_leaves_the_clock_as_if_it_had_not_been(walk: Walk) -> None:
    before = shown(walk.dispatch().matter)
    walk.claim()
    assert shown(walk.matter) != before
    undo(walk, "street_officer")
    assert (walk.matter.state, shown(walk.matter)) == ("dispatched", before)
    assert audit().breaches == 0
    walk.claim()
    assert walk.matter.stage_started_at == walk.at
    assert audit().breaches == 0


def test_claiming_and_taking_back_again_and_again_gains_no_time(walk: Walk) -> None:
    due = walk.dispatch().matter.due_at
    for _time in range(5):
        walk.claim()
        undo(walk, "street_officer")
    assert walk.matter.due_at == due


def test_a_dispatch_taken_back_lies_where_it_lay_and_stays_sorted(walk: Walk) -> None:
    before, lay_with = shown(walk.matter), walk.matter.owner
    walk.dispatch("transport", "big")
    undo(walk, "centre_clerk")
    assert (walk.matter.state, walk.matter.owner) == ("triaged", lay_with)
    assert (walk.matter.category, walk.matter.tier) == ("roads-lights", "big")
    assert {name: shown(walk.matter)[name] for name in ("stage", "stage_started_at")} == {
        name: before[name] for name in ("stage", "stage_started_at")
    }
    waiting = triage_queue(walk.viewer("community_secretary")).rows
    assert walk.matter.pk in {row.pk for row in waiting}
    assert audit().breaches == 0


def test_it_counts_as_no_refusal_and_as_no_agreement(walk: Walk) -> None:
    walk.dispatch("transport")
    assert Suggestion.objects.get(pk=walk.matter.pk).owner_agreed is False
    undo(walk, "centre_clerk")
    assert walk.matter.refusals == 0
    assert Suggestion.objects.get(pk=walk.matter.pk).owner_agreed is None
    walk.dispatch("shahe")
    assert (walk.matter.state, walk.matter.refusals) == ("dispatched", 0)


def test_the_office_it_was_sent_to_is_told_once_and_nobody_else(walk: Walk) -> None:
    walk.dispatch("transport")
    deliver_due(walk.at)
    told = set(Notice.objects.values_list("pk", flat=True))
    undo(walk, "centre_clerk")
    deliver_due(walk.at)
    fresh = Notice.objects.exclude(pk__in=told)
    assert [(row.kind, row.organization) for row in fresh] == [("recalled", walk.cast.offices["transport"])]


def test_a_claim_taken_back_tells_nobody(walk: Walk) -> None:
    walk.dispatch().claim()
    deliver_due(walk.at)
    told = Notice.objects.count()
    undo(walk, "street_officer")
    deliver_due(walk.at)
    assert Notice.objects.count() == told


def test_only_the_hand_that_did_it_takes_it_back(walk: Walk) -> None:
    walk.dispatch().claim()
    with pytest.raises(Denied):
        undo(walk, "street_leader")
    assert walk.matter.state == "claimed"


def test_whatever_has_happened_since_ends_it(walk: Walk) -> None:
    walk.dispatch().claim()
    walk.do(actions.comment, "看过了", by="street_leader")
    with pytest.raises(NotAllowed) as refused:
        undo(walk, "street_officer")
    assert refused.value.code == "no_slip"


def test_what_was_seen_in_another_version_is_not_taken_back(walk: Walk) -> None:
    walk.dispatch().claim()
    with pytest.raises(Stale):
        walk.do(actions.undo, by="street_officer", version=walk.matter.version - 1)


def test_after_its_time_it_is_too_late(walk: Walk) -> None:
    claimed_at = walk.dispatch().claim().at
    with pytest.raises(NotAllowed) as refused:
        undo(walk, "street_officer", WITHIN.total_seconds() + 1)
    assert refused.value.code == "too_late"
    walk.at = claimed_at
    undo(walk, "street_officer", WITHIN.total_seconds())
    assert walk.matter.state == "dispatched"


def test_taking_back_cannot_itself_be_taken_back(walk: Walk) -> None:
    walk.dispatch().claim()
    undo(walk, "street_officer")
    with pytest.raises(NotAllowed):
        undo(walk, "street_officer", 1)


def test_both_stand_in_the_journal_and_the_resident_reads_of_both(walk: Walk) -> None:
    walk.dispatch().claim()
    undo(walk, "street_officer")
    kinds = Entry.objects.filter(subject_kind="matter", subject_id=walk.matter.pk).order_by("-seq")
    assert list(kinds.values_list("kind", flat=True)[:3]) == ["undo", "claim", "dispatch"]
    titles = [moment.title for moment in story_of(walk.matter, walk.resident)]
    assert titles[:2] == ["Taken back at once by whoever did it", "Claimed"]
