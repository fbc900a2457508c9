"""A small town of its own: one district, two streets, a community, a building, their offices and posts."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.cache import cache

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
from yuanba.places.actions import add_place
from yuanba.places.models import Place
from yuanba.playbooks.actions import publish_playbook
from yuanba.playbooks.shipped import shipped_source

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ON = date(2026, 3, 2)
BUILDER = system("test")
PASSWORD = "一句容易记住的话 2026"


@dataclass(frozen=True)
class Town:
    places: dict[str, Place]
    offices: dict[str, Organization]

    def post(
        self, kind: str, office: str | None, place: str | None = None, paired: tuple[str, ...] = ()
    ) -> Post:
        return create_post(
            kind=kind,
            title=f"{kind} 岗",
            organization=self.offices[office] if office else None,
            place=self.places[place] if place else None,
            paired_with=[self.places[name] for name in paired],
            actor=BUILDER,
            at=AT,
        )

    def holder(self, kind: str, office: str | None, **where: Any) -> tuple[Post, Account]:
        """A post of this kind with somebody on it who can sign in."""
        post = self.post(kind, office, **where)
        person = register(f"持岗人{post.pk}")
        appoint(post.pk, person, on=ON, actor=BUILDER, at=AT)
        return post, account_for(person)

    def viewer(self, kind: str, office: str | None, **where: Any) -> Viewer:
        return viewer_for(self.holder(kind, office, **where)[1])


def register(name: str = "张伟", phone: str = "13812341234") -> Person:
    return register_person(name=name, phone=phone, actor=BUILDER, at=AT)


def account_for(person: Person | None, *, is_staff: bool = False) -> Account:
    """An account whose owner has already chosen the password."""
    name = f"user{person.pk if person else Account.objects.count() + 1000}"
    account, _initial = create_account(username=name, person=person, is_staff=is_staff, actor=BUILDER, at=AT)
    own_password_set(account, PASSWORD)
    return account


@pytest.fixture(autouse=True)
def _no_rate_limits_left_over() -> None:
    cache.clear()


@pytest.fixture
def playbook(db: None) -> None:
    publish_playbook(shipped_source("wanzhou"), actor=BUILDER, at=AT)


@pytest.fixture
def town(playbook: None) -> Town:
    def place(parent: Place | None, kind: str, name: str) -> Place:
        return add_place(parent, kind, name, actor=BUILDER, at=AT)

    district = place(None, "district", "试验区")
    street, other = place(district, "street", "东街街道"), place(district, "street", "西街街道")
    community = place(street, "community", "东一社区")
    building = place(community, "building", "7栋")
    places = {
        "district": district,
        "street": street,
        "other_street": other,
        "community": community,
        "building": building,
    }

    def office(code: str, kind: str, parent: Organization | None, at_place: str | None) -> Organization:
        return add_organization(
            code=f"t-{code}",
            name=f"{code} 机构",
            kind=kind,
            parent=parent,
            place=places[at_place] if at_place else None,
            phone="023-58000000",
            actor=BUILDER,
            at=AT,
        )

    hall = office("district", "district", None, "district")
    east = office("street", "street", hall, "street")
    offices = {
        "district": hall,
        "street": east,
        "other_street": office("other-street", "street", hall, "other_street"),
        "community": office("community", "community", east, "community"),
        "department": office("department", "department", hall, None),
    }
    return Town(places, offices)
