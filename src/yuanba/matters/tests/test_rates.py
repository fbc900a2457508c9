"""The three rates from what residents said."""

from datetime import date
from decimal import Decimal

import pytest

from yuanba.demo.cast import Cast
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import actions
from yuanba.matters.actions import Opinion
from yuanba.matters.auditing import audit
from yuanba.matters.models import Tally
from yuanba.matters.rates import figures_of, rates_from, rates_of
from yuanba.matters.tests.walking import Walk
from yuanba.playbooks.queries import current_playbook

SINCE, UNTIL = date(2026, 1, 1), date(2026, 12, 31)


def work_off() -> None:
    while deliver_due():
        pass


def sums(**counts: int) -> dict[str, int]:
    return {
        "said": 10,
        "said_of_contact": 10,
        "said_contacted": 9,
        "said_solved": 8,
        "said_satisfied": 6,
        "said_basically": 2,
        "said_unsatisfied": 2,
    } | counts


def test_rates_are_shares_of_what_residents_said_weighted_by_the_playbook(cast: Cast) -> None:
    playbook = current_playbook().playbook
    found = rates_from(sums(), playbook)
    scores, weights = playbook.rates.satisfaction_scores, playbook.rates.weights
    content = (6 * scores.satisfied + 2 * scores.basically) * 10
    assert (found.response.percent, found.resolution.percent) == (Decimal("90.0"), Decimal("80.0"))
    assert found.satisfaction.percent == content.quantize(Decimal("0.1"))
    expected = 90 * weights.response + 80 * weights.resolution + content * weights.satisfaction
    assert found.score == expected.quantize(Decimal("0.1"))


def test_tiny_numbers_are_not_published(cast: Cast) -> None:
    playbook = current_playbook().playbook
    least = playbook.rates.publish_at_least
    hidden = rates_from(sums(said=least - 1, said_of_contact=least - 1), playbook)
    assert (hidden.response.percent, hidden.resolution.percent, hidden.score) == (None, None, None)
    assert rates_from(sums(said=least), playbook).response.percent is not None
    assert rates_from({}, playbook).score is None


def test_a_side_question_left_blank_is_no_no(cast: Cast) -> None:
    for opinion in (Opinion(contacted=True, satisfaction="satisfied"), Opinion()):
        walk = Walk(cast).receive().dispatch().claim().answer()
        walk.do(actions.confirm, opinion, by=walk.resident)
    work_off()
    found = rates_of(cast.places["district"], SINCE, UNTIL)
    told = [(rate.numerator, rate.denominator) for rate in (found.response, found.resolution)]
    assert told == [(1, 1), (2, 2)]
    assert found.satisfaction.denominator == 1
    assert found.satisfaction.numerator == current_playbook().playbook.rates.satisfaction_scores.satisfied
    assert audit().breaches == 0


def test_a_resident_who_speaks_again_of_the_same_answer_counts_once(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch().claim().answer().confirm()
    work_off()
    again = Opinion(contacted=False, satisfaction="unsatisfied", said="又坏了")
    walk.do(actions.not_solved, again, by=walk.resident)
    work_off()
    kept = {row.measure: row.count for row in Tally.objects.filter(measure__startswith="said") if row.count}
    assert kept == {"said": 1, "said_of_contact": 1, "said_unsatisfied": 1}
    assert rates_of(cast.places["district"], SINCE, UNTIL).response.denominator == 1


def test_a_board_counts_its_own_place_and_all_below(cast: Cast) -> None:
    Walk(cast).receive(place="unit_2").dispatch().claim().answer().confirm().close()
    Walk(cast).receive(place="yucheng")
    Walk(cast).receive(place="square")
    work_off()
    shahe = figures_of(cast.places["shahe"], SINCE, UNTIL)
    assert (shahe.open, shahe.received, shahe.solved, shahe.no_answer) == (1, 2, 1, 0)
    assert figures_of(cast.places["district"], SINCE, UNTIL).open == 2
    assert figures_of(cast.places["longbao"], SINCE, UNTIL).received == 0


def test_what_was_closed_without_a_word_is_never_solved(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch().claim().answer()
    walk.tick(24 * 60)
    actions.take_due_steps(walk.at)
    work_off()
    district = figures_of(cast.places["district"], SINCE, UNTIL)
    assert (district.solved, district.no_answer, district.open) == (0, 1, 0)


@pytest.mark.parametrize("rule", ["residents_answered", "answered", "closed"])
def test_the_denominator_is_the_playbook_s(cast: Cast, rule: str) -> None:
    playbook = current_playbook().playbook
    rates = playbook.rates.model_copy(update={"denominator": rule})
    told = sums(answered=20, closed_solved=30, closed_no_answer=10)
    expected = {"residents_answered": 10, "answered": 20, "closed": 40}[rule]
    assert rates_from(told, playbook.model_copy(update={"rates": rates})).response.denominator == expected
