"""Parking at Wanshou Road, under the playbook of Haidian: its own tiers, its own words, a whistle that two
answer.
"""

import pytest
from playwright.sync_api import expect

from tests.browser.people import Company

pytestmark = pytest.mark.browser
ASK = "12号院晚上回来没处停车，旁边商场车库夜里空着，能不能商量一下错时停车。"
ANSWER = (
    "12号院夜间停车难的问题，万寿路街道今天已会同海淀交通支队、区商务局与商场签订有偿错时停车协议，"
    "开放120个车位：每晚18点到次日8点，本院车牌登记后即可使用。院前道路已重新划线。"
)


def test_parking_at_wanshou_road_is_talked_over_and_settled_under_the_playbook_of_haidian(
    haidian_company: Company,
) -> None:
    company = haidian_company
    resident = company.resident()
    number = resident.report_at_door("yard", ASK, "居民甲", "13900005678")

    clerk = company.official("clerk")
    clerk.open_suggested(number)
    clerk.page.goto("/triage/")
    card = clerk.page.locator("[data-row]").filter(has_text=number)
    expect(card).to_contain_text("停车")
    clerk.move(
        number,
        "dispatch",
        owner="十二号院社区居民委员会",
        category="停车",
        tier="复杂",
        tier_reason="按实际范围定级",
    )

    secretary = company.official("secretary")
    secretary.move(number, "claim")
    secretary.move(number, "climb", reason="车位在院外商场，要街道出面商量。")
    officer = company.official("street_officer")
    officer.move(number, "claim")
    officer.move(
        number,
        "whistle",
        departments=["海淀交通支队", "区商务局"],
        reason="请到12号院现场商量错时停车。",
        meet_at="12号院门口",
    )
    company.official("traffic_handler").as_called(number, "已到场，院前道路重新划线。")
    company.official("commerce_handler").as_called(number, "已到场，商场同意夜间开放车位。")
    officer.move(number, "answer", text=ANSWER, done_by="万寿路街道办事处")

    page = resident.look()
    expect(page.locator(".tier")).to_contain_text("复杂")
    expect(page.locator(".ladder")).to_contain_text("街镇")
    resident.say_solved()
    company.official("arbiter").move(number, "close")
    expect(resident.look().locator(".state").first).to_contain_text("Closed")
