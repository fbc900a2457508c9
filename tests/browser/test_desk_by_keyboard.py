"""The desk worked without a mouse: looked at, ticked, claimed and taken back."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import Company, Official

pytestmark = pytest.mark.browser
ASKS = ("玉城家园3栋门口的路灯坏了，晚上看不见路。", "玉城家园3栋楼下的垃圾桶满了，好几天没人清。")


def dispatched(company: Company, secretary: Official) -> list[str]:
    """Two requests that wait at the community to be claimed."""
    found = []
    for ask in ASKS:
        number = company.resident().report_at_door("building_3", ask)
        secretary.open_suggested(number)
        secretary.move(number, "dispatch", owner="玉城社区居民委员会", category="市政道路与照明")
        found.append(number)
    return found


def test_the_desk_is_worked_by_keyboard_alone(company: Company) -> None:
    secretary = company.official("community_secretary")
    numbers = dispatched(company, secretary)
    page = secretary.page
    page.goto("/desk/?reach=claims")
    look = page.locator("#look")

    page.keyboard.press("j")
    first = page.locator("[data-row][aria-current='true'] .number").inner_text()
    page.keyboard.press("o")
    expect(look.get_by_text(first)).to_be_visible()
    expect(look.get_by_role("link", name="Claim")).to_be_visible()
    # Going on in the list takes the look along; Escape closes it and one is back in the row.
    page.keyboard.press("j")
    second = page.locator("[data-row][aria-current='true'] .number").inner_text()
    assert first != second
    expect(look.get_by_text(second)).to_be_visible()
    page.keyboard.press("Escape")
    expect(look).to_be_hidden()
    expect(page.locator("[data-row][aria-current='true']")).to_be_focused()

    page.keyboard.press("t")
    expect(page.locator("[data-ticked]")).to_contain_text("ticked")
    page.keyboard.press("b")
    expect(page.locator("#toasts")).to_contain_text("are claimed.")
    for number in numbers:
        expect(page.locator("[data-row]").filter(has_text=number)).to_have_count(0)
    page.keyboard.press("u")
    expect(page.locator(".callout--done").first).to_contain_text("undone")
    for number in numbers:
        expect(page.locator("[data-row]").filter(has_text=number)).to_have_count(1)


def test_without_scripts_the_row_opens_and_undo_is_a_button_of_the_page(company: Company) -> None:
    secretary = company.official("community_secretary")
    number = dispatched(company, secretary)[0]
    plain = company.official("community_secretary", scripts=False)
    page = plain.page
    page.goto("/desk/?reach=claims")
    here = page.locator("[data-row]").filter(has_text=number)
    here.get_by_role("link", name=f"Quick look at {number}").click()
    expect(page.locator(".heading__over")).to_have_text(number)
    page.goto("/desk/?reach=claims")
    here.get_by_role("button", name="Claim").click()
    expect(here).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(here).to_have_count(1)
