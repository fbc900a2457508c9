"""Signing in with an account of the organization: a browser, the product, and a city's identity service."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from click.testing import CliRunner
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from yuanba.cli.people import connect_command
from yuanba.kernel.errors import Denied, Invalid
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.outside import read_services
from yuanba.people.actions import (
    connect_outside,
    create_account,
    disable_account,
    disconnect_outside,
    end_holding,
    forget_person,
)
from yuanba.people.models import Account
from yuanba.people.queries import viewer_for
from yuanba.people.tests.conftest import BUILDER, ON, PASSWORD, Town, account_for, register
from yuanba.people.tests.openid import CLIENT_ID, SECRET, Identity
from yuanba.people.tests.test_signin import code_for, give_second_factor, is_in, sign_in

pytestmark = pytest.mark.django_db
LOGIN, PROFILE = "account_login", "people:profile"


@pytest.fixture(scope="session")
def _identity() -> Iterator[Identity]:
    started = Identity()
    yield started
    started.stop()


@pytest.fixture
def city(_identity: Identity, settings: Settings) -> Identity:
    """The city's identity service, set up for signing in; nobody has lied yet."""
    _identity.subject, _identity.extra, _identity.lies, _identity.asked = "u-1001", {}, {}, []
    _identity.foreign_key = _identity.gone = _identity.unsigned = False
    _identity.said_issuer = _identity.issuer
    settings.SIGN_IN_WITH = services(_identity)
    settings.REQUIRE_SECOND_FACTOR = False
    return _identity


def services(city: Identity, **more: object) -> object:
    service = {
        "id": "city",
        "name": "市统一身份认证",
        "url": city.issuer,
        "client_id": CLIENT_ID,
        "secret": SECRET,
    }
    return read_services(json.dumps([service | more]))


@pytest.fixture
def officer(town: Town) -> Account:
    return town.holder("community_worker", "community")[1]


def away_to(page: Any) -> str:
    """Where the page on the way leads."""
    assert page.status_code == 200, page.status_code
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page.content.decode())
    assert found is not None
    return unescape(found[1])


def there(address: str) -> str:
    """At the service: signed in there already, and sent back."""
    answer = requests.get(address, allow_redirects=False, timeout=5)
    assert answer.status_code == 302
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def come(client: Client, **form: str) -> Any:
    """Sign in with the service, from the button to where it ends."""
    page = client.post(reverse("account_outside", args=["city"]), form)
    return client.get(there(away_to(page)))


def connect(client: Client) -> Any:
    address = reverse("people:connect_outside", args=["city"])
    assert client.get(address).status_code == 200
    return client.get(there(away_to(client.post(address))))


def test_without_services_no_button_and_no_address(client: Client, officer: Account) -> None:
    assert "outside" not in client.get(reverse(LOGIN)).content.decode()
    assert client.post(reverse("account_outside", args=["city"])).status_code == 404
    sign_in(client, officer)
    assert "outside-title" not in client.get(reverse(PROFILE)).content.decode()


def test_connected_once_somebody_signs_in_with_it(client: Client, officer: Account, city: Identity) -> None:
    sign_in(client, officer)
    assert connect(client).headers["Location"] == reverse(PROFILE)
    assert "Connected" in client.get(reverse(PROFILE)).content.decode()
    client.post(reverse("account_logout"))
    assert not is_in(client)
    assert "市统一身份认证" in client.get(reverse(LOGIN)).content.decode()
    assert come(client).headers["Location"] == reverse("matters:desk")
    assert is_in(client)


def test_of_the_service_no_more_is_kept_than_who_it_is(
    client: Client, officer: Account, city: Identity
) -> None:
    sign_in(client, officer)
    connect(client)
    come(Client())
    kept = SocialAccount.objects.get()
    assert (kept.provider, kept.uid, kept.extra_data) == ("city", "u-1001", {})
    assert {asked["scope"] for asked in city.asked} == {"openid"}
    entry = Entry.objects.filter(subject_kind="account", kind="outside_connected").get()
    assert json.loads(entry.data) == {"service": "city"}


def test_whom_nobody_has_connected_is_told_whom_to_ask_and_no_account_is_made(
    client: Client, officer: Account, city: Identity
) -> None:
    before = Account.objects.count()
    page = come(client)
    assert page.status_code == 403
    assert "u-1001" in page.content.decode()
    assert Account.objects.count() == before
    assert not SocialAccount.objects.exists()
    assert not is_in(client)


def test_a_mail_address_that_the_service_vouches_for_opens_nothing(
    client: Client, officer: Account, city: Identity
) -> None:
    city.extra = {"email": officer.username, "email_verified": True, "preferred_username": officer.username}
    assert come(client).status_code == 403
    assert not is_in(client)


def test_a_subject_that_the_operator_entered_is_let_in(
    client: Client, officer: Account, city: Identity
) -> None:
    connect_outside(officer.pk, "city", "u-1001", actor=BUILDER, at=timezone.now())
    assert come(client).headers["Location"] == reverse("matters:desk")


def test_the_first_password_is_not_asked_for_of_whom_the_service_vouches_for(
    client: Client, city: Identity
) -> None:
    made = timezone.now() - timedelta(days=8)
    account, initial = create_account(username="late", person=register(), actor=BUILDER, at=made)
    connect_outside(account.pk, "city", "u-1001", actor=BUILDER, at=made)
    come(client)
    assert is_in(client)
    assert sign_in(Client(), account, initial) == reverse("account_inactive")


@pytest.mark.parametrize(
    "lie",
    [
        {"iss": "https://elsewhere.example.org"},
        {"aud": "another-client"},
        {"nonce": "of somebody else's try"},
        {"nonce": None},
        {"exp": 1_700_000_000},
        {"sub": ""},
    ],
)
def test_a_token_that_is_not_for_this_try_opens_nothing(
    client: Client, officer: Account, city: Identity, lie: dict[str, object]
) -> None:
    connect_outside(officer.pk, "city", "u-1001", actor=BUILDER, at=timezone.now())
    city.lies = lie
    assert come(client).status_code == 401
    assert not is_in(client)


@pytest.mark.parametrize("fault", ["foreign_key", "unsigned"])
def test_a_token_that_the_service_did_not_sign_opens_nothing(
    client: Client, officer: Account, city: Identity, fault: str
) -> None:
    connect_outside(officer.pk, "city", "u-1001", actor=BUILDER, at=timezone.now())
    setattr(city, fault, True)
    assert come(client).status_code == 401
    assert not is_in(client)


def test_a_service_that_names_another_issuer_is_not_asked(client: Client, city: Identity) -> None:
    city.said_issuer = "https://elsewhere.example.org"
    assert client.post(reverse("account_outside", args=["city"])).status_code == 401
    assert city.asked == []


def test_a_service_that_is_away_is_said_kindly(client: Client, city: Identity) -> None:
    city.gone = True
    answer = client.post(reverse("account_outside", args=["city"]))
    assert answer.status_code == 503
    assert "does not answer now" in answer.content.decode()
    assert "can't be trusted" not in unescape(answer.content.decode())


def test_a_service_that_can_not_be_reached_is_no_attack(
    client: Client, city: Identity, settings: Settings
) -> None:
    settings.SIGN_IN_WITH = services(city, url="http://127.0.0.1:9")
    answer = client.post(reverse("account_outside", args=["city"]))
    assert answer.status_code == 503
    assert "does not answer now" in answer.content.decode()


def test_an_answer_that_nobody_here_asked_for_opens_nothing(
    client: Client, officer: Account, city: Identity
) -> None:
    """Somebody else's way back, put before this browser, would sign it in as them."""
    connect_outside(officer.pk, "city", "u-1001", actor=BUILDER, at=timezone.now())
    theirs = there(away_to(Client().post(reverse("account_outside", args=["city"]))))
    assert client.get(theirs).status_code == 401
    assert client.get(reverse("account_outside_back", args=["city"]) + "?code=x&state=y").status_code == 401
    assert not is_in(client)


def test_an_answer_serves_once(client: Client, officer: Account, city: Identity) -> None:
    connect_outside(officer.pk, "city", "u-1001", actor=BUILDER, at=timezone.now())
    back = there(away_to(client.post(reverse("account_outside", args=["city"]))))
    assert client.get(back).status_code == 302
    client.post(reverse("account_logout"))
    assert client.get(back).status_code == 401
    assert not is_in(client)


def test_who_goes_back_there_is_at_the_sign_in_page_again(client: Client, city: Identity) -> None:
    address = away_to(client.post(reverse("account_outside", args=["city"])))
    state = dict(part.split("=") for part in urlsplit(address).query.split("&"))["state"]
    refused = urlencode({"error": "access_denied", "state": state})
    answer = client.get(f"{reverse('account_outside_back', args=['city'])}?{refused}")
    assert answer.headers["Location"] == reverse(LOGIN)


@pytest.mark.parametrize("place", ["https://evil.example.org/", "//evil.example.org/", "javascript:alert(1)"])
def test_the_way_on_leads_to_no_other_host(
    client: Client, officer: Account, city: Identity, place: str
) -> None:
    connect_outside(officer.pk, "city", "u-1001", actor=BUILDER, at=timezone.now())
    assert come(client, next=place).headers["Location"] == reverse("matters:desk")


def test_the_way_on_leads_to_the_page_that_was_wanted(
    client: Client, officer: Account, city: Identity
) -> None:
    connect_outside(officer.pk, "city", "u-1001", actor=BUILDER, at=timezone.now())
    assert come(client, next=reverse("matters:problems")).headers["Location"] == reverse("matters:problems")


def test_an_ended_post_opens_no_desk(client: Client, town: Town, city: Identity) -> None:
    post, account = town.holder("community_worker", "community")
    connect_outside(account.pk, "city", "u-1001", actor=BUILDER, at=timezone.now())
    end_holding(post.pk, on=ON + timedelta(days=1), actor=BUILDER, at=timezone.now())
    assert come(client).headers["Location"] == "/"
    assert client.get(reverse("matters:desk")).status_code == 403


def test_a_disabled_account_stays_closed(client: Client, officer: Account, city: Identity) -> None:
    connect_outside(officer.pk, "city", "u-1001", actor=BUILDER, at=timezone.now())
    disable_account(officer.pk, actor=BUILDER, at=timezone.now())
    assert come(client).headers["Location"] == reverse("account_inactive")
    assert not is_in(client)


def test_a_second_factor_is_asked_for_after_the_service_too(
    client: Client, officer: Account, city: Identity, settings: Settings
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    secret = give_second_factor(officer)
    connect_outside(officer.pk, "city", "u-1001", actor=BUILDER, at=timezone.now())
    city.extra = {"amr": ["pwd", "otp"]}
    assert come(client).headers["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code_for(secret)})
    assert is_in(client)


def test_without_one_it_is_to_be_set_up_first(
    client: Client, officer: Account, city: Identity, settings: Settings
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    connect_outside(officer.pk, "city", "u-1001", actor=BUILDER, at=timezone.now())
    come(client)
    assert client.get(reverse(PROFILE)).headers["Location"] == reverse("mfa_index")


def test_the_services_own_counts_where_it_is_written_down_and_the_token_says_so(
    client: Client, officer: Account, city: Identity, settings: Settings
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    settings.SIGN_IN_WITH = services(city, second_factor={"amr": ["otp"]})
    give_second_factor(officer)
    connect_outside(officer.pk, "city", "u-1001", actor=BUILDER, at=timezone.now())
    city.extra = {"amr": ["pwd"]}
    assert come(Client()).headers["Location"] == reverse("mfa_authenticate")
    city.extra = {"amr": ["pwd", "otp"]}
    assert come(client).headers["Location"] == reverse("matters:desk")
    assert is_in(client)


def test_what_the_service_vouched_for_ends_with_the_session(
    client: Client, officer: Account, city: Identity, settings: Settings
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    settings.SIGN_IN_WITH = services(city, second_factor={"amr": ["otp"]})
    connect_outside(officer.pk, "city", "u-1001", actor=BUILDER, at=timezone.now())
    city.extra = {"amr": ["otp"]}
    come(client)
    assert is_in(client)
    client.post(reverse("account_logout"))
    sign_in(client, officer)
    assert client.get(reverse(PROFILE)).headers["Location"] == reverse("mfa_index")


def test_an_outside_account_is_one_persons(client: Client, town: Town, city: Identity) -> None:
    first, second = account_for(register("甲")), account_for(register("乙"))
    connect_outside(first.pk, "city", "u-1001", actor=BUILDER, at=timezone.now())
    sign_in(client, second)
    connect(client)
    assert SocialAccount.objects.get().user_id == first.pk
    with pytest.raises(Invalid):
        connect_outside(second.pk, "city", "u-1001", actor=BUILDER, at=timezone.now())


def test_nobody_connects_an_account_that_is_not_theirs(town: Town, city: Identity) -> None:
    mine, theirs = account_for(register("甲")), account_for(register("乙"))
    with pytest.raises(Denied):
        connect_outside(theirs.pk, "city", "u-9", actor=viewer_for(mine), at=timezone.now())
    with pytest.raises(Denied):
        disconnect_outside(theirs.pk, "city", actor=viewer_for(mine), at=timezone.now())


def test_who_is_signed_out_on_the_way_connects_nothing(
    client: Client, officer: Account, city: Identity
) -> None:
    sign_in(client, officer)
    back = there(away_to(client.post(reverse("people:connect_outside", args=["city"]))))
    client.logout()
    assert client.get(back).status_code == 401
    assert not SocialAccount.objects.exists()


def test_disconnecting_ends_the_way_in_and_other_sessions(
    client: Client, officer: Account, city: Identity
) -> None:
    connect_outside(officer.pk, "city", "u-1001", actor=BUILDER, at=timezone.now())
    other = Client()
    come(other)
    sign_in(client, officer, PASSWORD)
    client.post(reverse("people:disconnect_outside", args=["city"]))
    assert is_in(client)
    assert not is_in(other)
    assert come(Client()).status_code == 403


def test_a_forgotten_person_leaves_no_outside_identity(city: Identity, town: Town) -> None:
    person = register("甲")
    account = account_for(person)
    connect_outside(account.pk, "city", "u-1001", actor=BUILDER, at=timezone.now())
    disable_account(account.pk, actor=BUILDER, at=timezone.now())
    forget_person(person.pk, actor=BUILDER, at=timezone.now())
    assert not SocialAccount.objects.exists()


def test_the_command_line_connects_by_user_name(client: Client, officer: Account, city: Identity) -> None:
    done = CliRunner().invoke(connect_command, [officer.username, "city", "u-1001"])
    assert done.exit_code == 0, done.output
    come(client)
    assert is_in(client)
    assert CliRunner().invoke(connect_command, ["nobody", "city", "u-2"]).exit_code != 0
