"""A form filled in while the matter went on: refused when a person changed it, taken when only the clock warned."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from yuanba.demo.cast import Cast
from yuanba.kernel.authority import system
from yuanba.matters import actions
from yuanba.matters.actions import Sorting, take_due_steps
from yuanba.matters.flow import State
from yuanba.matters.models import Channel, Matter
from yuanba.matters.reporting import Report


@pytest.fixture
def dispatched(cast: Cast) -> Matter:
    at = timezone.now() - timedelta(days=40)
    report = Report(text="三栋门口的路灯坏了两个星期。", place=cast.places["unit_2"], channel=Channel.DOOR)
    matter = actions.receive(report, actor=system("door", []), at=at).matter
    sorting = Sorting(category="roads-lights", tier="big")
    clerk = cast.viewer("centre_clerk")
    return actions.dispatch_matter(matter.pk, cast.offices["shahe"], sorting, actor=clerk, at=at)


def claim(cast: Cast, matter: Matter, version: int) -> int:
    client = Client()
    account = cast.seats["street_officer"].account
    client.force_login(account, "allauth.account.auth_backends.AuthenticationBackend")
    return client.post(f"/matters/{matter.number}/moves/claim/", {"version": version}).status_code


def test_a_warning_by_the_clock_does_not_refuse_the_form(cast: Cast, dispatched: Matter) -> None:
    seen = dispatched.version
    take_due_steps()
    dispatched.refresh_from_db()
    assert dispatched.version > seen
    assert claim(cast, dispatched, seen) == 302
    dispatched.refresh_from_db()
    assert dispatched.state == State.CLAIMED


def test_what_a_person_changed_meanwhile_refuses_the_form(cast: Cast, dispatched: Matter) -> None:
    seen = dispatched.version
    actions.comment(dispatched.pk, "已电话联系。", to_resident=False, actor=cast.viewer("street_officer"))
    take_due_steps()
    assert claim(cast, dispatched, seen) == 412
    dispatched.refresh_from_db()
    assert dispatched.state == State.DISPATCHED
