"""Leaving requests out of the three rates: two persons, a published reason, and the numbers that follow."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from yuanba.demo.cast import Cast
from yuanba.kernel.authority import system
from yuanba.kernel.errors import Denied, Invalid, Missing, NotAllowed
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import actions
from yuanba.matters.actions import Opinion
from yuanba.matters.auditing import audit
from yuanba.matters.models import Exclusion, Notice, Tally
from yuanba.matters.queries import moves_for
from yuanba.matters.rates import Rates, figures_of, rates_from, sums_of
from yuanba.matters.story import story_of
from yuanba.matters.tests.api.conftest import Program, make_key
from yuanba.matters.tests.walking import Walk
from yuanba.people.actions import hand_over_post
from yuanba.playbooks.queries import current_playbook

SINCE, UNTIL = date(2026, 1, 1), date(2026, 12, 31)
REASON = ("done-and-explained", "8月2日现场核实，附签字的解释记录。")


def work_off() -> None:
    while deliver_due():
        pass


def rates(cast: Cast) -> Rates:
    work_off()
    return rates_from(sums_of(cast.places["district"], SINCE, UNTIL), current_playbook().playbook)


@pytest.fixture
def walk(cast: Cast) -> Walk:
    """A request to the street, closed at the resident's word."""
    return Walk(cast).receive().dispatch().claim().answer().confirm().close()


def propose(walk: Walk, by: str = "street_leader") -> Exclusion:
    made: Exclusion = walk.do(actions.propose_exclusion, *REASON, by=by)
    return made


def decide(walk: Walk, by: str = "centre_arbiter", *, approve: bool = True) -> Exclusion:
    made: Exclusion = walk.do(actions.decide_exclusion, by=by, approve=approve, reason="记录齐全")
    return made


def test_a_request_left_out_is_in_no_rate_but_stays_in_the_counts_and_is_published(walk: Walk) -> None:
    Walk(walk.cast).receive().dispatch().claim().answer().confirm().close()
    assert (rates(walk.cast).resolution.denominator, rates(walk.cast).excluded) == (2, 0)
    propose(walk)
    assert (rates(walk.cast).resolution.denominator, rates(walk.cast).excluded) == (2, 0)
    decide(walk)
    found = rates(walk.cast)
    assert (found.resolution.denominator, found.excluded) == (1, 1)
    assert {found.response.numerator, found.resolution.numerator, found.satisfaction.numerator} == {
        Decimal(1)
    }
    assert figures_of(walk.cast.places["district"], SINCE, UNTIL).solved == 2
    assert audit().breaches == 0


@pytest.mark.parametrize("rule", ["residents_answered", "answered", "closed"])
def test_it_leaves_every_denominator_a_playbook_may_choose(walk: Walk, rule: str) -> None:
    propose(walk)
    decide(walk)
    work_off()
    sums = {row.measure: row.count for row in Tally.objects.exclude(day=Tally.NOW)}
    playbook = current_playbook().playbook
    chosen = playbook.model_copy(update={"rates": playbook.rates.model_copy(update={"denominator": rule})})
    assert rates_from(sums, chosen).resolution.denominator == 0


def test_a_close_without_a_word_can_be_left_out_too(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch().claim().answer()
    walk.tick(24 * 60)
    actions.take_due_steps(walk.at)
    walk.matter.refresh_from_db()
    propose(walk)
    assert [row[1] for row in decide(walk).left_out if "closed" in row[1]] == ["minus_closed_no_answer"]
    assert rates(cast).excluded == 1
    assert audit().breaches == 0


def test_all_rounds_of_a_reopened_request_are_left_out(walk: Walk) -> None:
    walk.do(actions.not_solved, Opinion(said="又坏了", satisfaction="unsatisfied"), by=walk.resident)
    walk.answer().confirm().close()
    assert rates(walk.cast).resolution.denominator == 2
    propose(walk)
    decide(walk)
    assert rates(walk.cast).resolution.denominator == 0
    assert audit().breaches == 0


def test_two_persons_decide_and_the_second_stands_above_the_office_or_in_the_centre(walk: Walk) -> None:
    propose(walk)
    for name in ("street_leader", "street_officer", "community_secretary", "centre_clerk"):
        with pytest.raises(Denied):
            decide(walk, name)
    with pytest.raises(Missing):
        decide(walk, "neighbour_secretary")
    assert decide(walk, "district_leader").approved


def test_whoever_proposed_does_not_decide_even_in_the_centre(walk: Walk) -> None:
    propose(walk, by="centre_arbiter")
    with pytest.raises(Denied):
        decide(walk, "centre_arbiter")
    assert not Exclusion.objects.get().approved


def test_the_street_decides_about_its_community_but_not_about_itself(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch("yucheng", "small").claim("community_secretary")
    walk.answer("community_secretary").confirm().close()
    propose(walk, by="community_secretary")
    assert decide(walk, "street_leader").approved


def test_a_second_post_does_not_make_a_second_person(walk: Walk) -> None:
    propose(walk, by="centre_clerk")
    seats = walk.cast.seats
    person = seats["centre_clerk"].person
    post = seats["centre_arbiter"].post.pk
    hand_over_post(post, person, on=walk.at.date(), actor=system("test"), at=walk.at)
    assert "decide_exclusion" in {move.name for move in moves_for(walk.viewer("centre_clerk"), walk.matter)}
    with pytest.raises(Denied):
        decide(walk, "centre_clerk")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE matters_exclusion SET approved = TRUE, decided_at = proposed_at",
        "UPDATE matters_exclusion SET approved = TRUE, decided_at = proposed_at, decider_id = proposer_id",
        "UPDATE matters_exclusion SET approved = FALSE",
        "UPDATE matters_exclusion SET reason = ''",
        "UPDATE matters_exclusion SET ended_at = proposed_at",
        "INSERT INTO matters_exclusion (matter_id, reason, proposer_id, proposed_at, left_out) "
        "SELECT matter_id, reason, proposer_id, proposed_at, left_out FROM matters_exclusion",
    ],
)
def test_the_database_itself_keeps_the_rules(walk: Walk, sql: str) -> None:
    propose(walk)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    ("args", "field"),
    [(("not-a-reason", "附记录"), "reason"), (("emergency", "  "), "explanation")],
)
def test_only_a_listed_reason_with_what_shows_it(walk: Walk, args: tuple[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        walk.do(actions.propose_exclusion, *args, by="street_leader")
    assert refused.value.field == field
    assert not Exclusion.objects.exists()


def test_what_is_open_pending_or_not_proposed_is_refused(walk: Walk) -> None:
    with pytest.raises(NotAllowed, match="waiting"):
        decide(walk)
    propose(walk)
    with pytest.raises(NotAllowed):
        propose(walk)
    decide(walk, approve=False)
    propose(walk)
    decide(walk)
    with pytest.raises(NotAllowed):
        propose(walk)
    with pytest.raises(NotAllowed):
        decide(walk)
    other = Walk(walk.cast).receive().dispatch().claim()
    with pytest.raises(NotAllowed):
        propose(other)


def test_a_key_is_nobody_and_can_neither_propose_nor_agree(walk: Walk) -> None:
    key = system("key")
    with pytest.raises(Denied):
        walk.do(actions.propose_exclusion, *REASON, by=key)
    propose(walk)
    with pytest.raises(Denied):
        walk.do(actions.decide_exclusion, by=key, approve=True, reason="同意")


def test_what_was_turned_down_counts_as_before(walk: Walk) -> None:
    before = rates(walk.cast)
    propose(walk)
    decide(walk, approve=False)
    assert rates(walk.cast) == before
    assert audit().breaches == 0


def test_a_resident_who_speaks_again_counts_again(walk: Walk) -> None:
    propose(walk)
    decide(walk)
    assert rates(walk.cast).excluded == 1
    walk.do(actions.not_solved, Opinion(said="灯又灭了", satisfaction="unsatisfied"), by=walk.resident)
    found = rates(walk.cast)
    assert (found.excluded, found.resolution.denominator) == (0, 1)
    assert found.resolution.numerator == 0
    assert Exclusion.objects.get().ended_at == walk.at
    assert audit().breaches == 0
    walk.answer().confirm().close()
    propose(walk)
    decide(walk)
    assert (rates(walk.cast).excluded, rates(walk.cast).resolution.denominator) == (1, 0)
    assert audit().breaches == 0


def test_who_withdraws_after_being_left_out_is_left_out_no_more(cast: Cast) -> None:
    lead, other = Walk(cast).receive(), Walk(cast).receive()
    other.do(actions.merge_into, lead.matter.pk, by="centre_clerk")
    lead.at = other.at
    lead.dispatch().claim().answer().confirm()
    other.at = lead.at
    lead.matter.refresh_from_db()
    lead.close()
    other.at = lead.at
    propose(other, by="centre_clerk")
    decide(other)
    assert (rates(cast).excluded, audit().breaches) == (1, 0)
    other.do(actions.withdraw, by=other.resident)
    assert other.matter.state == "withdrawn"
    assert (rates(cast).excluded, audit().breaches) == (0, 0)
    assert Exclusion.objects.get().ended_at == other.at


def test_a_proposal_ends_when_the_matter_is_opened_again(walk: Walk) -> None:
    propose(walk)
    walk.do(actions.not_solved, Opinion(said="灯又灭了"), by=walk.resident)
    assert (Exclusion.objects.get().approved, Exclusion.objects.get().decider) == (False, None)
    with pytest.raises(NotAllowed):
        decide(walk)


def test_each_of_several_requests_joined_in_one_is_left_out_on_its_own(cast: Cast) -> None:
    lead, other = Walk(cast).receive(), Walk(cast).receive()
    other.do(actions.merge_into, lead.matter.pk, by="centre_clerk")
    with pytest.raises(NotAllowed, match="still open"):
        other.do(actions.propose_exclusion, *REASON, by="centre_clerk")
    lead.at = other.at
    lead.dispatch().claim().answer()
    other.at = lead.at
    other.confirm()
    lead.at = other.at
    lead.matter.refresh_from_db()
    if lead.matter.state == "answered":
        lead.confirm()
    lead.close()
    other.at = lead.at
    said = rates(cast).resolution.denominator
    other.do(actions.propose_exclusion, *REASON, by="centre_clerk")
    with pytest.raises(Denied):
        decide(other, "street_leader")
    decide(other)
    assert (rates(cast).resolution.denominator, rates(cast).excluded) == (said - 1, 1)
    assert audit().breaches == 0
    other.do(actions.not_solved, Opinion(said="没有修好"), by=other.resident)
    assert (rates(cast).excluded, audit().breaches) == (0, 0)


def test_it_is_journaled_told_and_in_the_story_of_those_it_concerns(walk: Walk) -> None:
    work_off()
    propose(walk)
    decide(walk)
    work_off()
    entries = Entry.objects.filter(subject_kind="matter", subject_id=walk.matter.pk).order_by("-seq")
    assert [entry.kind for entry in entries[:2]] == ["decide_exclusion", "propose_exclusion"]
    data = json.loads(entries[0].data)
    assert (data["approved"], data["reason"], data["left_out"]) == (
        True,
        REASON[0],
        Exclusion.objects.get().left_out,
    )
    told = {row.kind: row.organization_id for row in Notice.objects.filter(kind__startswith="exclusion")}
    centre, street = walk.cast.offices["centre"].pk, walk.cast.offices["shahe"].pk
    assert told == {"exclusion_proposed": centre, "exclusion_decided": street}
    office = story_of(walk.matter, walk.viewer("street_officer"))
    assert REASON[1] in office[1].body
    own = [moment for moment in story_of(walk.matter, walk.resident) if "rates" in moment.title]
    assert len(own) == 1
    assert "记录齐全" not in own[0].body
    assert "当面解释" in own[0].body


def test_the_audit_finds_what_was_left_out_by_hand(walk: Walk) -> None:
    propose(walk)
    decide(walk)
    work_off()
    Exclusion.objects.update(left_out=[["2026-03-03", "excluded"]])
    assert {breach.rule for breach in audit().listed} == {"exclusion", "counts"}
    Exclusion.objects.update(ended_at=walk.at)
    assert {breach.rule for breach in audit().listed} == {"counts"}


@pytest.mark.parametrize("measure", ["said_solved", "excluded", "minus_said"])
def test_the_audit_finds_a_wrong_count_of_a_rate(walk: Walk, measure: str) -> None:
    propose(walk)
    decide(walk)
    work_off()
    assert audit().breaches == 0
    Tally.objects.filter(measure=measure).update(count=3)
    (breach,) = audit().listed
    assert (breach.rule, measure in breach.subject) == ("counts", True)


def test_the_moves_are_offered_only_where_the_power_reaches(walk: Walk) -> None:
    names = {"propose_exclusion", "decide_exclusion"}

    def offered(name: str) -> set[str]:
        return {move.name for move in moves_for(walk.viewer(name), walk.matter)} & names

    assert offered("street_officer") == set()
    assert offered("street_leader") == names
    assert offered("centre_clerk") == {"propose_exclusion"}
    assert offered("district_leader") == {"decide_exclusion"}


def signed_in(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.seats[name].account, "allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_it_is_proposed_and_decided_on_the_page_and_the_board_says_how_many(walk: Walk) -> None:
    cast = walk.cast
    for _time in range(5):
        Walk(cast, at=walk.at).receive().dispatch().claim().answer().confirm().close()
    move = f"/matters/{walk.matter.number}/moves"
    leader, arbiter = signed_in(cast, "street_leader"), signed_in(cast, "centre_arbiter")
    form = {"propose_exclusion-reason": REASON[0], "propose_exclusion-explanation": REASON[1]}
    assert leader.post(f"{move}/propose_exclusion/", form).status_code == 302
    page = leader.get(f"/matters/{walk.matter.number}/").content.decode()
    assert "do-decide_exclusion" not in page
    assert "当面解释" in page
    assert "do-decide_exclusion" in arbiter.get(f"/matters/{walk.matter.number}/").content.decode()
    form = {"decide_exclusion-approve": "yes", "decide_exclusion-reason": "记录齐全"}
    assert leader.post(f"{move}/decide_exclusion/", form).status_code == 403
    assert arbiter.post(f"{move}/decide_exclusion/", form).status_code == 302
    work_off()
    Tally.objects.exclude(day=Tally.NOW).update(day=timezone.localdate())
    board = Client().get("/board/", headers={"Accept-Language": "en"}).content.decode()
    assert "5 / 5" in board.replace("\n", " ")
    assert "1 request is left out of these rates" in " ".join(board.split())


def test_the_api_takes_the_same_two_persons_and_no_key(walk: Walk) -> None:
    key = make_key("dispatch", "handle", "close", "read")
    address = f"/api/v1/matters/{walk.matter.number}/moves"
    body = {"reason": REASON[0], "explanation": REASON[1]}
    program = Program(key)
    moves = f"/matters/{walk.matter.number}/moves"
    assert program.post(f"{moves}/propose_exclusion", body).status_code == 403
    decision = {"approve": True, "reason": "属实"}
    sent: dict[str, Any] = {"content_type": "application/json"}
    by_leader = signed_in(walk.cast, "street_leader").post(f"{address}/propose_exclusion", body, **sent)
    assert (by_leader.status_code, by_leader.json()["state"]) == (200, "closed")
    assert program.post(f"{moves}/decide_exclusion", decision).status_code == 403
    second = signed_in(walk.cast, "district_leader").post(f"{address}/decide_exclusion", decision, **sent)
    assert second.status_code == 200
    codes = [rule["code"] for rule in program.get("/playbook").json()["exclusions"]]
    assert REASON[0] in codes
    kinds = [row["kind"] for row in program.get(f"/matters/{walk.matter.number}/timeline").json()["entries"]]
    assert kinds[-2:] == ["propose_exclusion", "decide_exclusion"]
