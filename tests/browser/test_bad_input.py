"""Input that breaks pages elsewhere: here nothing runs over, nothing is lost, and each page says what to do."""

import pytest
from playwright.sync_api import expect

from tests.browser.edges import RUNS_OVER
from tests.browser.people import Company
from yuanba.kernel.files.tests.made import photo

pytestmark = pytest.mark.browser
ASK = "4栋楼道的灯坏了一个多星期，晚上老人上下楼看不见，请来修一下。"
# 30 signs without a space, two of them outside the first plane.
NAME = "阿卜杜热合曼·买买提依明·吐尔逊江·肉孜买买提·艾合买提𠮷𬺈"
LATIN = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
ODD = f"𠮷𬺈街的電梯壞了 مرحبا، المصعد معطل منذ أسبوع שלום {LATIN * 3} https://example.org/{'a' * 160} "
LONG = (ODD + "路灯不亮，老人晚上不敢下楼。" * 200)[:2000]
SMALL = photo(size=(32, 24))


def test_long_names_rare_signs_and_words_from_right_to_left_run_over_nowhere(company: Company) -> None:
    assert len(NAME) == 30
    resident = company.resident()
    number = resident.report_at_door("building_3", LONG, NAME, "13900005678")
    secretary = company.official("community_secretary")
    secretary.open_suggested(number)
    secretary.page.set_viewport_size({"width": 360, "height": 780})
    resident.page.set_viewport_size({"width": 360, "height": 780})

    place = company.site.places["yucheng_estate"]
    for page, addresses in (
        (
            resident.page,
            (resident.mine, f"/board/{place}/", f"/building/{company.site.places['building_3']}/"),
        ),
        (secretary.page, ("/triage/", "/desk/", "/problems/?reach=territory", f"/matters/{number}/")),
    ):
        for address in addresses:
            page.goto(address)
            assert page.evaluate(RUNS_OVER) == [], address
    # Read to its last sign, and with those of the second plane whole.
    expect(secretary.page.locator("main")).to_contain_text(LONG[-40:])
    expect(secretary.page.locator("main")).to_contain_text("𠮷𬺈街")

    secretary.page.goto("/triage/")
    secretary.page.locator(f"[data-look*='{number}']").click()
    secretary.page.locator("#look[open] article").wait_for()
    assert secretary.page.evaluate(RUNS_OVER) == []
    look = secretary.page.locator("#look")
    assert look.evaluate("look => look.scrollWidth - look.clientWidth") == 0


def test_of_forty_photos_as_many_as_are_allowed_go_along_and_the_page_says_so(company: Company) -> None:
    page = company.resident().page
    page.goto(f"/d/{company.site.doors['building_4']}/")
    page.get_by_label("What is it about?").fill(ASK)
    forty = [{"name": f"{place}.jpg", "mimeType": "image/jpeg", "buffer": SMALL} for place in range(40)]
    page.locator("input[name='photos']").set_input_files(forty)  # type: ignore[arg-type]
    expect(page.locator(".photos--chosen > li")).to_have_count(6)
    expect(page.get_by_role("alert")).to_have_text(
        "Only 6 photos go along. The 34 chosen last were left out."
    )
    expect(page.get_by_label("What is it about?")).to_have_value(ASK)
    assert page.locator("input[name='photos']").evaluate("input => input.files.length") == 6
    page.get_by_role("button", name="Remove photo 0.jpg").click()
    expect(page.locator(".photos--chosen > li")).to_have_count(5)


def test_without_network_nothing_is_sent_nothing_is_lost_and_the_page_says_what_to_do(
    company: Company,
) -> None:
    page = company.resident().page
    page.goto(f"/d/{company.site.doors['building_4']}/")
    page.get_by_label("What is it about?").fill(ASK)
    page.locator("input[name='photos']").set_input_files(
        [{"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": SMALL}]
    )
    expect(page.locator(".photos--chosen > li")).to_have_count(1)
    page.context.set_offline(True)
    send = page.get_by_role("button", name="Send")
    send.click()
    expect(page.get_by_role("alert")).to_contain_text("Press the button again once you have network.")
    expect(page.get_by_label("What is it about?")).to_have_value(ASK)
    expect(page.locator(".photos--chosen > li")).to_have_count(1)
    send.click()
    expect(page.get_by_role("alert")).to_have_count(1)
    page.context.set_offline(False)
    send.click()
    expect(page.get_by_text("We have it. Your number:")).to_be_visible()
    expect(page.locator(".photo").first).to_be_visible()


def test_what_was_typed_about_an_answer_is_back_after_the_page_was_left_and_goes_once_it_was_sent(
    company: Company,
) -> None:
    resident = company.resident()
    number = resident.report_at_door("building_4", ASK)
    secretary = company.official("community_secretary")
    secretary.open_suggested(number)
    secretary.move(number, "ask_information", question="是哪个单元的灯？")
    page, reply = resident.look(), resident.page.locator("#reply textarea")
    reply.fill("二单元，一楼到三楼。")
    page.goto("/")
    resident.look()
    expect(reply).to_have_value("二单元，一楼到三楼。")
    page.get_by_role("button", name="Reply").click()
    expect(page.locator("#reply")).to_have_count(0)
    kept = "Object.keys(localStorage).filter((name) => name.includes('/mine/'))"
    assert page.evaluate(kept) == []
