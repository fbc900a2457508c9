"""A request that several joined is pointed to the right place: all of them end with it and are told where to go."""

import pytest
from django.test import Client

from yuanba.demo.cast import Cast
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import actions
from yuanba.matters.auditing import audit
from yuanba.matters.models import Matter, Notice, Tally
from yuanba.matters.story import story_of
from yuanba.matters.tests.walking import Walk


def work_off() -> None:
    while deliver_due():
        pass


@pytest.fixture
def joined(cast: Cast) -> tuple[Walk, Walk]:
    lead = Walk(cast).receive("我要起诉物业公司。")
    other = Walk(cast, at=lead.at).receive("物业公司欠我们的钱。")
    other.do(actions.merge_into, lead.matter.pk, by="centre_clerk")
    lead.at = other.at
    return lead, other


def test_who_joined_is_told_where_to_go_as_well(joined: tuple[Walk, Walk]) -> None:
    lead, other = joined
    lead.do(actions.point_elsewhere, "legal_channel", "属于诉讼", by="centre_clerk")
    other.matter.refresh_from_db()
    assert (other.matter.state, other.matter.outcome, other.matter.lead) == (
        "out_of_scope",
        "out_of_scope",
        None,
    )
    work_off()
    told = Notice.objects.filter(kind="out_of_scope", to_requester=True)
    assert set(told.values_list("matter_id", flat=True)) == {lead.matter.pk, other.matter.pk}
    assert told.count() == 2
    place = told.first().params["right_place"]  # type: ignore[union-attr]
    page = Client().get(f"/m/{other.track_key}/").content.decode()
    assert place in page
    assert story_of(other.matter, other.resident)[0].kind == "done"
    counted = Tally.objects.filter(measure="out_of_scope").values_list("count", flat=True)
    assert sum(counted) == 2
    assert audit().breaches == 0


def test_the_audit_finds_who_was_left_behind(joined: tuple[Walk, Walk]) -> None:
    lead, other = joined
    lead.do(actions.point_elsewhere, "legal_channel", "属于诉讼", by="centre_clerk")
    Matter.objects.filter(pk=other.matter.pk).update(state="merged", outcome="merged", lead=lead.matter)
    assert "merge" in {breach.rule for breach in audit().listed}


def test_a_refused_pointing_leaves_all_as_they_were(joined: tuple[Walk, Walk]) -> None:
    lead, other = joined
    before = list(Matter.objects.order_by("pk").values())
    with pytest.raises(Exception, match="listed"):
        lead.do(actions.point_elsewhere, "nowhere", "属于诉讼", by="centre_clerk")
    assert list(Matter.objects.order_by("pk").values()) == before
    assert other.matter.state == "merged"
