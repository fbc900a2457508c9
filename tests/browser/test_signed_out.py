"""Nothing typed is lost when the session ends meanwhile."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.people import Company
from yuanba.demo.cast import PASSWORD

pytestmark = pytest.mark.browser
ASK = "玉城家园3栋楼道灯坏了，晚上看不见路。"
NOTE = "已电话联系居民，约定明天上午上门查看。"


def test_what_was_typed_before_the_session_ended_is_back_after_signing_in(company: Company) -> None:
    number = company.resident().report_at_door("building_3", ASK)
    secretary = company.official("community_secretary")
    secretary.open_suggested(number)
    tier = secretary.form("dispatch").locator("[name='dispatch-tier']")
    tier.select_option(label="难事")
    secretary.form("comment").locator("[name='comment-text']").fill(NOTE)
    company.site.move_clock(timedelta(minutes=31))
    secretary.form("comment").locator("button[type=submit]").click()

    page = secretary.page
    expect(page.get_by_text("You were signed out").first).to_be_visible()
    page.get_by_label("User name").fill(secretary.name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator(".heading__over")).to_have_text(number)
    expect(secretary.form("comment").locator("[name='comment-text']")).to_have_value(NOTE)
    # A choice that the page had suggested otherwise is as the secretary left it.
    expect(tier.locator("option:checked")).to_have_text("难事")
    secretary.form("comment").locator("button[type=submit]").click()
    expect(page.locator(".callout--done").first).to_contain_text("Done.")
