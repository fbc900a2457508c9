"""How much each page asks of the database: little, and no more with three rows than with one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yuanba.demo.cast import Cast
from yuanba.kernel.authority import system
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import actions
from yuanba.matters.actions import Sorting
from yuanba.matters.models import Channel, Follower, Matter
from yuanba.matters.reporting import Contact, Report
from yuanba.playbooks.queries import current_playbook, forget

PAGES = [
    ("/desk/", "street_officer", 12),
    ("/desk/?reach=territory", "centre_arbiter", 12),
    ("/problems/", "street_officer", 12),
    ("/problems/?open_only=on&tier=big", "centre_arbiter", 12),
    ("/triage/", "centre_clerk", 12),
    ("/arbitration/", "centre_arbiter", 12),
    ("/notices/", "street_officer", 12),
    ("/leader/", "district_leader", 12),
    ("/supervision/", "centre_arbiter", 12),
    ("/playbook/", "centre_arbiter", 12),
    ("/playbook/draft/", "centre_arbiter", 12),
    ("/playbook/draft/changes/", "centre_arbiter", 12),
    ("/playbook/draft/preview/", "centre_arbiter", 12),
    ("/desk/?reach=claims", "street_officer", 12),
    ("/desk/?reach=territory", "street_leader", 12),
    ("/desk/?reach=territory", "district_leader", 12),
    ("/desk/?reach=called", "police_handler", 12),
    ("/whistles/", "street_officer", 12),
    ("/whistles/", "police_handler", 12),
]


def receive(cast: Cast, count: int) -> list[tuple[Matter, str]]:
    made = []
    for place in range(count):
        report = Report(
            text=f"三栋门口的路灯坏了{place + 2}个星期，晚上看不见路。",
            place=cast.places["unit_2"],
            channel=Channel.DOOR,
            contact=Contact("居民乙", f"1380000567{place}"),
        )
        at = timezone.now() - timedelta(hours=3)
        receipt = actions.receive(report, actor=system("door", []), at=at)
        made.append((receipt.matter, receipt.track_key))
    deliver_due()
    return made


def claimed(cast: Cast, count: int) -> list[tuple[Matter, str]]:
    made = receive(cast, count)
    for matter, _key in made:
        sorting = Sorting(category="roads-lights", tier="big")
        actions.dispatch_matter(matter.pk, cast.offices["shahe"], sorting, actor=cast.viewer("centre_clerk"))
        actions.claim_matter(matter.pk, actor=cast.viewer("street_officer"))
        actions.supervise(matter.pk, actor=cast.viewer("district_leader"))
    deliver_due()
    return made


def waited_for(cast: Cast, count: int) -> list[tuple[Matter, str]]:
    """Claimed ones to which the police were called, and for which more time was asked."""
    made, officer = claimed(cast, count), cast.viewer("street_officer")
    for matter, _key in made:
        actions.whistle(matter.pk, [cast.offices["police"]], "请到现场", actor=officer)
        actions.request_extension(matter.pk, "1wd", "等配件", actor=officer)
    deliver_due()
    return made


def statements(client: Client, address: str) -> int:
    """The second visit counts: the first warms what a process keeps, also what it has kept long enough by now."""
    forget(current_playbook().pk)
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def signed_in(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.seats[name].account, "allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.parametrize(("address", "name", "most"), PAGES)
def test_a_list_asks_little_and_no_more_for_more_rows(cast: Cast, address: str, name: str, most: int) -> None:
    client = signed_in(cast, name)
    waited_for(cast, 1)
    receive(cast, 1)
    one = statements(client, address)
    waited_for(cast, 2)
    receive(cast, 2)
    three = statements(client, address)
    assert three <= one, (one, three)
    assert one <= most


def test_my_matter_asks_little(cast: Cast) -> None:
    (_matter, key), *_rest = claimed(cast, 1)
    assert statements(Client(), f"/m/{key}/") <= 12


@pytest.mark.parametrize("name", ["street_officer", "street_leader", "centre_arbiter", "police_handler"])
def test_a_quick_look_asks_little(cast: Cast, name: str) -> None:
    (matter, _key), *_rest = waited_for(cast, 1)
    assert statements(signed_in(cast, name), f"/matters/{matter.number}/look/") <= 12


def test_the_page_of_a_matter_asks_little(cast: Cast) -> None:
    (matter, _key), *_rest = claimed(cast, 1)
    assert statements(signed_in(cast, "street_officer"), f"/matters/{matter.number}/") <= 20


@pytest.mark.parametrize("place", ["district", "shahe", "yucheng", "yucheng_estate"])
@pytest.mark.parametrize("what", ["", "map.geojson"])
def test_a_board_and_its_map_ask_little_and_no_more_for_more_rows(cast: Cast, place: str, what: str) -> None:
    address = f"/board/{cast.places[place].pk}/{what}"
    claimed(cast, 1)
    one = statements(Client(), address)
    claimed(cast, 2)
    assert statements(Client(), address) <= one <= 15


def test_the_pages_of_a_letter_ask_little(cast: Cast) -> None:
    actions.ask_to_follow(cast.places["yucheng"], "a@example.org", language="en", at=timezone.now())
    link = Follower.objects.get().link
    board = f"/board/{cast.places['yucheng'].pk}/follow/"
    for address in (board, f"/follow/{link}/", f"/follow/{link}/stop/"):
        assert statements(Client(), address) <= 6, address
