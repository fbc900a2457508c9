"""The standing people: one small district whose places, offices and persons tests, demo and docs share.

All of it is synthetic. The places carry names of real ones; the persons are invented, and each is named after
the post.
"""

from dataclasses import dataclass
from datetime import datetime

from yuanba.kernel.authority import Viewer, system
from yuanba.people.actions import (
    add_organization,
    appoint,
    create_account,
    create_post,
    own_password_set,
    register_person,
)
from yuanba.people.models import Account, Organization, Person, Post
from yuanba.people.queries import viewer_for
from yuanba.places.actions import add_place, give_door_code
from yuanba.places.models import Place
from yuanba.playbooks.actions import publish_playbook
from yuanba.playbooks.shipped import shipped_source

BUILDER = system("demo")
# The demo and the tests are open by design; a real district never has these accounts.
PASSWORD = "yuanba-demo-2026"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Seat:
    """One post with the person who holds it, and the account they sign in with: its user name is the seat's
    name.
    """

    post: Post
    person: Person
    account: Account

    @property
    def viewer(self) -> Viewer:
        """What this person may do now."""
        return viewer_for(self.account)


@dataclass(frozen=True, slots=True)
class Cast:
    """The small district. Persons are found by what they are: ``seats["community_secretary"].viewer``."""

    places: dict[str, Place]
    offices: dict[str, Organization]
    seats: dict[str, Seat]
    resident: Person

    def viewer(self, name: str) -> Viewer:
        return self.seats[name].viewer


PlaceRow = tuple[str, str, str, str | None, str]
OfficeRow = tuple[str, str, str, str | None, str | None]
SeatRow = tuple[str, str, str, str, str | None, tuple[str, ...], str]

# Each row: name used in code, name of the place, its kind, the row it lies in, twelve-digit code.
PLACES = (
    ("district", "万州区", "district", None, "500101000000"),
    ("shahe", "沙河街道", "street", "district", "500101005000"),
    ("zhonggulou", "钟鼓楼街道", "street", "district", "500101010000"),
    ("yucheng", "玉城社区", "community", "shahe", ""),
    ("longbao", "龙宝社区", "community", "shahe", ""),
    ("pipaping", "枇杷坪社区", "community", "zhonggulou", ""),
    ("yucheng_estate", "玉城家园", "estate", "yucheng", ""),
    ("building_3", "3栋", "building", "yucheng_estate", ""),
    ("unit_2", "2单元", "unit", "building_3", ""),
    ("building_4", "4栋", "building", "yucheng_estate", ""),
    ("square", "枇杷坪广场", "area", "pipaping", ""),
)

# Each row: name used in code and code, name, kind, the office above, the place it stands for.
OFFICES = (
    ("district", "万州区人民政府", "district", None, "district"),
    ("centre", "万州区基层治理综合指挥中心", "centre", "district", "district"),
    ("shahe", "沙河街道办事处", "street", "district", "shahe"),
    ("zhonggulou", "钟鼓楼街道办事处", "street", "district", "zhonggulou"),
    ("yucheng", "玉城社区居民委员会", "community", "shahe", "yucheng"),
    ("longbao", "龙宝社区居民委员会", "community", "shahe", "longbao"),
    ("pipaping", "枇杷坪社区居民委员会", "community", "zhonggulou", "pipaping"),
    ("transport", "区交通局", "department", "district", None),
    ("urban-management", "区城市管理局", "department", "district", None),
    ("police", "区公安分局", "department", "district", None),
    ("education", "区教育委员会", "department", "district", None),
)

# Each row: name used in code, kind of post, title, office, place, paired places, invented name of the holder.
SEATS = (
    ("building_head", "building_head", "3栋楼栋长", "yucheng", "building_3", (), "楼安民"),
    ("community_secretary", "community_secretary", "社区书记", "yucheng", None, (), "玉书记"),
    ("neighbour_secretary", "community_secretary", "社区书记", "longbao", None, (), "龙书记"),
    ("pipaping_secretary", "community_secretary", "社区书记", "pipaping", None, (), "枇书记"),
    ("street_officer", "street_officer", "街道社区治理办干部", "shahe", None, (), "沙干事"),
    ("street_leader", "street_leader", "街道办事处主任", "shahe", None, (), "沙主任"),
    ("other_street_officer", "street_officer", "街道社区治理办干部", "zhonggulou", None, (), "钟干事"),
    ("transport_handler", "department_handler", "客运科经办", "transport", None, (), "交通办"),
    ("urban_handler", "department_handler", "市容科经办", "urban-management", None, (), "城管办"),
    ("police_handler", "department_handler", "治安科经办", "police", None, (), "公安办"),
    ("education_handler", "department_handler", "基建科经办", "education", None, (), "教委办"),
    ("district_leader", "district_leader", "包片区领导", "district", None, ("shahe", "zhonggulou"), "万区长"),
    ("centre_clerk", "centre_clerk", "中心受理员", "centre", None, (), "中受理"),
    ("centre_arbiter", "centre_arbiter", "中心仲裁员", "centre", None, (), "中仲裁"),
    ("operator", "operator", "系统运维", "centre", None, (), "运维员"),
)


@dataclass(frozen=True, slots=True)
class Script:
    """What a small district is made from: a shipped playbook's code, and rows like those above."""

    playbook: str
    places: tuple[PlaceRow, ...]
    offices: tuple[OfficeRow, ...]
    seats: tuple[SeatRow, ...]
    door: str


WANZHOU = Script("wanzhou", PLACES, OFFICES, SEATS, door="yucheng")


def build_cast(at: datetime, script: Script = WANZHOU) -> Cast:
    """Make the small district from nothing by the product's own actions, all dated `at`."""
    publish_playbook(shipped_source(script.playbook), actor=BUILDER, at=at)
    places = _places(script, at)
    offices = _offices(script, places, at)
    seats = {row[0]: _seat(row, places, offices, at) for row in script.seats}
    resident = register_person(
        name="居民甲", phone="13900001234", email="resident@example.org", actor=BUILDER, at=at
    )
    return Cast(places, offices, seats, resident)


def _places(script: Script, at: datetime) -> dict[str, Place]:
    made: dict[str, Place] = {}
    for name, called, kind, parent, code in script.places:
        above = made[parent] if parent else None
        made[name] = add_place(parent=above, kind=kind, name=called, code=code, actor=BUILDER, at=at)
    made[script.door] = give_door_code(made[script.door], actor=BUILDER, at=at)
    return made


def _offices(script: Script, places: dict[str, Place], at: datetime) -> dict[str, Organization]:
    made: dict[str, Organization] = {}
    for code, called, kind, parent, place in script.offices:
        made[code] = add_organization(
            code=code if kind != "community" else f"{code}-community",
            name=called,
            kind=kind,
            parent=made[parent] if parent else None,
            place=places[place] if place else None,
            actor=BUILDER,
            at=at,
        )
    return made


def _seat(
    row: SeatRow,
    places: dict[str, Place],
    offices: dict[str, Organization],
    at: datetime,
) -> Seat:
    name, kind, title, office, place, paired, called = row
    post = create_post(
        kind=kind,
        title=title,
        organization=offices[office],
        place=places[place] if place else None,
        paired_with=[places[each] for each in paired],
        actor=BUILDER,
        at=at,
    )
    person = register_person(name=called, actor=BUILDER, at=at)
    appoint(post.pk, person, on=at.date(), actor=BUILDER, at=at)
    account, _initial = create_account(
        username=name, person=person, is_staff=kind == "operator", actor=BUILDER, at=at
    )
    own_password_set(account, PASSWORD)
    return Seat(post, person, account)
