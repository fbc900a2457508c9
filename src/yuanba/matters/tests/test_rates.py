"""The three rates from what residents said."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from yuanba.demo.cast import Cast
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import actions, queries
from yuanba.matters.actions import Opinion
from yuanba.matters.auditing import audit
from yuanba.matters.models import Channel, Tally, Verdict
from yuanba.matters.queries import resident_of
from yuanba.matters.rates import Figures, figures_of, published, rates_from, sums_of
from yuanba.matters.reporting import Contact, Report
from yuanba.matters.story import story_of
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


def test_what_an_office_recorded_is_counted_beside_the_rates(cast: Cast) -> None:
    """In a call back, or through the link of what it brought in itself; what a resident says is not."""
    own = Walk(cast).receive().dispatch().claim().answer().confirm()
    called = Walk(cast, at=own.at).receive().dispatch().claim().answer()
    called.do(actions.confirm, Opinion(contacted=True, said="电话里说亮了"), by="centre_clerk")
    clerk = cast.viewer("street_officer")
    report = Report(
        "路灯坏了。", cast.places["unit_2"], Channel.VISIT, contact=Contact("居民丙", "13800005679")
    )
    receipt = actions.receive(report, actor=clerk, at=called.at)
    held = Walk(cast, at=called.at)
    held.matter, held.track_key = receipt.matter, receipt.track_key
    held.dispatch().claim().answer()
    through = resident_of(held.matter, held.track_key)
    held.do(actions.not_solved, Opinion(said="还没亮"), by=through)
    held.answer()
    held.do(actions.confirm, Opinion(contacted=True), by=through)
    work_off()
    rates = rates_from(sums_of(cast.places["district"], SINCE, UNTIL), current_playbook().playbook)
    assert (rates.resolution.denominator, rates.by_office) == (4, 3)
    marked = Verdict.objects.filter(by_office=True).values_list("matter_id", flat=True)
    assert set(marked) == {called.matter.pk, held.matter.pk}
    with translation.override("en"):
        told = {moment.who for moment in story_of(held.matter, cast.viewer("street_officer"))}
    assert "Through a link that an office held" in told
    assert "The resident" not in told
    # Whoever finds it again with number and telephone has a link that no office held.
    found = actions.renew_link(held.matter.pk, actor=through)
    assert queries.resident_of(queries.matter_by_track_key(found), found) == resident_of(held.matter)
    assert audit().breaches == 0


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
    found = rates_from(sums_of(cast.places["district"], SINCE, UNTIL), current_playbook().playbook)
    told = [(rate.numerator, rate.denominator) for rate in (found.response, found.resolution)]
    assert told == [(Decimal(1), 1), (Decimal(2), 2)]
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
    found = rates_from(sums_of(cast.places["district"], SINCE, UNTIL), current_playbook().playbook)
    assert found.response.denominator == 1


def test_a_board_counts_its_own_place_and_all_below(cast: Cast) -> None:
    Walk(cast).receive(place="unit_2").dispatch().claim().answer().confirm().close()
    Walk(cast).receive(place="yucheng")
    Walk(cast).receive(place="square")
    work_off()
    shahe = figures_of(cast.places["shahe"], SINCE, UNTIL)
    assert (shahe.open, shahe.received, shahe.solved, shahe.no_answer) == (1, 2, 1, 0)
    assert figures_of(cast.places["district"], SINCE, UNTIL).open == 2
    assert figures_of(cast.places["longbao"], SINCE, UNTIL).received == 0


def test_counts_under_five_are_not_published() -> None:
    assert published(Figures(4, 5, 0, 17)) == Figures(None, 5, None, 17)


def test_what_was_closed_without_a_word_is_never_solved(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch().claim().answer()
    walk.tick(24 * 60)
    actions.take_due_steps(walk.at)
    work_off()
    district = figures_of(cast.places["district"], SINCE, UNTIL)
    assert (district.solved, district.no_answer, district.open) == (0, 1, 0)


@pytest.mark.parametrize("rule", ["residents_answered", "answered", "closed"])
def test_what_several_say_of_one_answer_is_set_against_all_of_them(cast: Cast, rule: str) -> None:
    lead = Walk(cast).receive()
    others = [
        Walk(cast, at=lead.at).receive(place=place) for place in ("unit_2", "yucheng", "longbao", "square")
    ]
    for other in others:
        other.do(actions.merge_into, lead.matter.pk, by="centre_clerk")
    lead.at = others[-1].at
    lead.dispatch().claim().answer()
    for walk in (lead, *others):
        walk.at = lead.at
        walk.do(actions.confirm, Opinion(contacted=True, satisfaction="satisfied"), by=walk.resident)
        lead.matter.refresh_from_db()
        if lead.matter.state == "confirmed":
            lead.close()
    work_off()
    playbook = current_playbook().playbook
    rules = playbook.model_copy(update={"rates": playbook.rates.model_copy(update={"denominator": rule})})
    found = rates_from(sums_of(cast.places["district"], SINCE, UNTIL), rules)
    spoke = Verdict.objects.count()
    assert spoke >= 3
    assert found.resolution.numerator == spoke
    assert found.resolution.denominator == (spoke if rule == "residents_answered" else 5)
    assert figures_of(cast.places["district"], SINCE, UNTIL) == Figures(0, 5, spoke, 0)
    # Each counts at its own place.
    shares = [figures_of(cast.places[name], SINCE, UNTIL).received for name in ("yucheng", "longbao")]
    assert shares == [3, 1]
    assert audit().breaches == 0


@pytest.mark.parametrize("rule", ["residents_answered", "answered", "closed"])
def test_the_denominator_is_the_playbook_s(cast: Cast, rule: str) -> None:
    playbook = current_playbook().playbook
    rates = playbook.rates.model_copy(update={"denominator": rule})
    told = sums(answered=20, closed_solved=30, closed_no_answer=10)
    told |= {f"{family}_said_solved": 15 for family in ("answered", "closed")}
    expected = {"residents_answered": 10, "answered": 20, "closed": 40}[rule]
    found = rates_from(told, playbook.model_copy(update={"rates": rates}))
    assert found.response.denominator == expected
    assert found.resolution.numerator == {"residents_answered": 8, "answered": 15, "closed": 15}[rule]


def test_a_share_of_more_than_all_is_not_published(cast: Cast) -> None:
    """A count whose second half is still on its way shows no rate rather than a wrong one."""
    assert rates_from(sums(said_solved=11), current_playbook().playbook).resolution.percent is None
