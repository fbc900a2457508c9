"""The demo district: the cast's small district with two months of life in it, all of it by the product's own
actions.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from yuanba.demo.cast import BUILDER, OFFICES, PASSWORD, SEATS, Cast, build_cast
from yuanba.demo.pictures import stored_pictures
from yuanba.demo.texts import ASKS, Ask
from yuanba.kernel.authority import Viewer, system
from yuanba.kernel.errors import NotAllowed
from yuanba.kernel.journal.sealing import seal_days
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import actions
from yuanba.matters.actions import Opinion, Reply, Sorting
from yuanba.matters.flow import State
from yuanba.matters.models import Channel, Matter
from yuanba.matters.queries import resident_of
from yuanba.matters.reporting import Contact, Report
from yuanba.people.actions import correct_post
from yuanba.places.actions import change_place
from yuanba.places.datum import Point
from yuanba.places.models import Place

DAYS = 60
SEED = 20220422
TIER_REASON = "按实际涉及范围和所需权限定级。"
STOPS = (
    "received",
    "received",
    "dispatched",
    "dispatched",
    "claimed",
    "handling",
    "answered",
    "closed",
    "closed",
    "closed",
    "closed",
)
# Made up: degrees of WGS-84 near the real district, of no real estate or square.
POINTS = {
    "yucheng": Point(108.4010, 30.8010),
    "longbao": Point(108.3950, 30.8050),
    "pipaping": Point(108.4100, 30.8080),
    "yucheng_estate": Point(108.4020, 30.8015),
    "building_3": Point(108.4022, 30.8017),
    "building_4": Point(108.4026, 30.8013),
    "square": Point(108.4110, 30.8085),
}
# What some posts do, and what they have promised.
DUTIES = {
    "building_head": ("每周走访本楼，收集邻里诉求。", "敲门有人应，当天有回话。"),
    "community_secretary": ("牵头办理社区的小事，组织院坝会。", "小事三天内办结。"),
    "street_officer": ("受理街道的大事，召集部门现场办公。", "接单四小时内联系您。"),
}
HANDLERS = {
    "yucheng": "community_secretary",
    "longbao": "neighbour_secretary",
    "pipaping": "pipaping_secretary",
    "shahe": "street_officer",
    "zhonggulou": "other_street_officer",
    "transport": "transport_handler",
    "urban-management": "urban_handler",
    "police": "police_handler",
    "education": "education_handler",
}


@dataclass(frozen=True, slots=True)
class Demo:
    """What was built: how many matters, and the user names to sign in with."""

    matters: int
    people: tuple[str, ...]
    states: Counter[str] = field(default_factory=Counter)

    @property
    def words(self) -> str:
        states = _(", ").join(f"{count} {State(state).label}" for state, count in self.states.most_common())
        words = _("%(matters)s matters (%(states)s); %(people)s people to sign in as")
        return words % {"matters": self.matters, "states": states, "people": len(self.people)}


def build_demo(now: datetime | None = None) -> Demo:
    """Build the demo in an empty database. The same day gives the same district."""
    if Place.objects.exists():
        raise NotAllowed(
            _("This database holds a district already. Use --reset to start over."), code="not_empty"
        )
    # What the demo's people read is in the district's language, whatever terminal it is built from.
    with override(settings.LANGUAGE_CODE):
        return _build(now or timezone.now())


def _build(now: datetime) -> Demo:
    start = (now - timedelta(days=DAYS)).replace(hour=1, minute=0, second=0, microsecond=0)
    with transaction.atomic():
        cast = build_cast(start)
        put_on_the_map(cast, start)
        put_up_duties(cast, start)
    player = _Player(cast, Random(SEED), now)  # noqa: S311 - a repeatable story, not a secret
    for number in range(DAYS * 2):
        player.play(ASKS[number % len(ASKS)], start + timedelta(hours=12 * number + 7))
    player.square_dances(start + timedelta(days=20))
    while deliver_due(now):
        pass
    actions.take_due_steps(now, limit=1000)
    while deliver_due(now):
        pass
    seal_days(now)
    states = Counter(Matter.objects.values_list("state", flat=True))
    return Demo(sum(states.values()), tuple(row[0] for row in SEATS), states)


def put_on_the_map(cast: Cast, at: datetime) -> None:
    """Give the demo's places their made-up coordinates, so that requests can come with nothing but a point."""
    for name, point in POINTS.items():
        change_place(cast.places[name], point=point, actor=BUILDER, at=at)


def put_up_duties(cast: Cast, at: datetime) -> None:
    """What the duty board says of some posts."""
    for name, (duty, promise) in DUTIES.items():
        post = cast.seats[name].post
        correct_post(post.pk, title=post.title, duty=duty, promise=promise, actor=BUILDER, at=at)


class _Player:
    """Walks requests to where they shall stand today; steps that would lie in the future are not taken."""

    def __init__(self, cast: Cast, rng: Random, now: datetime) -> None:
        self.cast, self.rng, self.now = cast, rng, now
        self.viewers = {row[0]: cast.viewer(row[0]) for row in SEATS}
        self.pictures = stored_pictures()

    def play(self, ask: Ask, at: datetime) -> None:
        """One request, from its door to a state drawn for it."""
        if at >= self.now:
            return
        matter = self.receive(ask, at)
        stop = self.rng.choice(STOPS) if at > self.now - timedelta(days=12) else "closed"
        steps = self.steps(ask, matter)
        for name, hours, step in steps:
            if stop == "received":
                return
            at += timedelta(hours=hours)
            if at >= self.now:
                return
            step(at)
            if name == stop:
                return

    def receive(self, ask: Ask, at: datetime) -> Matter:
        """Bring a request in by one of several channels, and have the software look at it."""
        channel = self.rng.choice([Channel.DOOR, Channel.DOOR, Channel.WEB, Channel.VISIT, Channel.HOTLINE])
        phone = f"1390000{self.rng.randrange(10_000):04d}"
        report = Report(
            text=ask.text,
            place=self.cast.places[ask.place],
            channel=channel,
            contact=Contact("居民", phone),
            photos=self.pictures[ask.scene][:1] if ask.scene else (),
        )
        matter = actions.receive(report, actor=system("demo"), at=at).matter
        deliver_due(at)
        return matter

    def steps(self, ask: Ask, matter: Matter) -> list[tuple[str, float, Callable[[datetime], object]]]:
        """The steps of an ordinary matter: the state each leads to, how many hours it takes, and the step
        itself.
        """
        owner = self.cast.offices[ask.owner]
        handler = self.viewers[HANDLERS[ask.owner]]
        clerk = self.viewers["centre_clerk"]
        key = matter.pk
        sorting = Sorting(category=ask.category, tier=ask.tier, tier_reason=TIER_REASON)
        return [
            ("dispatched", 1.5, lambda at: actions.dispatch_matter(key, owner, sorting, actor=clerk, at=at)),
            ("claimed", 2, lambda at: actions.claim_matter(key, actor=handler, at=at)),
            ("handling", 3, lambda at: actions.start_work(key, actor=handler, at=at)),
            ("answered", self.rng.choice([8, 20, 30]), lambda at: self.answer(matter, ask, handler, at)),
            ("confirmed", self.rng.choice([3, 20, 40]), lambda at: self.say(matter, ask, handler, at)),
            ("closed", 2, lambda at: self.close(matter, at)),
        ]

    def answer(self, matter: Matter, ask: Ask, handler: Viewer, at: datetime) -> None:
        reply = Reply(
            ask.answer,
            self.cast.offices[ask.owner].called,
            timezone.localdate(at),
            override_reason="演示数据",
            photos=self.pictures[ask.scene][1:] if ask.scene else (),
            photos_public=bool(ask.scene),
            request_photos_public=bool(ask.scene),
        )
        actions.answer_matter(matter.pk, reply, actor=handler, at=at)

    def say(self, matter: Matter, ask: Ask, handler: Viewer, at: datetime) -> None:
        """Most say it is solved; some only the second time; a few say nothing."""
        draw = self.rng.random()
        if draw < 0.08:
            return
        resident = resident_of(matter)
        if draw < 0.2:
            still = self.pictures[ask.scene][:1] if ask.scene else ()
            opinion = Opinion(True, "unsatisfied", "还没有弄好，请再看看。", still)
            actions.not_solved(matter.pk, opinion, actor=resident, at=at)
            self.answer(matter, ask, handler, at + timedelta(hours=6))
            at += timedelta(hours=8)
        satisfaction = self.rng.choice(["satisfied", "satisfied", "satisfied", "basically"])
        contacted = self.rng.random() < 0.95
        actions.confirm(
            matter.pk, Opinion(contacted=contacted, satisfaction=satisfaction), actor=resident, at=at
        )

    def close(self, matter: Matter, at: datetime) -> None:
        matter.refresh_from_db()
        if matter.state == "confirmed":
            actions.close_matter(
                matter.pk, actor=self.viewers["centre_arbiter"], at=max(at, self.last_at(matter))
            )

    def last_at(self, matter: Matter) -> datetime:
        return datetime.fromisoformat(matter.clock[-1]["at"]) + timedelta(hours=1)

    def square_dances(self, at: datetime) -> None:
        """The square at Pipaping: several ask for the same, the street whistles, a rule is agreed, it is
        watched.
        A leader takes it under watch.
        """
        asks = [ask for ask in ASKS if ask.place == "square"]
        lead = self.receive(asks[0], at)
        officer = self.viewers["other_street_officer"]
        sorting = Sorting(category="noise", tier="big", tier_reason=TIER_REASON)
        street = self.cast.offices["zhonggulou"]
        hour = timedelta(hours=1)
        actions.dispatch_matter(lead.pk, street, sorting, actor=self.viewers["centre_clerk"], at=at + hour)
        actions.claim_matter(lead.pk, actor=officer, at=at + 2 * hour)
        for number in range(4):
            other = self.receive(asks[0], at + (3 + number) * hour)
            actions.merge_into(
                other.pk, lead.pk, actor=self.viewers["centre_clerk"], at=at + (3.5 + number) * hour
            )
        called = [self.cast.offices["urban-management"], self.cast.offices["police"]]
        call = actions.whistle(
            lead.pk,
            called,
            "请到枇杷坪广场现场一起定规矩",
            meet_at="枇杷坪广场",
            actor=officer,
            at=at + 9 * hour,
        )
        leader = self.viewers["district_leader"]
        actions.supervise(lead.pk, actor=leader, at=at + 10 * hour)
        handlers = {"urban-management": "urban_handler", "police": "police_handler"}
        for party in call.calls.select_related("organization"):
            viewer = self.viewers[handlers[party.organization.code]]
            actions.check_in(party.pk, actor=viewer, at=at + 24 * hour)
            actions.report_back(party.pk, "已到场，划定区域并约定时段。", actor=viewer, at=at + 30 * hour)


def introduction() -> str:
    """Who can sign in, and where to look; printed when the demo starts."""
    called = {office[0]: office[1] for office in OFFICES}
    titles = {row[0]: f"{called[row[3]]} {row[2]}" for row in SEATS}
    people = "\n".join(f"  {name:<22} {title}" for name, title in titles.items())
    door = Place.objects.filter(kind="unit").exclude(door_code="").first()
    scan = f"{settings.BASE_URL}/d/{door.door_code}/" if door else ""
    lines = (
        _("The district is a demo: every person, request and coordinate in it is invented."),
        "",
        f"  {settings.BASE_URL}/  " + _("for residents"),
        f"  {scan}  " + _("a door code"),
        f"  {settings.BASE_URL}/accounts/login/  " + _("for offices"),
        f"  {settings.BASE_URL}/backoffice/  " + _("for operators"),
        "",
        _("Sign in as (password %(password)s):") % {"password": PASSWORD},
        people,
    )
    return "\n".join(lines) + "\n"
