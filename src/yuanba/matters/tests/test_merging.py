"""Joining takes from a matter neither its tier nor its day nor its leader's watch, and tells who had it in hand."""

import pytest

from yuanba.demo.cast import Cast
from yuanba.kernel.errors import Denied, Invalid, NotAllowed
from yuanba.kernel.journal.verification import verify
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import actions
from yuanba.matters.actions import Sorting
from yuanba.matters.auditing import audit
from yuanba.matters.models import Alarm, Notice, Party
from yuanba.matters.pages.moves import offers
from yuanba.matters.tests.walking import START, Walk


def merge(walk: Walk, lead: Walk, by: str = "centre_clerk") -> None:
    walk.at = max(walk.at, lead.at)
    walk.do(actions.merge_into, lead.matter.pk, by=by)
    lead.matter.refresh_from_db()


def told(walk: Walk, kind: str) -> list[object]:
    deliver_due(walk.at)
    return [row.organization or row.post for row in Notice.objects.filter(matter=walk.matter, kind=kind)]


def refused(walk: Walk, lead: Walk) -> str:
    with pytest.raises(Invalid) as error:
        merge(walk, lead)
    assert error.value.field == "lead"
    walk.matter.refresh_from_db()
    assert walk.matter.lead_id is None
    return error.value.code


def test_a_hard_matter_does_not_become_a_small_one(cast: Cast) -> None:
    hard = Walk(cast).receive().dispatch("education", "hard").claim("education_handler")
    small = Walk(cast, at=hard.at).receive().dispatch("yucheng", "small")
    assert refused(hard, small) == "lower_tier"
    assert hard.matter.supervisor == cast.seats["district_leader"].post


def test_one_due_tomorrow_does_not_get_this_mornings_deadline(cast: Cast) -> None:
    old = Walk(cast).receive().dispatch("shahe", "small").claim()
    new = Walk(cast, at=START).receive()
    new.tick(24 * 4)
    late = Walk(cast, at=new.at).receive().dispatch("shahe", "small")
    assert refused(old, late) == "later_deadline"
    merge(late, old)
    assert (late.matter.state, late.matter.lead) == ("merged", old.matter)
    assert audit().breaches == 0


def test_what_was_promised_soon_does_not_join_what_has_a_year(cast: Cast) -> None:
    hard = Walk(cast).receive().dispatch("education", "hard")
    small = Walk(cast, at=hard.at).receive().dispatch("shahe", "small")
    assert refused(small, hard) == "later_deadline"


def test_what_nobody_has_sorted_takes_the_tier_of_what_it_joins(cast: Cast) -> None:
    lead = Walk(cast).receive().dispatch("shahe", "big").claim()
    new = Walk(cast, at=lead.at).receive()
    assert new.matter.total_due_at < lead.matter.total_due_at
    merge(new, lead)
    assert new.matter.lead == lead.matter
    # But not where it came in before: then its day would be put off.
    early = Walk(cast).receive()
    early.tick(24 * 4)
    later = Walk(cast, at=early.at).receive().dispatch("shahe", "big")
    assert refused(early, later) == "later_deadline"


def test_the_leader_watches_over_what_it_joined(cast: Cast) -> None:
    lead = Walk(cast).receive().dispatch("shahe").claim()
    walk = Walk(cast, at=lead.at).receive().dispatch("transport").claim("transport_handler")
    walk.do(actions.supervise, by="district_leader")
    merge(walk, lead)
    leader = cast.seats["district_leader"].post
    assert lead.matter.supervisor == leader
    assert told(walk, "joined_another") == [cast.offices["transport"], leader]
    assert (audit().breaches, verify().broken) == (0, 0)


def test_a_watch_that_is_there_already_stays(cast: Cast) -> None:
    lead = Walk(cast).receive().dispatch("shahe").claim()
    lead.do(actions.supervise, by="street_leader")
    walk = Walk(cast, at=lead.at).receive().dispatch("shahe").claim()
    walk.do(actions.supervise, by="district_leader")
    merge(walk, lead)
    assert lead.matter.supervisor == cast.seats["street_leader"].post
    # Its owner goes on with it in the other; only the leader has to hear of it.
    assert told(walk, "joined_another") == [cast.seats["district_leader"].post]


def test_those_called_hear_that_nobody_waits_for_them_there(cast: Cast) -> None:
    lead = Walk(cast).receive().dispatch("shahe").claim()
    walk = Walk(cast, at=lead.at).receive().dispatch("shahe").claim()
    walk.do(actions.whistle, [cast.offices["police"]], "请到现场", by="street_officer")
    party = Party.objects.get()
    merge(walk, lead)
    party.refresh_from_db()
    assert (party.ended_at, party.next_alarm_at) == (walk.at, None)
    assert told(walk, "call_ended") == [cast.offices["police"]]
    with pytest.raises(NotAllowed):
        actions.check_in(party.pk, actor=walk.viewer("police_handler"), at=walk.tick())
    actions.take_due_steps(party.report_due_at)
    assert not Alarm.objects.filter(span=f"call:{party.pk}").exists()


@pytest.mark.parametrize("owner", ["shahe", "transport"])
def test_a_community_merges_away_nothing_that_another_office_has(cast: Cast, owner: str) -> None:
    lead = Walk(cast).receive().dispatch("yucheng", "small")
    walk = Walk(cast, at=lead.at).receive().dispatch(owner, "small")
    with pytest.raises(Denied):
        merge(walk, lead, by="community_secretary")
    secretary = walk.viewer("community_secretary")
    assert "merge" not in {offer.move.name for offer in offers(walk.matter, secretary)}
    # What is its own it may still join to what a level above has in hand.
    merge(lead, walk, by="community_secretary")
    assert lead.matter.lead == walk.matter


def test_sorted_alike_they_join(cast: Cast) -> None:
    hard = Walk(cast).receive().dispatch("education", "hard")
    small = Walk(cast, at=hard.at).receive()
    small.do(
        actions.triage_matter,
        Sorting(category="roads-lights", tier="small", tier_reason="社区就能办"),
        by="centre_clerk",
    )
    assert refused(small, hard) == "later_deadline"
    small.do(actions.triage_matter, Sorting(tier="hard", tier_reason="要区里定"), by="centre_clerk")
    merge(small, hard)
    assert small.matter.lead == hard.matter
