"""The counts that boards show are what a count of the matters would give, whatever happened."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Sum

from yuanba.demo.cast import Cast
from yuanba.kernel.authority import system
from yuanba.kernel.errors import DomainError
from yuanba.kernel.outbox.models import Message
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import actions
from yuanba.matters.actions import Opinion, Part, Reply, Sorting
from yuanba.matters.actions.counting_anew import count_anew
from yuanba.matters.auditing import audit
from yuanba.matters.models import Matter, Tally
from yuanba.matters.queries import resident_of
from yuanba.matters.rates import COUNTED, rates_from, sums_of
from yuanba.matters.tests.walking import GOOD_ANSWER, Walk
from yuanba.places.models import Place
from yuanba.playbooks.queries import current_playbook

PLACES = ("unit_2", "yucheng", "square", "longbao", "shahe")
REASON = ("done-and-explained", "现场核实，附签字的解释记录。")
TEXTS = ("路灯坏了。", "3栋电梯停了。", "广场舞太吵。")
OFFICES = ("shahe", "zhonggulou", "yucheng", "transport")


def work_off(limit: int = 1000) -> None:
    while deliver_due(limit=limit):
        pass


def kept(measure: str = "open") -> Counter[tuple[int, str, str]]:
    rows = Tally.objects.filter(measure=measure).order_by().values_list("place_id", "tier", "category")
    return Counter({row[:3]: row[3] for row in rows.annotate(n=Sum("count")) if row[3]})


def counted(**narrowed: Any) -> Counter[tuple[int, str, str]]:
    """A count of the matters; what protects somebody counts for the district."""
    district = Place.objects.get(kind="district").pk
    return Counter(
        (
            district
            if matter.confidential or matter.accused_path
            else matter.community_id or matter.street_id or matter.place_id,
            matter.tier,
            matter.category,
        )
        for matter in Matter.objects.filter(**narrowed)
    )


class Wanderer:
    """Somebody who does any of the moves to any of the matters, allowed or not."""

    def __init__(self, cast: Cast, seed: int) -> None:
        self.cast, self.rng, self.walk = cast, random.Random(seed), Walk(cast)
        self.proposers = [cast.viewer(name) for name in ("street_leader", "centre_clerk")]
        self.deciders = [cast.viewer(name) for name in ("centre_arbiter", "district_leader")]
        self.made = 0

    def step(self) -> None:
        if self.rng.random() < 0.2 or not Matter.objects.exists():
            self.walk.receive(self.rng.choice(TEXTS), self.rng.choice(PLACES))
        elif self.rng.random() < 0.3:
            deliver_due(limit=self.rng.randrange(1, 4))
        elif self.rng.random() < 0.04:
            self.walk.tick(24 * 8)
            actions.take_due_steps(self.walk.at)
        else:
            self.move(self.rng.choice(list(Matter.objects.all())))

    def move(self, matter: Matter) -> None:
        office = self.cast.offices[self.rng.choice(OFFICES)]
        staff = clerk = system("wanderer")
        resident = resident_of(matter)
        at = self.walk.tick()
        other = self.rng.choice(list(Matter.objects.all()))
        tier = self.rng.choice(("small", "big", "hard"))
        place = self.cast.places[self.rng.choice(PLACES)]
        sorting = Sorting(
            category=self.rng.choice(("roads-lights", "other", "officials-conduct")),
            tier=tier,
            tier_reason="按实际范围定级",
            place=place,
            confidential=self.rng.choice((None, None, None, True, False)),
            accused=self.rng.choice((None, None, None, office)),
        )
        reply = Reply(GOOD_ANSWER, "街道", at.date(), override_reason="test")
        opinion = Opinion(contacted=self.rng.random() < 0.5, satisfaction="basically", said="还是不行")
        propose, decide = self.rng.choice(self.proposers), self.rng.choice(self.deciders)
        moves: list[Callable[[], object]] = [
            lambda: actions.triage_matter(matter.pk, sorting, actor=clerk, at=at),
            lambda: actions.dispatch_matter(matter.pk, office, sorting, actor=clerk, at=at),
            lambda: actions.claim_matter(matter.pk, actor=staff, at=at),
            lambda: actions.answer_matter(matter.pk, reply, actor=staff, at=at),
            lambda: actions.climb(matter.pk, "本级解决不了", tier="hard", actor=staff, at=at),
            lambda: actions.confirm(matter.pk, opinion, actor=resident, at=at),
            lambda: actions.not_solved(matter.pk, opinion, actor=resident, at=at),
            lambda: actions.close_matter(matter.pk, actor=clerk, at=at),
            lambda: actions.confirm(matter.pk, opinion, actor=clerk, at=at),
            lambda: actions.merge_into(matter.pk, other.pk, actor=clerk, at=at),
            lambda: actions.propose_exclusion(matter.pk, *REASON, actor=propose, at=at),
            lambda: actions.decide_exclusion(matter.pk, approve=True, reason="属实", actor=decide, at=at),
        ]
        rare: list[Callable[[], object]] = [
            lambda: actions.withdraw(matter.pk, actor=resident, at=at),
            lambda: actions.point_elsewhere(matter.pk, "legal_channel", "属于诉讼", actor=clerk, at=at),
            lambda: actions.refuse_dispatch(
                matter.pk, "not-our-duty", "不归我们", "第三条", actor=clerk, at=at
            ),
            lambda: actions.split_matter(
                matter.pk, [Part("修灯", "roads-lights"), Part("清垃圾", "other")], actor=staff, at=at
            ),
        ]
        moves += [move for move in rare if self.rng.random() < 0.3]
        self.rng.shuffle(moves)
        for move in moves:
            try:
                move()
            except DomainError:
                continue
            self.made += 1
            return


def check_rates(rng: random.Random) -> None:
    """Every rate of every place lies in 0..100 %, whatever it is set against and whichever days are asked for."""
    playbook = current_playbook().playbook
    rules = ("residents_answered", "answered", "closed")
    chosen = [
        playbook.rates.model_copy(update={"denominator": rule, "publish_at_least": 1}) for rule in rules
    ]
    days = sorted({row.day for row in Tally.objects.exclude(day=Tally.NOW)})
    for place in Place.objects.filter(kind__in=COUNTED):
        for _window in range(4):
            since, until = sorted(rng.choices(days, k=2))
            sums = sums_of(place, since, until)
            for rates in chosen:
                found = rates_from(sums, playbook.model_copy(update={"rates": rates}))
                for rate in (found.response, found.resolution, found.satisfaction):
                    assert 0 <= rate.numerator <= rate.denominator, (place, since, until, rates.denominator)
                assert found.excluded >= 0


@pytest.mark.parametrize("seed", range(6))
def test_any_walk_leaves_the_counts_as_a_recount_gives_them(cast: Cast, seed: int) -> None:
    wanderer = Wanderer(cast, seed)
    for _step in range(100):
        wanderer.step()
    assert wanderer.made > 20
    assert not {"counts", "exclusion", "merge"} & broken()  # with messages still on their way
    work_off()
    assert kept() == counted(stopped_at=None, part_of=None)
    assert kept("received") == counted(part_of=None)
    assert not Message.objects.filter(dead_at__isnull=False).exists()
    assert not {"counts", "exclusion", "merge"} & broken()
    check_rates(wanderer.rng)


def broken() -> set[str]:
    return {breach.rule for breach in audit().listed}


def test_the_audit_finds_a_count_that_is_wrong(cast: Cast) -> None:
    Walk(cast).receive()
    work_off()
    Tally.objects.filter(day=Tally.NOW).update(count=7)
    (breach,) = [found for found in audit().listed if found.rule == "counts"]
    assert "7" in breach.why


@pytest.fixture
def told(cast: Cast) -> Walk:
    """A request that was answered late, sent back to work, answered again and struck off; all of it counted."""
    walk = Walk(cast).receive().dispatch().claim()
    walk.tick(24 * 200)
    walk.answer()
    walk.do(actions.not_solved, Opinion(said="还没亮"), by=walk.resident)
    walk.answer().confirm().close()
    work_off()
    assert audit().breaches == 0
    return walk


@pytest.mark.parametrize(
    "measure",
    [
        "received",
        "answered",
        "answered_late",
        "answered_said_solved",
        "reopened",
        "closed_solved",
        "closed_said_solved",
        "said",
    ],
)
def test_the_audit_counts_every_measure_again(told: Walk, measure: str) -> None:
    row = Tally.objects.filter(measure=measure, count__gt=0).first()
    assert row is not None
    Tally.objects.filter(pk=row.pk).update(count=9)
    (breach,) = audit().listed
    assert breach.subject == f"count of {measure} on {row.day}"
    # Rightly counted in all, but at another place: the days agree, the places do not.
    away = told.cast.places["longbao"]
    Tally.objects.filter(pk=row.pk).update(count=row.count, place=away)
    assert {breach.subject for breach in audit().listed} == {
        f"count of {measure} at place {key}" for key in (row.place_id, away.pk)
    }


def test_a_message_deleted_by_hand_shows_in_the_audit(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch().claim()
    work_off()
    walk.answer()
    assert audit().breaches == 0
    Message.objects.all().delete()
    assert [breach.rule for breach in audit().listed] == ["counts"]


def test_what_was_counted_before_moves_with_a_request(cast: Cast) -> None:
    """Answered in one community, sent back, and found to belong to another: nothing of it stays behind."""
    walk = Walk(cast).receive().dispatch().claim().answer()
    walk.do(actions.not_solved, Opinion(said="还没亮", satisfaction="unsatisfied"), by=walk.resident)
    walk.do(actions.climb, "要区里定", by="street_officer")
    clerk = system("clerk")
    work_off()
    before = Tally.objects.filter(place=cast.places["yucheng"], count__gt=0)
    assert before.filter(measure="said").exists()
    walk.do(actions.triage_matter, Sorting(place=cast.places["longbao"]), by=clerk)
    work_off()
    assert not before.exists()
    assert audit().breaches == 0


def test_a_suggestion_after_the_first_decision_does_not_count_twice(cast: Cast) -> None:
    walk = Walk(cast).receive()
    Message.objects.filter(topic="matter.received").update(due_at=walk.at + timedelta(days=3000))
    walk.dispatch().claim()
    work_off()
    Message.objects.update(due_at=walk.at)
    work_off()
    assert kept() == counted(stopped_at=None)
    assert kept("received") == counted()


def test_counts_that_went_wrong_are_made_anew_from_the_records(cast: Cast) -> None:
    """Also with messages that still wait: what they would add is in the records already."""
    Walk(cast).receive().dispatch().claim().answer()
    Walk(cast).receive("四栋下水道堵了。")
    work_off()
    waiting = Walk(cast).receive("五栋电梯停了。")
    Tally.objects.filter(measure="received").update(count=99)
    assert audit().breaches > 0
    assert count_anew() == 3
    work_off()
    assert audit().breaches == 0
    assert kept("received") == counted()
    assert waiting.matter.is_open
