"""The square dances of Pipaping: five communities ask for the same, two departments are called, a rule is agreed,
and the square is watched for a year.
"""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.people import Company, Official, Resident
from tests.browser.wanzhou import AROUND

pytestmark = pytest.mark.browser
ASK = "枇杷坪广场晚上跳广场舞音响太大，吵到十点多，孩子没法写作业。"
HEARD = "晚上广场舞的音响太大，隔几条街都听得见，吵到十点多，孩子没法写作业。"
ADDRESS = "枇杷坪广场"
HOMES = ("枇杷坪社区", *AROUND.values())
RULE = (
    "枇杷坪广场舞噪声扰民的问题，钟鼓楼街道今天会同区城市管理局、区公安分局和五支舞队定下广场公约："
    "每天20:30前结束，音量不超过60分贝，分区活动，社区每晚用分贝仪检查。"
)


def _five_ask(company: Company) -> tuple[list[Resident], list[str]]:
    residents = [company.resident() for _ in range(5)]
    numbers = [
        resident.report(HEARD, home, f"居民{name}", f"1390000200{place}")
        for place, (resident, home, name) in enumerate(zip(residents, HOMES, "甲乙丙丁戊", strict=True))
    ]
    return residents, numbers


def _merge(clerk: Official, numbers: list[str]) -> None:
    for number, home in zip(numbers, HOMES, strict=True):
        expect(clerk.open_suggested(number).locator(".facts").first).to_contain_text(home)
    for number in numbers[1:]:
        clerk.move(number, "merge", lead=numbers[0])
    expect(clerk.open(numbers[0]).get_by_text("4 more ask for the same")).to_be_visible()


def _whistle(company: Company, officer: Official, number: str) -> None:
    officer.move(
        number,
        "whistle",
        departments=["区城市管理局", "区公安分局"],
        reason="请到枇杷坪广场现场，一起把规矩定下来。",
        meet_at="枇杷坪广场",
    )
    for name, report in (
        ("urban_handler", "已到场，划定三个活动区域，每晚巡查。"),
        ("police_handler", "已到场，约谈五支舞队，签了公约。"),
    ):
        called = company.official(name)
        expect(called.page.get_by_role("link", name="Notices").first).to_be_visible()
        called.as_called(number, report)


def test_the_square_dances_of_pipaping_are_settled_together_and_watched_for_a_year(company: Company) -> None:
    residents, numbers = _five_ask(company)
    lead = numbers[0]
    clerk = company.official("centre_clerk")
    _merge(clerk, numbers)
    clerk.move(
        lead,
        "dispatch",
        owner="枇杷坪社区居民委员会",
        category="噪声扰民",
        tier="大事",
        tier_reason="按实际范围定级",
    )

    secretary = company.official("pipaping_secretary")
    secretary.move(lead, "claim")
    secretary.move(lead, "climb", reason="五个社区都有反映，要街道牵头。")
    officer = company.official("other_street_officer")
    officer.move(lead, "claim")
    _whistle(company, officer, lead)
    officer.move(lead, "answer", text=RULE, done_by="钟鼓楼街道办事处")

    for resident, number in zip(residents, numbers, strict=True):
        page = resident.look()
        expect(page.locator(".heading__over")).to_have_text(number)
        expect(page.locator("#answer")).to_contain_text("20:30")
    for resident in residents[:3]:
        resident.say_solved()
    expect(residents[0].look().locator(".state").first).to_contain_text("Confirmed")
    for resident in residents[3:]:
        resident.say_solved("Mostly satisfied")
    arbiter = company.official("centre_arbiter")
    arbiter.move(lead, "close")
    for resident in residents:
        expect(resident.look().locator(".state").first).to_contain_text("Closed")


def test_trouble_that_comes_back_within_the_watch_is_linked_and_alarms_and_later_is_not(
    company: Company,
) -> None:
    first = company.resident()
    number = first.report(ASK, ADDRESS)
    _settle(company, first, number)

    company.site.move_clock(timedelta(days=300))
    again = company.resident().report(ASK, ADDRESS)
    clerk = company.official("centre_clerk")
    clerk.open_suggested(again)
    expect(clerk.page.get_by_text("Belongs together with")).to_be_visible()
    expect(clerk.page.locator("section", has_text="Belongs together with").last).to_contain_text(number)
    told = company.official("other_street_officer").page
    told.goto("/notices/")
    expect(told.locator(".timeline")).to_contain_text(number)

    company.site.move_clock(timedelta(days=100))
    late = company.resident().report(ASK, ADDRESS)
    clerk = company.official("centre_clerk")
    clerk.open_suggested(late)
    expect(clerk.page.get_by_text("Belongs together with")).to_have_count(0)


def _settle(company: Company, resident: Resident, number: str) -> None:
    clerk = company.official("centre_clerk")
    clerk.open_suggested(number)
    clerk.move(
        number,
        "dispatch",
        owner="钟鼓楼街道办事处",
        category="噪声扰民",
        tier="大事",
        tier_reason="按实际范围定级",
    )
    officer = company.official("other_street_officer")
    officer.move(number, "claim")
    officer.move(number, "answer", text=RULE, done_by="钟鼓楼街道办事处")
    resident.say_solved()
    company.official("centre_arbiter").move(number, "close")
