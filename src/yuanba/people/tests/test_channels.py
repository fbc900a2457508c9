"""Choosing where notices go, and giving an office's group its bot, over HTTP."""

import json
from datetime import time

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from yuanba.kernel.errors import Denied, Missing, TooMany
from yuanba.kernel.group_bots import NotDelivered, read_hosts
from yuanba.kernel.journal.models import Entry
from yuanba.people.actions import (
    choose_channels,
    disable_account,
    end_holding,
    forget_person,
    remove_group_bot,
    renew_group_bots,
    set_group_bot,
    try_group_bot,
)
from yuanba.people.group_messages import say_in_group
from yuanba.people.models import Account, GroupBot, NoticeChoice, Person
from yuanba.people.queries import viewer_for
from yuanba.people.tests.conftest import AT, BUILDER, ON, Town

pytestmark = pytest.mark.django_db
KEY = "0a1b2c3d-4e5f-6789-abcd-ef0123456789"
WECOM = f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}"
DINGTALK = f"https://oapi.dingtalk.com/robot/send?access_token={KEY.replace('-', '')}"
CHANNELS = "people:channels"


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Settings) -> None:
    settings.REQUIRE_SECOND_FACTOR = False


@pytest.fixture
def leader(town: Town) -> Account:
    return town.holder("street_leader", "street")[1]


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account, "allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_somebody_chooses_mail_and_quiet_hours(leader: Account) -> None:
    client = signed_in(leader)
    given = {"by_mail": "on", "email": "me@example.org", "quiet_from": "21:00", "quiet_until": "08:30"}
    assert client.post(reverse(CHANNELS), given).headers["Location"] == reverse(CHANNELS)
    choice = NoticeChoice.objects.get()
    assert (choice.by_mail, choice.quiet_from, choice.quiet_until) == (True, time(21), time(8, 30))
    assert Person.objects.get(account=leader).email == "me@example.org"
    page = client.get(reverse(CHANNELS)).content.decode()
    for shown in ("me@example.org", 'value="21:00"', 'value="08:30"'):
        assert shown in page
    assert "come by mail" in client.get(reverse("people:profile")).content.decode()


def test_the_journal_holds_no_address(leader: Account) -> None:
    signed_in(leader).post(reverse(CHANNELS), {"email": "me@example.org"})
    entry = Entry.objects.filter(subject_kind="person", kind="corrected").get()
    assert set(json.loads(entry.data)) == {"email"}
    assert "example.org" not in str(entry.data)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"by_mail": "on", "email": ""}, "email"),
        ({"by_mail": "on", "email": "not an address"}, "email"),
        ({"quiet_from": "21:00"}, "quiet_until"),
        ({"quiet_until": "07:00"}, "quiet_from"),
        ({"quiet_from": "late"}, "quiet_from"),
    ],
)
def test_what_can_not_be_stands_beside_its_field_and_is_given_back(
    leader: Account, given: dict[str, str], field: str
) -> None:
    answer = signed_in(leader).post(reverse(CHANNELS), {"email": "kept@example.org"} | given)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert given.get("email", "kept@example.org") in answer.content.decode()
    assert not NoticeChoice.objects.exists()


def test_who_is_nobody_in_particular_chooses_nothing() -> None:
    with pytest.raises(Missing):
        choose_channels(
            email="",
            by_mail=False,
            urgent_at_night=False,
            quiet_from=None,
            quiet_until=None,
            actor=BUILDER,
            at=AT,
        )


def test_half_of_quiet_hours_can_not_be_stored(leader: Account) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        NoticeChoice.objects.create(pk=leader.person_id or 0, quiet_from=time(22))


def test_a_forgotten_person_leaves_no_choice(town: Town) -> None:
    post, account = town.holder("community_worker", "community")
    signed_in(account).post(reverse(CHANNELS), {"by_mail": "on", "email": "me@example.org"})
    end_holding(post.pk, on=ON, actor=BUILDER, at=AT)
    disable_account(account.pk, actor=BUILDER, at=AT)
    forget_person(account.person_id or 0, actor=BUILDER, at=timezone.now())
    assert not NoticeChoice.objects.exists()


def test_a_bot_is_set_and_never_shown_again(leader: Account, town: Town) -> None:
    client, office = signed_in(leader), town.offices["street"]
    address = reverse("people:group", args=[office.pk])
    secret = "SEC0123456789"
    assert client.post(address, {"address": DINGTALK, "secret": secret}).headers["Location"] == address
    page = client.get(address).content.decode()
    assert "oapi.dingtalk.com … 6789" in page
    for hidden in (KEY.replace("-", ""), secret):
        assert hidden not in page
    refused = client.post(address, {"address": DINGTALK + "x/../y"})
    assert refused.status_code == 422
    assert KEY.replace("-", "") not in refused.content.decode()
    assert "Give the address once more" in refused.content.decode()
    assert "Everything you typed" not in refused.content.decode()


def test_a_bot_that_nobody_reached_is_told_in_words(leader: Account, town: Town, settings: Settings) -> None:
    office = town.offices["street"]
    settings.NOTICE_HOSTS = read_hosts(["wecom=http://127.0.0.1:9"])
    nowhere = WECOM.replace("https://qyapi.weixin.qq.com", "http://127.0.0.1:9")
    set_group_bot(office.pk, address=nowhere, actor=BUILDER, at=AT)
    with pytest.raises(NotDelivered):
        say_in_group(office.pk, "试一试")
    page = signed_in(leader).get(reverse("people:group", args=[office.pk])).content.decode()
    assert "the service could not be reached" in page
    for code in ("Error", "unreached", "answer of the service"):
        assert code not in page


def test_the_address_is_encrypted_in_the_database_and_in_no_journal(town: Town) -> None:
    office = town.offices["street"]
    set_group_bot(office.pk, address=WECOM, actor=BUILDER, at=AT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM people_groupbot")
        stored = str(cursor.fetchone()[0])
    assert KEY not in stored
    assert GroupBot.objects.get().parted.url == WECOM
    entry = Entry.objects.filter(kind="group_bot_set").get()
    assert json.loads(entry.data) == {"service": "wecom"}


def test_bots_stay_readable_through_a_change_of_keys(town: Town, settings: Settings) -> None:
    set_group_bot(town.offices["street"].pk, address=DINGTALK, secret="SEC1", actor=BUILDER, at=AT)
    settings.PERSONAL_DATA_KEYS_OLD = [settings.PERSONAL_DATA_KEY]
    settings.PERSONAL_DATA_KEY = "another key of the district, made for this test"
    last = renew_group_bots()
    assert last is not None
    assert renew_group_bots(after=last) is None
    settings.PERSONAL_DATA_KEYS_OLD = []
    bot = GroupBot.objects.get()
    assert (bot.address, bot.secret) == (DINGTALK, "SEC1")


@pytest.mark.parametrize(
    "address", ["json://127.0.0.1/", "file:///etc/passwd", "http://127.0.0.1:8000/", "x"]
)
def test_other_addresses_are_refused_beside_their_field(leader: Account, town: Town, address: str) -> None:
    page = signed_in(leader).post(
        reverse("people:group", args=[town.offices["street"].pk]), {"address": address}
    )
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["address"]
    assert not GroupBot.objects.exists()


def test_a_secret_for_wecom_is_refused(leader: Account, town: Town) -> None:
    page = signed_in(leader).post(
        reverse("people:group", args=[town.offices["street"].pk]), {"address": WECOM, "secret": "SEC"}
    )
    assert list(page.context["form"].errors) == ["secret"]


def test_only_who_manages_people_there_sets_a_bot(town: Town) -> None:
    office = town.offices["street"]
    worker = town.holder("community_worker", "community")[1]
    assert signed_in(worker).get(reverse("people:group", args=[office.pk])).status_code == 404
    with pytest.raises(Denied):
        set_group_bot(office.pk, address=WECOM, actor=viewer_for(worker), at=AT)
    set_group_bot(office.pk, address=WECOM, actor=BUILDER, at=AT)
    for act in (remove_group_bot, try_group_bot):
        with pytest.raises(Denied):
            act(office.pk, actor=viewer_for(worker), at=AT)


def test_a_leader_reaches_the_groups_below_and_no_others(leader: Account, town: Town) -> None:
    client = signed_in(leader)
    assert client.get(reverse("people:group", args=[town.offices["community"].pk])).status_code == 200
    assert client.get(reverse("people:group", args=[town.offices["other_street"].pk])).status_code == 404
    page = client.get(reverse(CHANNELS)).content.decode()
    assert reverse("people:group", args=[town.offices["street"].pk]) in page


def test_a_bot_is_removed_and_removing_none_changes_nothing(leader: Account, town: Town) -> None:
    office = town.offices["street"]
    set_group_bot(office.pk, address=WECOM, actor=BUILDER, at=AT)
    client = signed_in(leader)
    for _time in range(2):
        client.post(reverse("people:remove_group", args=[office.pk]))
    assert not GroupBot.objects.exists()
    assert Entry.objects.filter(kind="group_bot_removed").count() == 1


def test_tests_are_few(town: Town) -> None:
    office = town.offices["street"]
    with pytest.raises(Missing):
        try_group_bot(office.pk, actor=BUILDER, at=AT)
    set_group_bot(office.pk, address=WECOM, actor=BUILDER, at=AT)
    for _time in range(5):
        try_group_bot(office.pk, actor=BUILDER, at=AT)
    with pytest.raises(TooMany):
        try_group_bot(office.pk, actor=BUILDER, at=AT)
