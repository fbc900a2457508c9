"""Several hundred random moves by random people under a moving clock: whatever they try, the promises hold."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

import pytest
from django.db.models import F

from yuanba.demo.cast import SEATS, Cast
from yuanba.kernel.authority import Viewer
from yuanba.kernel.errors import Denied, DomainError, Missing, NotAllowed
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.journal.verification import verify
from yuanba.kernel.outbox.models import Message
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import actions
from yuanba.matters.actions import Opinion, Part, Reply, Sorting
from yuanba.matters.auditing import audit
from yuanba.matters.flow import FLOW, RULE
from yuanba.matters.models import Matter, Notice, Party
from yuanba.matters.queries import reaches, resident_of, within
from yuanba.matters.seeing import can_see, notices_of
from yuanba.matters.tests.walking import GOOD_ANSWER, START, Walk
from yuanba.matters.undoing import SLIPS

STEPS = 300
FORWARD = frozenset({"dispatch", "claim", "start", "answer", "confirm", "close", "request_time", "whistle"})
RARE = frozenset({"comment", "split", "supervise", "withdraw", "out_of_scope", "merge", "triage", "recall"})
DECISIONS = frozenset({"decide_time", "decide_exclusion", "decide_push_down"})
TIERS = ("private", "small", "big", "hard")
CATEGORIES = ("roads-lights", "sanitation", "officials-conduct", "noise", "city-order")


class Wanderer:
    """Somebody who does not know the rules, trying things."""

    def __init__(self, cast: Cast, seed: int) -> None:
        self.cast, self.rng, self.now = cast, Random(seed), START
        self.viewers = {row[0]: cast.viewer(row[0]) for row in SEATS}
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    @property
    def office(self) -> Any:
        return self.rng.choice(list(self.cast.offices.values()))

    @property
    def sorting(self) -> Sorting:
        accused = self.office if self.rng.random() < 0.15 else None
        kind, tier = self.rng.choice(CATEGORIES), self.rng.choice(TIERS)
        nobody = self.rng.random() < 0.1
        return Sorting(kind, tier, accused=accused, nobody_accused=nobody, tier_reason="按实际范围定级")

    def receive(self) -> None:
        place = self.rng.choice(["unit_2", "square", "yucheng", "shahe", "district"])
        about = self.rng.random() < 0.15
        Walk(self.cast, at=self.now).receive(place=place, about_office=about)

    def arguments(self, name: str, matter: Matter) -> tuple[Any, tuple[Any, ...]]:
        rng = self.rng
        reply = Reply(GOOD_ANSWER, "街道", self.now.date(), override_reason=rng.choice(["", "急"]))
        others = Matter.objects.exclude(pk=matter.pk).values_list("pk", flat=True)
        lead = rng.choice(list(others) or [0])
        word = rng.choice(["说明", "", "\0"]) if rng.random() < 0.2 else "说明"
        table: dict[str, tuple[Any, tuple[Any, ...]]] = {
            "triage": (actions.triage_matter, (self.sorting,)),
            "dispatch": (actions.dispatch_matter, (self.office, self.sorting)),
            "out_of_scope": (actions.point_elsewhere, (rng.choice(["legal_channel", "nowhere"]), word)),
            "claim": (actions.claim_matter, ()),
            "refuse": (actions.refuse_dispatch, ("not-our-duty", word, "第三条")),
            "arbitrate": (actions.arbitrate, (self.office, word)),
            "start": (actions.start_work, ()),
            "answer": (actions.answer_matter, (reply,)),
            "ask_information": (actions.ask_information, (word,)),
            "supply_information": (actions.supply_information, (word,)),
            "climb": (actions.climb, (word,)),
            "hand_down": (actions.hand_down, (self.office, word)),
            "undo": (actions.undo, ()),
            "recall": (partial(actions.recall, accused=self.sorting.accused), (word,)),
            "propose_dispatch": (actions.propose_dispatch, (self.office, word)),
            "propose_hand_down": (actions.propose_hand_down, (self.office, word)),
            "decide_push_down": (actions.decide_push_down, ()),
            "take_over": (actions.take_over, (word,)),
            "whistle": (actions.whistle, ([self.office, self.office], word)),
            "join": (actions.join, (self.office, word)),
            "split": (actions.split_matter, ([Part("修灯", "noise"), Part("清扫", "sanitation")],)),
            "merge": (actions.merge_into, (lead,)),
            "request_time": rng.choice(
                [
                    (actions.request_pause, (rng.choice(["season", "nothing"]), word)),
                    (actions.request_extension, ("1wd", word)),
                ]
            ),
            "decide_time": (actions.decide_time, ()),
            "resume": (actions.resume, ()),
            "supervise": (actions.supervise, ()),
            "release": (actions.release, ()),
            "comment": (actions.comment, (word,)),
            "hide_photos": (actions.hide_photos, ()),
            "confirm": (actions.confirm, (Opinion(True, "satisfied"),)),
            "not_solved": (actions.not_solved, (Opinion(said=word),)),
            "withdraw": (actions.withdraw, ()),
            "close": (actions.close_matter, ()),
            "propose_exclusion": (actions.propose_exclusion, ("done-and-explained", word)),
            "decide_exclusion": (actions.decide_exclusion, ()),
        }
        return table[name]

    def move(self) -> None:
        """One try: mostly a move that exists in the matter's state, by anybody, sometimes by who may."""
        # The open ones first, wherever a database puts what has no end.
        newest = Matter.objects.order_by(F("stopped_at").asc(nulls_first=True), "-pk")
        matter = self.rng.choice(list(newest[:9]))
        names = [name for name, row in FLOW.moves.items() if row.power != RULE]
        likely = [row.name for row in FLOW.allowed(matter.state) if row.power != RULE]
        weights = [5 if each in FORWARD else 0.5 if each in RARE else 2 for each in likely]
        name = self.rng.choice(names)
        if likely and self.rng.random() < 0.9:
            (name,) = self.rng.choices(likely, weights)
        able = [one for one in self.viewers.values() if one.may(FLOW.moves[name].power, matter)]
        actor = self.rng.choice(able if able and self.rng.random() < 0.8 else list(self.viewers.values()))
        if FLOW.moves[name].power == "resident" and self.rng.random() < 0.8:
            actor = resident_of(matter)
        action, given = self.arguments(name, matter)
        options = {"approve": self.rng.random() < 0.7, "reason": "同意"} if name in DECISIONS else {}
        self.attempt(name, matter, lambda: action(matter.pk, *given, actor=actor, at=self.now, **options))
        if name in SLIPS and self.rng.random() < 0.2:
            self.attempt("undo", matter, lambda: actions.undo(matter.pk, actor=actor, at=self.now))

    def answer_a_call(self) -> None:
        parties = list(Party.objects.order_by("pk").select_related("matter"))
        if not parties:
            return
        party = self.rng.choice(parties)
        actor = self.rng.choice(list(self.viewers.values()))
        step = self.rng.choice(["check_in", "report_back"])
        words = () if step == "check_in" else ("已到场",)
        action: Any = getattr(actions, step)
        self.attempt(step, party.matter, lambda: action(party.pk, *words, actor=actor, at=self.now))

    def attempt(self, name: str, matter: Matter, work: Callable[[], object]) -> None:
        before = everything()
        try:
            work()
        except DomainError as error:
            assert everything() == before, f"{name} was refused and yet changed something"
            self.refused[type(error).__name__] += 1
            if isinstance(error, NotAllowed) and error.code == "not_allowed":
                open_to_people = [row.name for row in FLOW.allowed(matter.state) if row.power != RULE]
                offered = [move for move in open_to_people if move != "undo"]
                assert error.allowed == tuple(offered)
            if isinstance(error, NotAllowed):
                assert name not in error.allowed or error.code not in {"", "not_allowed"}
        else:
            self.done[name] += 1

    def step(self) -> None:
        self.now += timedelta(hours=self.rng.choice([0, 1, 1, 5, 30]))
        draw = self.rng.random()
        if draw < 0.05 or not Matter.objects.exists():
            self.receive()
        elif draw < 0.12:
            self.answer_a_call()
        elif draw < 0.17:
            actions.take_due_steps(self.now)
            deliver_due(self.now)
        elif draw < 0.18:
            self.now += timedelta(days=9)
        else:
            self.move()


def everything() -> tuple[object, ...]:
    """All that a refused move must leave alone."""
    return (
        list(Matter.objects.order_by("pk").values()),
        list(Party.objects.order_by("pk").values()),
        Entry.objects.count(),
        Message.objects.count(),
    )


def leaks(viewers: dict[str, Viewer]) -> Iterator[str]:
    """Every way in which an office learns of a complaint about itself."""
    for matter in Matter.objects.exclude(accused_path="").select_related("owner", "supervisor"):
        for name, viewer in viewers.items():
            if not viewer.works_for(matter.accused_path):
                continue
            if can_see(viewer, matter):
                yield f"{name} sees {matter}"
            if Notice.objects.filter(notices_of(viewer), matter=matter).exists():
                yield f"{name} is told of {matter}"
            lists = [within(viewer, reach) for reach in reaches(viewer)]
            if any(rows.filter(pk=matter.pk).exists() for rows in lists):
                yield f"{name} lists {matter}"


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_anybody_tries_the_promises_hold(cast: Any, seed: int) -> None:
    wanderer = Wanderer(cast, seed)
    for number in range(STEPS):
        wanderer.step()
        found = audit()
        assert found.breaches == 0, (number, found.listed, wanderer.done)
    assert list(leaks(wanderer.viewers)) == []
    assert verify().broken == 0
    assert {Missing.__name__, Denied.__name__, NotAllowed.__name__} <= set(wanderer.refused)
    assert len(wanderer.done) >= 15, wanderer.done
    assert wanderer.done["undo"], wanderer.done
