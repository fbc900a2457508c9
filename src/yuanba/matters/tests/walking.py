"""Steps that several tests of matters take: a request brought in and led to a state by those who may."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from yuanba.demo.cast import Cast
from yuanba.kernel.authority import Viewer, system
from yuanba.matters import actions
from yuanba.matters.actions import Opinion, Reply, Sorting
from yuanba.matters.models import Channel, Matter
from yuanba.matters.queries import reaches, resident_of, within
from yuanba.matters.reporting import Contact, Report

DOOR = system("door", [])
START = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
GOOD_ANSWER = "三栋门口的路灯已由沙河街道于3月3日更换灯泡，晚上试亮正常，请您查看。"


def listed(viewer: Viewer) -> set[int]:
    """The matters in any of the viewer's lists."""
    return {key for reach in reaches(viewer) for key in within(viewer, reach).values_list("pk", flat=True)}


@dataclass
class Walk:
    """One request on its way; each step an hour after the one before."""

    cast: Cast
    at: datetime = START
    matter: Matter = field(init=False)
    track_key: str = ""

    def receive(
        self, text: str = "三栋门口的路灯坏了一个星期，晚上看不见路。", place: str = "unit_2", **fields: Any
    ) -> "Walk":
        contact = fields.pop("contact", Contact("居民乙", "13800005678"))
        report = Report(
            text=text, place=self.cast.places[place], channel=Channel.DOOR, contact=contact, **fields
        )
        receipt = actions.receive(report, actor=DOOR, at=self.tick())
        self.matter, self.track_key = receipt.matter, receipt.track_key
        return self

    def tick(self, hours: float = 1) -> datetime:
        self.at += timedelta(hours=hours)
        return self.at

    def viewer(self, name: str) -> Viewer:
        return self.cast.viewer(name)

    @property
    def resident(self) -> Viewer:
        return resident_of(self.matter)

    def do(self, action: Any, *args: Any, by: str | Viewer, **options: Any) -> Any:
        actor = self.viewer(by) if isinstance(by, str) else by
        result = action(self.matter.pk, *args, actor=actor, at=self.tick(), **options)
        self.matter.refresh_from_db()
        return result

    def sorting(self, tier: str = "big") -> Sorting:
        return Sorting(category="roads-lights", tier=tier, tier_reason="按实际范围定级")

    def dispatch(self, owner: str = "shahe", tier: str = "big") -> "Walk":
        self.do(actions.dispatch_matter, self.cast.offices[owner], self.sorting(tier), by="centre_clerk")
        return self

    def claim(self, by: str = "street_officer") -> "Walk":
        self.do(actions.claim_matter, by=by)
        return self

    def answer(self, by: str = "street_officer") -> "Walk":
        reply = Reply(GOOD_ANSWER, "沙河街道", self.at.date(), override_reason="test")
        self.do(actions.answer_matter, reply, by=by)
        return self

    def confirm(self) -> "Walk":
        self.do(actions.confirm, Opinion(contacted=True, satisfaction="satisfied"), by=self.resident)
        return self

    def close(self) -> "Walk":
        self.do(actions.close_matter, by="centre_arbiter")
        return self
