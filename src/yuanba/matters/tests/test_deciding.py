"""The decision table is asked: by what people say of a matter, and by how often it came."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yuanba.demo.cast import Cast
from yuanba.kernel.errors import Invalid
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import actions
from yuanba.matters.actions import Sorting
from yuanba.matters.auditing import audit
from yuanba.matters.deciding import Spot, repeated
from yuanba.matters.models import Matter
from yuanba.matters.story import story_of
from yuanba.matters.tests.api.conftest import Program, make_key
from yuanba.matters.tests.test_sort_page import signed_in, step
from yuanba.matters.tests.walking import Walk
from yuanba.playbooks.decisions import Facts
from yuanba.playbooks.queries import current_playbook

MINOR = "property-management"
"""A kind that is usually a small matter."""
WHOLE_DISTRICT = Facts(affected="district", departments=4, money_yuan=Decimal(1_000_000))


def told(walk: Walk, kind: str) -> dict[str, Any]:
    """The newest entry of a kind."""
    rows = Entry.objects.filter(subject_kind="matter", subject_id=walk.matter.pk, kind=kind)
    entry: dict[str, Any] = json.loads(rows.latest("seq").data)
    return entry


def work_off() -> None:
    while deliver_due():
        pass


def test_what_a_person_says_decides_the_tier_and_the_rows_are_kept(cast: Cast) -> None:
    walk = Walk(cast).receive()
    sorting = Sorting(category="roads-lights", facts=WHOLE_DISTRICT)
    walk.do(actions.dispatch_matter, cast.offices["shahe"], sorting, by="centre_clerk")
    assert walk.matter.tier == "hard"
    assert walk.matter.supervisor == cast.seats["district_leader"].post
    entry = told(walk, "dispatch")
    assert {"H2", "H3", "H4"} <= set(entry["rows"])
    assert entry["facts"] == {"affected": "district", "departments": 4, "money_yuan": "1000000"}
    assert "overrides" not in entry
    assert audit().breaches == 0


def test_who_chooses_otherwise_is_journaled_as_such(cast: Cast) -> None:
    walk = Walk(cast).receive()
    sorting = Sorting(
        category="roads-lights",
        tier="small",
        facts=Facts(departments=2),
        tier_reason="换个灯泡，社区就能办。",
    )
    walk.do(actions.triage_matter, sorting, by="centre_clerk")
    assert walk.matter.tier == "small"
    entry = told(walk, "triage")
    assert (entry["tier"], entry["overrides"], entry["rows"]) == ("small", "big", ["B4"])
    note = walk.matter.notes.get(pk=entry["note"])
    assert (note.kind, note.text) == ("reason", "换个灯泡，社区就能办。")
    assert note.text in story_of(walk.matter, walk.viewer("centre_clerk"))[0].body
    assert not any(note.text in moment.body for moment in story_of(walk.matter, walk.resident))


def test_who_chooses_otherwise_says_why(cast: Cast) -> None:
    walk = Walk(cast).receive()
    for reason in ("", "  \n"):
        sorting = Sorting(category="roads-lights", tier="small", tier_reason=reason)
        with pytest.raises(Invalid) as refused:
            walk.do(actions.dispatch_matter, cast.offices["yucheng"], sorting, by="centre_clerk")
        assert (refused.value.field, refused.value.code) == ("tier_reason", "overrides_table")
        assert "大事" in refused.value.message
    assert walk.matter.state == "received"
    by_table = Sorting(category="roads-lights", tier="big")
    walk.do(actions.dispatch_matter, cast.offices["shahe"], by_table, by="centre_clerk")
    assert (walk.matter.tier, walk.matter.notes.count()) == ("big", 0)


def test_a_tier_that_stays_is_not_asked_about_again(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch("yucheng", "small").claim("community_secretary")
    walk.do(actions.climb, "要区里定", tier="hard", by="community_secretary")
    walk.do(actions.recall, "重派", by="centre_clerk")
    stays = Sorting(category="roads-lights", tier="hard", facts=Facts())
    walk.do(actions.dispatch_matter, cast.offices["shahe"], stays, by="centre_clerk")
    assert (walk.matter.tier, told(walk, "dispatch")["overrides"]) == ("hard", "big")
    walk.do(actions.recall, "重派", by="centre_clerk")
    for other in (
        Sorting(category="roads-lights", tier="small"),
        Sorting(category="noise", tier="hard"),
        Sorting(category="roads-lights", tier="hard", facts=Facts(departments=2)),
    ):
        with pytest.raises(Invalid) as refused:
            walk.do(actions.dispatch_matter, cast.offices["shahe"], other, by="centre_clerk")
        assert refused.value.field == "tier_reason"


def test_one_press_takes_the_tables_tier_and_types_nothing(cast: Cast) -> None:
    walk = Walk(cast).receive(category="roads-lights")
    work_off()
    answer = signed_in(cast, "centre_clerk").post(f"/triage/{walk.matter.number}/take/")
    walk.matter.refresh_from_db()
    assert (answer.status_code, walk.matter.state, walk.matter.tier) == (302, "dispatched", "big")
    assert "overrides" not in told(walk, "dispatch")


def test_page_and_api_ask_for_the_reason_at_its_field(cast: Cast) -> None:
    walk = Walk(cast).receive()
    clerk = signed_in(cast, "centre_clerk")
    said = {"category": "roads-lights", "tier": "small"}
    answer = step(clerk, walk, "triage", **said)
    assert answer.status_code == 422
    assert 'id="id_triage-tier_reason_error"' in answer.content.decode()
    assert step(clerk, walk, "triage", **said, tier_reason="社区就能办").status_code == 302
    program = Program(make_key("dispatch"))
    other = Walk(cast, at=walk.at).receive()
    moves = f"/matters/{other.matter.number}/moves/triage"
    refused = program.post(moves, said)
    assert refused.status_code == 422
    assert [row["field"] for row in refused.json()["errors"]] == ["tier_reason"]
    assert program.post(moves, said | {"tier_reason": "社区就能办"}).status_code == 200


def test_what_was_said_is_remembered_until_somebody_says_otherwise(cast: Cast) -> None:
    walk = Walk(cast).receive()
    first = Sorting(category=MINOR, facts=Facts(departments=2))
    walk.do(actions.triage_matter, first, by="centre_clerk")
    walk.do(actions.triage_matter, Sorting(tier="big"), by="centre_clerk")
    assert told(walk, "triage")["facts"] == {"departments": 2}
    walk.do(actions.triage_matter, Sorting(facts=Facts(departments=1)), by="centre_clerk")
    assert (told(walk, "triage")["rows"], walk.matter.tier) == ([], "small")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (Facts(affected="planet"), "affected"),  # type: ignore[arg-type]
        (Facts(power="king"), "power"),  # type: ignore[arg-type]
        (Facts(departments=-1), "departments"),
        (Facts(money_yuan=Decimal("NaN")), "money_yuan"),
        (Facts(money_yuan=Decimal(5), public_money=False), "money_yuan"),
    ],
)
def test_facts_that_make_no_sense_are_refused(cast: Cast, facts: Facts, field: str) -> None:
    walk = Walk(cast).receive()
    with pytest.raises(Invalid) as refused:
        walk.do(actions.triage_matter, Sorting(category="roads-lights", facts=facts), by="centre_clerk")
    assert refused.value.field == field
    assert Matter.objects.get(pk=walk.matter.pk).version == walk.matter.version


def test_the_fourth_of_a_kind_at_one_place_rises_by_the_table(cast: Cast) -> None:
    walks = [Walk(cast).receive(category=MINOR) for _each in range(4)]
    elsewhere = Walk(cast).receive(category=MINOR, place="building_4")
    hidden = Walk(cast).receive(category=MINOR, place="square", confidential=True)
    after_hidden = [Walk(cast).receive(category=MINOR, place="square") for _each in range(3)]
    work_off()
    tiers = [
        Matter.objects.get(pk=walk.matter.pk).tier for walk in (*walks, elsewhere, hidden, *after_hidden)
    ]
    assert tiers == ["small", "small", "small", "big", "small", "small", "small", "small", "small"]
    why = Matter.objects.get(pk=walks[3].matter.pk).suggestion.proposals
    assert any("B5" in reason for row in why if row["aspect"] == "tier" for reason in row["why"])
    # Stored one after another, it is the same as in one batch; whoever sorts it sees the same rows.
    last = Walk(cast).receive(category=MINOR)
    work_off()
    last.do(actions.triage_matter, Sorting(facts=Facts()), by="centre_clerk")
    assert last.matter.tier == "big"
    assert (told(last, "triage")["rows"], told(last, "triage")["repeated"]) == (["B5"], 4)


def test_what_is_promised_first_is_what_the_table_gives_for_the_category_chosen(cast: Cast) -> None:
    walks = [Walk(cast).receive(category=kind) for kind in ("roads-lights", MINOR, MINOR, MINOR, MINOR, "")]
    first = [(walk.matter.tier, walk.matter.total_due_at, walk.matter.due_at) for walk in walks]
    assert [tier for tier, *_due in first] == ["big", "small", "small", "small", "big", "small"]
    received = [told(walk, "received")["tier"] for walk in walks]
    assert received == [tier for tier, *_due in first]
    work_off()
    for walk, promised in list(zip(walks, first, strict=True))[:-1]:
        walk.matter.refresh_from_db()
        assert (walk.matter.tier, walk.matter.total_due_at, walk.matter.due_at) == promised
    assert audit().breaches == 0


def test_counting_asks_once_and_counts_no_further_than_the_table(cast: Cast) -> None:
    path = cast.places["unit_2"].path
    for _each in range(9):
        Walk(cast).receive(category=MINOR)
    spots, playbook = [Spot(2**40 + number, path, MINOR) for number in range(3)], current_playbook().playbook
    with CaptureQueriesContext(connection) as seen:
        found = repeated(spots, playbook)
    assert len(seen) == 1
    assert set(found.values()) == {7}


def test_the_page_shows_what_fired_and_what_is_still_to_ask(cast: Cast) -> None:
    walk = Walk(cast).receive()
    clerk = signed_in(cast, "centre_clerk")
    address = f"/matters/{walk.matter.number}/"
    assert "要四个以上部门一起办" in clerk.get(address).content.decode()
    answer = step(clerk, walk, "triage", category="roads-lights", departments="2")
    assert answer.status_code == 302
    assert walk.matter.tier == "big"
    page = clerk.get(address).content.decode()
    assert "B4 要两个以上部门一起办" in page
    assert 'value="2"' in page.split('name="triage-departments"')[1].split(">")[0]


def test_nonsense_on_the_page_comes_back_at_its_field(cast: Cast) -> None:
    walk = Walk(cast).receive()
    clerk = signed_in(cast, "centre_clerk")
    said = {"category": "roads-lights", "money_yuan": "一百万", "departments": "-2"}
    answer = step(clerk, walk, "triage", **said)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'value="一百万"' in page
    assert 'id="id_triage-money_yuan_error"' in page
    assert 'id="id_triage-departments_error"' in page
    said = {"category": "roads-lights", "money_yuan": "5", "public_money": "no"}
    assert step(clerk, walk, "triage", **said).status_code == 422
    assert walk.matter.state == "received"
