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
from yuanba.matters.auditing import audit
from yuanba.matters.models import Matter, Tally
from yuanba.matters.queries import resident_of
from yuanba.matters.recounting import wrong_counts
from yuanba.matters.tests.walking import GOOD_ANSWER, Walk
from yuanba.places.models import Place

PLACES = ("unit_2", "yucheng", "square", "longbao", "shahe")
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
        self.made = 0

    def step(self) -> None:
        if self.rng.random() < 0.2 or not Matter.objects.exists():
            self.walk.receive(self.rng.choice(TEXTS), self.rng.choice(PLACES))
        elif self.rng.random() < 0.3:
            deliver_due(limit=self.rng.randrange(1, 4))
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
            place=place,
            confidential=self.rng.choice((None, None, None, True, False)),
            accused=self.rng.choice((None, None, None, office)),
        )
        reply = Reply(GOOD_ANSWER, "街道", at.date(), override_reason="test")
        opinion = Opinion(contacted=self.rng.random() < 0.5, satisfaction="basically", said="还是不行")
        moves: list[Callable[[], object]] = [
            lambda: actions.triage_matter(matter.pk, sorting, actor=clerk, at=at),
            lambda: actions.dispatch_matter(matter.pk, office, sorting, actor=clerk, at=at),
            lambda: actions.claim_matter(matter.pk, actor=staff, at=at),
            lambda: actions.answer_matter(matter.pk, reply, actor=staff, at=at),
            lambda: actions.climb(matter.pk, "本级解决不了", tier="hard", actor=staff, at=at),
            lambda: actions.confirm(matter.pk, opinion, actor=resident, at=at),
            lambda: actions.not_solved(matter.pk, opinion, actor=resident, at=at),
            lambda: actions.close_matter(matter.pk, actor=clerk, at=at),
            lambda: actions.withdraw(matter.pk, actor=resident, at=at),
            lambda: actions.merge_into(matter.pk, other.pk, actor=clerk, at=at),
            lambda: actions.split_matter(
                matter.pk, [Part("修灯", "roads-lights"), Part("清垃圾", "other")], actor=staff, at=at
            ),
        ]
        self.rng.shuffle(moves)
        for move in moves:
            try:
                move()
            except DomainError:
                continue
            self.made += 1
            return


@pytest.mark.parametrize("seed", range(6))
def test_any_walk_leaves_the_counts_as_a_recount_gives_them(cast: Cast, seed: int) -> None:
    wanderer = Wanderer(cast, seed)
    for _step in range(90):
        wanderer.step()
    assert wanderer.made > 15
    assert wrong_counts() == []  # with messages still on their way
    work_off()
    assert kept() == counted(stopped_at=None)
    assert kept("received") == counted()
    assert not Message.objects.filter(dead_at__isnull=False).exists()
    assert not [breach for breach in audit().listed if breach.rule == "counts"]


def test_the_audit_finds_a_count_that_is_wrong(cast: Cast) -> None:
    Walk(cast).receive()
    work_off()
    Tally.objects.filter(day=Tally.NOW).update(count=7)
    (breach,) = [found for found in audit().listed if found.rule == "counts"]
    assert "7" in breach.why


def test_a_suggestion_after_the_first_decision_does_not_count_twice(cast: Cast) -> None:
    walk = Walk(cast).receive()
    Message.objects.filter(topic="matter.received").update(due_at=walk.at + timedelta(days=3000))
    walk.dispatch().claim()
    work_off()
    Message.objects.update(due_at=walk.at)
    work_off()
    assert kept() == counted(stopped_at=None)
    assert kept("received") == counted()
