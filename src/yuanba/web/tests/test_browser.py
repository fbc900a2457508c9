"""What scripts add, seen in a real browser; and that nothing is missing without them."""

import gzip
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from yuanba.web.tests.trial import ARRIVALS

pytestmark = pytest.mark.browser

LOOKS = [("light", "normal"), ("dark", "normal"), ("light", "elder"), ("dark", "elder")]
PAGES = ["/style/", "/style/desk/", "/style/error/404/", "/preferences/"]


@pytest.fixture(autouse=True)
def _nothing_arrived_yet() -> None:
    ARRIVALS.clear()


def set_cookies(page: Page, site: str, **values: str) -> None:
    page.context.add_cookies([{"name": name, "value": value, "url": site} for name, value in values.items()])


def look(page: Page, site: str, theme: str, mode: str) -> None:
    set_cookies(page, site, yuanba_theme=theme, yuanba_mode=mode, django_language="en")


@pytest.fixture
def scriptless(chromium: Browser, site: str) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": 360, "height": 780}, base_url=site, java_script_enabled=False
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize(("theme", "mode"), LOOKS)
def test_axe_finds_nothing(page: Page, site: str, address: str, theme: str, mode: str) -> None:
    look(page, site, theme, mode)
    page.goto(address)
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("mode", ["normal", "elder"])
@pytest.mark.parametrize("address", PAGES)
def test_nothing_runs_over_the_edge(page: Page, site: str, address: str, mode: str) -> None:
    look(page, site, "light", mode)
    page.goto(address)
    beyond = {}
    for width in (320, 360, 768, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        beyond[width] = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert all(pixels <= 0 for pixels in beyond.values()), beyond


@pytest.mark.parametrize(("mode", "pixels"), [("normal", 44), ("elder", 60)])
def test_targets_are_large_enough_for_a_thumb(page: Page, site: str, mode: str, pixels: int) -> None:
    look(page, site, "light", mode)
    page.goto("/style/")
    small = page.evaluate(
        """least => Array.from(document.querySelectorAll(
            'button, .button, summary, select, textarea, .mainnav a, .tabs a, .choice, .field--choices label,'
            + '.field input:not([type=hidden]):not([type=radio]):not([type=checkbox])'))
          .map(part => [part.className + ' ' + part.textContent.trim(), part.getBoundingClientRect()])
          .filter(([name, box]) => box.width && box.height < least - 0.5)
          .map(([name, box]) => name + ' ' + box.height)""",
        pixels,
    )
    assert small == []


def test_elder_text_is_never_smaller_than_24_pixels(page: Page, site: str) -> None:
    look(page, site, "light", "elder")
    page.goto("/style/")
    small = page.evaluate(
        """() => Array.from(document.querySelectorAll('body *'))
          .filter(part => Array.from(part.childNodes).some(node => node.nodeType === 3 && node.data.trim()))
          .filter(part => parseFloat(getComputedStyle(part).fontSize) < 24 && part.getClientRects().length)
          .map(part => part.className + ' ' + part.textContent.trim().slice(0, 30))"""
    )
    assert small == []


def test_the_first_view_of_a_resident_page_is_light(page: Page) -> None:
    weights: dict[str, int] = {}
    page.on("response", lambda answer: weights.update({answer.url: len(gzip.compress(answer.body()))}))
    page.goto("/", wait_until="networkidle")
    assert sum(weights.values()) < 40_000, weights


def test_the_built_files_stay_within_their_budget() -> None:
    dist = Path(__file__).resolve().parent.parent / "static" / "dist"
    if not (dist / "app.css").exists():
        pytest.skip("the front end is not built: run scripts/build_frontend.py")
    assert len(gzip.compress((dist / "app.css").read_bytes())) <= 15_000
    assert len(gzip.compress((dist / "app.js").read_bytes())) <= 6_000


def fill(page: Page) -> None:
    page.fill("[name=text]", "路灯坏了")
    page.fill("[name=where]", "3栋")
    page.check("[name=verdict][value=no]")


def test_a_form_works_with_scripts_off(scriptless: Page) -> None:
    scriptless.goto("/")
    fill(scriptless)
    scriptless.get_by_role("button", name="Send").click()
    expect(scriptless.get_by_text("Done")).to_be_visible()
    assert ARRIVALS[0].fields["text"] == "路灯坏了"


def test_display_is_switched_with_scripts_off(scriptless: Page, site: str) -> None:
    set_cookies(scriptless, site, django_language="en")
    scriptless.goto("/style/error/404/")
    scriptless.get_by_role("button", name="Large text").click()
    expect(scriptless.locator("html")).to_have_attribute("data-mode", "elder")
    scriptless.locator("summary").click()
    scriptless.get_by_role("button", name="Dark").click()
    expect(scriptless.locator("html")).to_have_attribute("data-theme", "dark")
    assert scriptless.url.endswith("/style/error/404/")


def test_a_dialog_opens_in_place_with_scripts_off(scriptless: Page) -> None:
    scriptless.goto("/style/")
    expect(scriptless.locator("#style-dialog")).to_be_hidden()
    scriptless.locator("a[href='#style-dialog']").click()
    expect(scriptless.locator("#style-dialog")).to_be_visible()


def test_typing_survives_leaving_and_is_gone_once_sent(page: Page) -> None:
    page.goto("/")
    fill(page)
    page.goto("/style/error/404/")
    page.goto("/")
    assert page.input_value("[name=text]") == "路灯坏了"
    assert page.is_checked("[name=verdict][value=no]")
    page.locator("[name=move]").click()
    expect(page.get_by_text("Done")).to_be_visible()
    page.goto("/")
    assert page.input_value("[name=text]") == ""


def test_a_draft_can_be_cleared(page: Page) -> None:
    page.goto("/")
    fill(page)
    page.goto("/style/error/404/")
    page.goto("/")
    page.locator(".draft button").click()
    assert page.input_value("[name=text]") == ""
    page.reload()
    assert page.input_value("[name=text]") == ""


def test_what_the_server_gave_back_wins_over_the_draft(page: Page) -> None:
    page.goto("/")
    page.fill("[name=where]", "3栋")
    page.locator("[name=move]").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.input_value("[name=where]") == "3栋"
    assert page.locator(".draft").count() == 0


def test_a_form_pressed_twice_is_sent_once_and_with_its_button(page: Page) -> None:
    page.goto("/")
    fill(page)
    page.evaluate(
        """() => { const button = document.querySelector('[name=move]'); button.click(); button.click(); }"""
    )
    expect(page.get_by_text("Done")).to_be_visible()
    assert [arrival.fields["move"] for arrival in ARRIVALS] == ["send"]


def test_a_photo_is_made_small_and_loses_its_place_before_it_travels(page: Page, tmp_path: Path) -> None:
    large = tmp_path / "stairs.jpg"
    picture = Image.effect_noise((4000, 3000), 60).convert("RGB")
    exif = Image.Exif()
    exif[0x010E] = "a secret address"
    picture.save(large, exif=exif, quality=95)
    page.goto("/")
    fill(page)
    page.set_input_files("[name=photos]", large)
    expect(page.locator(".photos--chosen .photo")).to_have_count(1)
    page.locator("[name=move]").click()
    expect(page.get_by_text("Done")).to_be_visible()
    arrived = ARRIVALS[0].photos[0]
    with Image.open(io.BytesIO(arrived)) as small:
        assert max(small.size) == 2048
    assert len(arrived) < large.stat().st_size / 2
    assert b"a secret address" not in arrived


def test_a_photo_can_be_taken_back(page: Page, tmp_path: Path) -> None:
    one = tmp_path / "one.png"
    Image.new("RGB", (40, 30), "red").save(one)
    page.goto("/")
    page.set_input_files("[name=photos]", one)
    page.locator(".photos--chosen button").click()
    expect(page.locator(".photos--chosen .photo")).to_have_count(0)
    assert page.evaluate("document.querySelector('[name=photos]').files.length") == 0


def test_a_file_that_is_no_picture_is_left_as_it_is(page: Page, tmp_path: Path) -> None:
    odd = tmp_path / "broken.jpg"
    odd.write_bytes(b"not a picture")
    page.goto("/")
    page.set_input_files("[name=photos]", odd)
    expect(page.locator(".photos--chosen .photo")).to_have_count(1)
    assert page.evaluate("document.querySelector('[name=photos]').files[0].size") == len(b"not a picture")


def test_a_list_is_worked_by_keyboard(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/style/desk/")
    rows = page.locator("[data-row]")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_have_attribute("aria-current", "true")
    page.keyboard.press("x")
    expect(rows.nth(1).locator("input")).to_be_checked()
    page.keyboard.press("k")
    expect(rows.nth(0)).to_have_attribute("aria-current", "true")
    page.evaluate(
        "document.querySelector('[data-key=c]').addEventListener('click', () => { window.pressed = true })"
    )
    page.keyboard.press("c")
    assert page.evaluate("window.pressed")
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    page.keyboard.press("?")
    expect(page.locator("#keys-help")).to_be_visible()


def test_letters_typed_into_a_field_are_not_shortcuts(page: Page) -> None:
    page.goto("/style/desk/")
    page.keyboard.press("/")
    page.keyboard.type("jjx?")
    assert page.evaluate("document.activeElement.value") == "jjx?"
    expect(page.locator("[data-row][aria-current]")).to_have_count(0)


def test_shortcuts_can_be_switched_off(page: Page, site: str) -> None:
    set_cookies(page, site, yuanba_keys="off")
    page.goto("/style/desk/")
    page.keyboard.press("j")
    expect(page.locator("[data-row][aria-current]")).to_have_count(0)


def test_a_dialog_opens_over_the_page_and_closes_by_escape(page: Page) -> None:
    page.goto("/style/")
    page.locator("a[href='#style-dialog']").click()
    assert page.evaluate("document.querySelector('#style-dialog').matches(':modal')")
    page.keyboard.press("Escape")
    expect(page.locator("#style-dialog")).to_be_hidden()


def test_nothing_pops_up_in_elder_mode(page: Page, site: str) -> None:
    look(page, site, "light", "elder")
    page.goto("/style/")
    page.locator("a[href='#style-dialog']").click()
    expect(page.locator("#style-dialog")).to_be_visible()
    assert not page.evaluate("document.querySelector('#style-dialog').matches(':modal')")


def test_a_menu_closes_when_one_looks_elsewhere(page: Page) -> None:
    page.goto("/style/")
    page.locator(".menu summary").first.click()
    expect(page.locator(".menu__sheet").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".menu__sheet").first).to_be_hidden()


def test_a_number_is_copied_and_said_to_be(page: Page, site: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    look(page, site, "light", "normal")
    page.goto("/style/")
    page.locator("[data-copy]").click()
    expect(page.locator("[data-copy]")).to_have_text(re.compile("Copied"))
    assert page.evaluate("navigator.clipboard.readText()") == "261103-4274"
