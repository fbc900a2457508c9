"""The bus line of Yucheng Jiayuan: asked for at a visit, passed up, answered by transport, confirmed at the
door.
"""

import pytest
from playwright.sync_api import expect

from tests.browser.people import Company

pytestmark = pytest.mark.browser
ASK = "玉城家园小区门口没有公交车，老人出门要走四十分钟才到车站，希望能开一条公交线路。"
ANSWER = (
    "玉城家园没有公交的问题，区交通局已于今天开通116路，在小区正门设站，早六点半到晚八点，"
    "每二十分钟一班。今天首班车已发出，欢迎乘坐。"
)


def test_the_bus_line_of_yucheng_is_asked_for_passed_up_answered_and_confirmed(company: Company) -> None:
    resident = company.resident()
    number = resident.report_at_door("building_3", ASK, "居民甲", "13900001234")
    expect(resident.page.locator(".facts")).to_contain_text("玉城社区居民委员会")

    secretary = company.official("community_secretary")
    secretary.open_suggested(number)
    secretary.move(number, "dispatch", owner="玉城社区居民委员会", category="公交出行", tier="大事")
    secretary.move(number, "claim")
    secretary.move(number, "climb", reason="开公交线路要区里的部门定，社区定不了。")

    officer = company.official("street_officer")
    expect(officer.page.locator(".matters")).to_contain_text(number)
    officer.page.locator("[data-row]").filter(has_text=number).get_by_role("button", name="Claim").click()
    expect(officer.page.get_by_text("Done.")).to_be_visible()
    officer.move(number, "climb", reason="要交通局开线，请区里派给交通局。")

    # At the district it waits to be dispatched, with the department of its category proposed, and a leader is told.
    clerk = company.official("centre_clerk")
    expect(clerk.page.locator("[data-row]").filter(has_text=number)).to_contain_text("Dispatch")
    clerk.page.goto("/triage/")
    waiting = clerk.page.locator("[data-row]").filter(has_text=number)
    expect(waiting).to_contain_text("区交通局")
    waiting.get_by_role("button", name="Dispatch as suggested").click()
    expect(clerk.page.locator(".callout--done").first).to_contain_text("区交通局")
    leader = company.official("district_leader")
    expect(leader.open(number).locator(".facts")).to_contain_text("Watched over by 包片区领导")

    transport = company.official("transport_handler")
    transport.move(number, "claim")
    transport.move(number, "start")
    expect(resident.look().locator(".facts")).to_contain_text("区交通局")
    transport.move(number, "answer", text=ANSWER, done_by="区交通局")

    resident.say_solved(said="116路真方便。")
    company.official("centre_arbiter").move(number, "close")

    page = resident.look()
    expect(page.locator(".state")).to_contain_text("Closed")
    told = page.locator(".timeline").inner_text()
    for line in (
        "Passed up a level",
        "开公交线路要区里的部门定",
        "Sent to its owner",
        "116路",
        "Struck off the list",
    ):
        assert line in told, told
    history = secretary.story(number)
    assert history.count("Passed up a level") == 2
    assert "沙河街道办事处" in history
