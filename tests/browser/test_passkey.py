"""Signing in with a passkey, by an authenticator that the browser plays."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Company
from yuanba.demo.cast import PASSWORD

pytestmark = pytest.mark.browser
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def give_authenticator(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})


def test_a_passkey_takes_the_place_of_password_and_code(company: Company) -> None:
    # A passkey belongs to a name, never to a number: 127.0.0.1 can have none.
    home = company.site.address.replace("127.0.0.1", "localhost")
    official = company.official("street_officer")
    page = official.page
    page.context.clear_cookies()
    give_authenticator(page)
    page.goto(f"{home}/accounts/login/")
    page.get_by_label("User name").fill(official.name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(f"{home}/accounts/2fa/webauthn/add/")
    page.get_by_label("Name of this passkey").fill("手机")
    page.get_by_label("Sign in with it alone, without a password").check()
    page.get_by_role("button", name="Add").click()
    expect(page).not_to_have_url(re.compile("webauthn/add"))

    page.context.clear_cookies()
    page.goto(f"{home}/accounts/login/")
    page.get_by_role("button", name=re.compile("passkey", re.IGNORECASE)).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Desk")
