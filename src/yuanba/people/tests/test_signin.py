"""Coming in, over HTTP, as a browser would."""

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from pytest_django import Settings

from yuanba.kernel.journal.models import Entry
from yuanba.kernel.ratelimit import Rate
from yuanba.people import signin
from yuanba.people.actions import (
    create_account,
    disable_account,
    enable_account,
    end_sessions,
    renew_second_factors,
    reset_password,
    reset_second_factor,
)
from yuanba.people.models import Account
from yuanba.people.tests.conftest import BUILDER, PASSWORD, Town, account_for, register

pytestmark = pytest.mark.django_db
PROFILE = "people:profile"


def code_for(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, next(iter(counters())))))


def give_second_factor(account: Account) -> str:
    secret = str(generate_totp_secret())
    TOTP.activate(account, secret)
    return secret


def sign_in(client: Client, account: Account, password: str = PASSWORD, **extra: str) -> str:
    """Post the password; returns the address that the answer leads to, empty when the page comes back."""
    answer = client.post(reverse("account_login"), {"login": account.username, "password": password, **extra})
    return answer.headers.get("Location", "")


def is_in(client: Client) -> bool:
    return client.get(reverse(PROFILE)).status_code == 200


@pytest.fixture
def resident(db: None) -> Account:
    """Somebody with an account and no post, who needs no second factor."""
    return account_for(register("居民"))


@pytest.fixture
def officer(town: Town, settings: Settings) -> Account:
    settings.REQUIRE_SECOND_FACTOR = True
    return town.holder("community_worker", "community")[1]


def test_the_sign_in_page_offers_no_sign_up(client: Client) -> None:
    page = client.get(reverse("account_login"))
    assert page.status_code == 200
    assert "signup" not in page.content.decode()


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_reset_password"])
def test_no_address_makes_accounts_or_sends_passwords(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_a_password_opens_an_account_without_a_post(client: Client, resident: Account) -> None:
    assert sign_in(client, resident) == "/"
    assert is_in(client)


@pytest.mark.parametrize("password", ["wrong password", ""])
def test_a_wrong_password_opens_nothing_and_tells_nothing(
    client: Client, resident: Account, password: str
) -> None:
    known = client.post(reverse("account_login"), {"login": resident.username, "password": password})
    unknown = client.post(reverse("account_login"), {"login": "nobody", "password": password})
    assert (known.status_code, unknown.status_code) == (200, 200)
    assert known.context["form"].errors == unknown.context["form"].errors
    assert not is_in(client)


def test_five_failures_lock_the_door_also_for_the_right_password(client: Client, resident: Account) -> None:
    answers = [
        client.post(reverse("account_login"), {"login": resident.username, "password": "x"})
        for _try in range(6)
    ]
    assert answers[4].status_code == 429
    assert "people/locked_out.html" in [template.name for template in answers[4].templates]
    assert sign_in(client, resident) == ""
    assert not is_in(client)


def test_behind_the_proxy_a_stranger_locks_nobody_else_out(resident: Account, settings: Settings) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    stranger = Client(headers={"X-Forwarded-For": "203.0.113.7"})
    for _try in range(12):
        sign_in(stranger, resident, "x")
    assert sign_in(Client(headers={"X-Forwarded-For": "198.51.100.4"}), resident) == "/"


def test_many_addresses_together_can_not_guess_one_password(
    resident: Account, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    monkeypatch.setattr(signin, "BY_NAME", Rate("sign_in", 4, 3600))

    def come(place: int, password: str) -> str:
        return sign_in(Client(headers={"X-Forwarded-For": f"203.0.113.{place}"}), resident, password)

    for place in range(4):
        assert come(place, "x") == ""
    assert come(50, PASSWORD) == ""
    monkeypatch.setattr(signin, "BY_NAME", Rate("sign_in", 5, 3600))
    assert come(51, PASSWORD) == "/"


def test_another_account_stays_open_while_one_is_locked(client: Client, resident: Account) -> None:
    for _try in range(5):
        sign_in(client, resident, "x")
    assert sign_in(Client(), account_for(register("邻居"))) == "/"


def test_an_initial_password_leads_to_choosing_an_own_one_and_nowhere_else(client: Client, db: None) -> None:
    account, initial = create_account(username="newcomer", actor=BUILDER, at=timezone.now())
    sign_in(client, account, initial)
    change = reverse("account_change_password")
    assert client.get(reverse(PROFILE)).headers["Location"] == change
    asked_by_program = client.get(reverse(PROFILE), headers={"Accept": "application/json"})
    assert (asked_by_program.status_code, asked_by_program.json()["code"]) == (403, "sign_in_unfinished")
    assert client.get(change).status_code == 200
    new = {"oldpassword": initial, "password1": "我的第一个自己的密码", "password2": "我的第一个自己的密码"}
    assert client.post(change, new).headers["Location"] == reverse(PROFILE)
    assert is_in(client)
    account.refresh_from_db()
    assert account.initial_until is None
    assert sign_in(Client(), account, initial) == ""


def test_a_second_factor_waits_for_an_own_password(client: Client, db: None, settings: Settings) -> None:
    """Whoever made the one-time password must not be able to enrol theirs with it."""
    settings.REQUIRE_SECOND_FACTOR = True
    account, initial = create_account(username="newcomer", is_staff=True, actor=BUILDER, at=timezone.now())
    sign_in(client, account, initial)
    change = reverse("account_change_password")
    for name in ("mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "admin:index"):
        assert client.get(reverse(name)).headers["Location"] == change, name
    new = {"oldpassword": initial, "password1": PASSWORD, "password2": PASSWORD}
    assert client.post(change, new).status_code == 302
    assert client.get(reverse("admin:index")).headers["Location"] == reverse("mfa_index")
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_each_lands_where_there_is_something_to_do(town: Town, settings: Settings) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    _post, worker = town.holder("community_worker", "community")
    _post, operator = town.holder("operator", "district")
    operator.is_staff = True
    operator.save(update_fields=["is_staff"])
    client = Client()
    assert sign_in(client, operator) == reverse("admin:index")
    assert client.get(reverse("admin:index")).status_code == 200
    page = client.get(reverse("people:profile")).content.decode()
    assert f'href="{reverse("admin:index")}"' in page
    assert f'href="{reverse("matters:desk")}"' not in page
    assert sign_in(Client(), worker) == reverse("matters:desk")
    assert sign_in(Client(), town.holder("operator", "district")[1]) == reverse("people:profile")


def test_an_initial_password_runs_out(client: Client, db: None) -> None:
    account, initial = create_account(username="late", actor=BUILDER, at=timezone.now() - timedelta(days=8))
    assert sign_in(client, account, initial) == reverse("account_inactive")
    assert client.get(reverse("account_inactive")).status_code == 200
    assert not is_in(client)


@pytest.mark.parametrize("weak", ["short", "password123", "1234567890123"])
def test_weak_passwords_are_refused_with_a_reason(client: Client, resident: Account, weak: str) -> None:
    sign_in(client, resident)
    new = {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
    page = client.post(reverse("account_change_password"), new)
    assert page.status_code == 200
    assert page.context["form"].errors["password1"]


def test_a_new_password_ends_all_other_sessions(client: Client, resident: Account) -> None:
    other = Client()
    sign_in(client, resident)
    sign_in(other, resident)
    new = {"oldpassword": PASSWORD, "password1": "换一句容易记住的新话", "password2": "换一句容易记住的新话"}
    client.post(reverse("account_change_password"), new)
    assert is_in(client)
    assert not is_in(other)


def test_an_officer_must_enrol_a_second_factor_first(client: Client, officer: Account) -> None:
    sign_in(client, officer)
    enrol = reverse("mfa_index")
    assert client.get(reverse(PROFILE)).headers["Location"] == enrol
    assert client.get(enrol).status_code == 200
    activate = reverse("mfa_activate_totp")
    page = client.get(activate)
    assert page.status_code == 200
    secret = page.context["form"].secret
    assert page.context["totp_svg"].startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert client.post(activate, {"code": "000000"}).context["form"].errors
    assert client.post(activate, {"code": code_for(secret)}).headers["Location"] == reverse(
        "mfa_view_recovery_codes"
    )
    codes = client.get(reverse("mfa_view_recovery_codes"))
    assert len(codes.context["unused_codes"]) == 10
    assert is_in(client)
    stored = Authenticator.objects.get(user=officer, type=Authenticator.Type.TOTP).data["secret"]
    assert secret not in stored
    assert get_adapter().decrypt(stored) == secret


def test_a_session_by_password_alone_ends_when_a_second_factor_is_enrolled(
    client: Client, officer: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever stole the password first must not keep what they opened with it."""
    # Outside a test nothing surrounds the request, so what waits for the commit runs within it.
    monkeypatch.setattr(transaction, "on_commit", lambda work: work())
    thief = Client()
    for each in (thief, client):
        sign_in(each, officer)
    activate = reverse("mfa_activate_totp")
    secret = client.get(activate).context["form"].secret
    client.post(activate, {"code": code_for(secret)})
    assert is_in(client)
    assert not is_in(thief)
    assert "_auth_user_id" not in thief.session
    kinds = Entry.objects.filter(subject_kind="account", subject_id=officer.pk).values_list("kind", flat=True)
    assert "second_factor_added" in kinds


def test_second_factors_survive_a_change_of_keys(
    client: Client, officer: Account, settings: Settings
) -> None:
    secret = give_second_factor(officer)
    settings.PERSONAL_DATA_KEYS_OLD = [settings.PERSONAL_DATA_KEY]
    settings.PERSONAL_DATA_KEY = "another secret"
    last = renew_second_factors()
    assert renew_second_factors(after=last or 0) is None
    settings.PERSONAL_DATA_KEYS_OLD = []
    sign_in(client, officer)
    client.post(reverse("mfa_authenticate"), {"code": code_for(secret)})
    assert is_in(client)


def test_an_htmx_request_is_led_there_too(client: Client, officer: Account) -> None:
    sign_in(client, officer)
    answer = client.get(reverse(PROFILE), headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == reverse("mfa_index")


def test_a_password_alone_opens_nothing_once_a_second_factor_is_there(
    client: Client, officer: Account
) -> None:
    secret = give_second_factor(officer)
    second = reverse("mfa_authenticate")
    assert sign_in(client, officer) == second
    assert not is_in(client)
    assert client.get(second).status_code == 200
    assert client.post(second, {"code": "000000"}).context["form"].errors
    assert not is_in(client)
    assert client.post(second, {"code": code_for(secret)}).headers["Location"] == "/desk/"
    assert is_in(client)


def test_a_code_works_once(client: Client, officer: Account) -> None:
    code = code_for(give_second_factor(officer))
    sign_in(client, officer)
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert is_in(client)
    again = Client()
    sign_in(again, officer)
    again.post(reverse("mfa_authenticate"), {"code": code})
    assert not is_in(again)


def test_the_last_second_factor_of_an_officer_is_not_removed(client: Client, officer: Account) -> None:
    secret = give_second_factor(officer)
    sign_in(client, officer)
    client.post(reverse("mfa_authenticate"), {"code": code_for(secret)})
    page = client.post(reverse("mfa_deactivate_totp"))
    assert page.status_code == 200
    assert Authenticator.objects.filter(user=officer).exists()


def test_where_it_is_not_required_an_officer_comes_in_without(
    client: Client, officer: Account, settings: Settings
) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    assert sign_in(client, officer) == "/desk/"
    assert is_in(client)


def test_a_disabled_account_loses_its_session_at_once_and_for_good(client: Client, resident: Account) -> None:
    sign_in(client, resident)
    disable_account(resident.pk, actor=BUILDER, at=timezone.now())
    assert not is_in(client)
    assert sign_in(Client(), resident) == reverse("account_inactive")
    enable_account(resident.pk, actor=BUILDER, at=timezone.now())
    assert not is_in(client)
    assert sign_in(client, resident) == "/"


@pytest.mark.parametrize("act", [end_sessions, reset_password, reset_second_factor])
def test_sessions_end_when_somebody_in_charge_says_so(client: Client, resident: Account, act: object) -> None:
    sign_in(client, resident)
    act(resident.pk, actor=BUILDER, at=timezone.now())  # type: ignore[operator]
    assert not is_in(client)


def test_signing_out_everywhere_ends_this_session_and_the_others(client: Client, resident: Account) -> None:
    other = Client()
    sign_in(client, resident)
    sign_in(other, resident)
    client.post(reverse("people:sign_out_everywhere"))
    assert not is_in(client)
    assert not is_in(other)


def test_signing_out_takes_a_click(client: Client, resident: Account) -> None:
    sign_in(client, resident)
    assert client.get(reverse("account_logout")).status_code == 200
    assert is_in(client)
    client.post(reverse("account_logout"))
    assert not is_in(client)


def test_the_way_back_never_leads_to_a_foreign_site(client: Client, resident: Account) -> None:
    assert sign_in(client, resident, next="https://evil.example/") == "/"


def test_the_back_office_has_no_door_of_its_own(client: Client, officer: Account, settings: Settings) -> None:
    answer = client.get(reverse("admin:login"))
    assert answer.headers["Location"].startswith(reverse("account_login"))
    settings.REQUIRE_SECOND_FACTOR = False
    client.force_login(officer)
    assert client.get(reverse("admin:login")).status_code == 403


@pytest.mark.parametrize(
    "name", ["mfa_index", "mfa_generate_recovery_codes", "mfa_list_webauthn", "mfa_add_webauthn"]
)
def test_every_page_of_the_second_factor_is_ours(client: Client, officer: Account, name: str) -> None:
    secret = give_second_factor(officer)
    sign_in(client, officer)
    client.post(reverse("mfa_authenticate"), {"code": code_for(secret)})
    page = client.get(reverse(name))
    assert page.status_code == 200
    assert 'id="main"' in page.content.decode()


def test_confirming_that_it_is_you_asks_again(client: Client, officer: Account, settings: Settings) -> None:
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    secret = give_second_factor(officer)
    sign_in(client, officer)
    client.post(reverse("mfa_authenticate"), {"code": code_for(secret)})
    answer = client.get(reverse("mfa_generate_recovery_codes"), follow=True)
    assert answer.status_code == 200
    assert 'type="password"' in answer.content.decode() or 'name="code"' in answer.content.decode()


def test_a_session_ends_half_an_hour_after_the_last_request(client: Client, resident: Account) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        sign_in(client, resident)
        for _time in range(3):
            clock.shift(timedelta(minutes=29))
            assert is_in(client)
        clock.shift(timedelta(minutes=31))
        gone = client.get(reverse(PROFILE), follow=True)
        assert gone.redirect_chain[0][0].startswith(reverse("account_login"))
        assert "signed out" in gone.content.decode()
        assert not is_in(client)


def test_a_session_in_use_still_ends_after_its_twelve_hours(client: Client, resident: Account) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        sign_in(client, resident)
        for _time in range(24):
            clock.shift(timedelta(minutes=29))
            assert is_in(client)
        clock.shift(timedelta(minutes=29))
        assert not is_in(client)


def test_requests_in_the_same_minute_write_no_session(client: Client, resident: Account) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        sign_in(client, resident)
        clock.shift(timedelta(seconds=70))
        for seconds, writes in ((0, 1), (30, 0), (40, 1)):
            clock.shift(timedelta(seconds=seconds))
            with CaptureQueriesContext(connection) as captured:
                assert is_in(client)
            written = [row for row in captured if row["sql"].startswith('UPDATE "django_session"')]
            assert len(written) == writes, seconds
