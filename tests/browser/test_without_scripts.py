"""A whole request with scripts switched off, on both sides: heard, sorted, answered, confirmed, on the board."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import Company, Official, Resident

pytestmark = pytest.mark.browser
ASK = "4栋楼道的灯坏了一个多星期，晚上老人上下楼看不见，请来修一下。"
ANSWER = "4栋楼道灯的问题，玉城社区居民委员会已于今天更换六盏声控灯，当晚试过都亮。"
PHONE = "13900004321"


def test_a_request_goes_from_the_door_to_the_board_without_scripts(company: Company) -> None:
    resident = company.resident(scripts=False)
    number = resident.report_at_door("building_4", ASK, "居民乙", PHONE)
    expect(resident.page.locator(".facts")).to_contain_text("玉城社区居民委员会")

    secretary = company.official("community_secretary", scripts=False)
    _work(secretary, number)

    page = resident.look()
    expect(page.locator("#answer")).to_contain_text("声控灯")
    expect(page.locator(".facts")).to_contain_text("You say whether it is solved.")
    resident.say_solved(said="亮了，谢谢。")
    expect(page.locator(".state").first).to_contain_text("Confirmed")
    company.official("centre_arbiter", scripts=False).move(number, "close")

    _find_again(resident, number)
    _see_on_the_board(resident, number)


def test_not_solved_is_said_without_scripts(company: Company) -> None:
    resident = company.resident(scripts=False)
    number = resident.report_at_door("building_4", ASK)
    secretary = company.official("community_secretary", scripts=False)
    _work(secretary, number)

    page = resident.look()
    page.locator("#not-solved summary").click()
    form = page.locator("form[action$='/not_solved/']")
    form.get_by_label("What is still missing?").fill("三楼的还是不亮。")
    form.get_by_role("button", name="Send it back to work").click()
    expect(page.get_by_text("It goes back to work. You will hear again.")).to_be_visible()
    assert "三楼的还是不亮。" in secretary.story(number)


def test_large_text_is_a_plain_button(company: Company) -> None:
    page = company.resident(scripts=False).page
    page.goto("/")
    page.get_by_role("button", name="Large text").click()
    expect(page.locator("html")).to_have_attribute("data-mode", "elder")
    expect(page.get_by_role("button", name="Large text")).to_have_attribute("aria-pressed", "true")


def _work(secretary: Official, number: str) -> None:
    secretary.open_suggested(number)
    secretary.move(
        number,
        "dispatch",
        owner="玉城社区居民委员会",
        category="市政道路与照明",
        tier="小事",
        tier_reason="按实际范围定级",
    )
    secretary.move(number, "claim")
    secretary.move(number, "start")
    secretary.move(number, "answer", text=ANSWER, done_by="玉城社区居民委员会")


def _find_again(resident: Resident, number: str) -> None:
    """The link is lost: number and telephone bring the matter back under another one."""
    page, lost = resident.page, resident.mine
    page.goto("/find/")
    page.get_by_label("Number of your matter").fill(number)
    page.get_by_label("Telephone you gave").fill(PHONE)
    page.get_by_role("button", name="Find it").click()
    expect(page.locator(".heading__over")).to_have_text(number)
    expect(page.locator(".state").first).to_contain_text("Closed")
    assert lost not in page.url


def _see_on_the_board(resident: Resident, number: str) -> None:
    page = resident.page
    page.get_by_role("link", name="Board").click()
    page.get_by_role("link", name="Ended", exact=True).click()
    line = page.locator("[data-row]").filter(has_text=number)
    expect(line).to_contain_text("Solved, says the resident")
    expect(line).to_contain_text("玉城家园")
    assert "居民乙" not in page.content()
