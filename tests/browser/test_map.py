"""The map of a board in a real browser: drawn when it is wanted, and its list there without scripts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.installation import Installation

pytestmark = pytest.mark.browser
# WebGL without a graphics card; the other browser of the run has none.
DRAWS = ["--no-sandbox", "--disable-dev-shm-usage", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]


@pytest.fixture
def drawing(browser: Browser) -> Iterator[Browser]:
    kind = browser.browser_type
    with kind.launch(executable_path="/usr/bin/chromium", args=DRAWS) as made:
        yield made


def phone(browser: Browser, site: Installation, scripts: bool = True) -> Page:
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        base_url=site.address,
        locale="en",
        java_script_enabled=scripts,
    )
    return context.new_page()


def test_the_map_is_fetched_when_it_is_wanted_and_drawn_under_the_policy(
    drawing: Browser, wanzhou: Installation
) -> None:
    page = phone(drawing, wanzhou)
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"/board/{wanzhou.places['shahe']}/")
    assert not any("/map" in address for address in asked)
    page.get_by_role("button", name="Show on the map").click()
    expect(page.locator("[data-map-drawn] canvas")).to_be_visible()
    assert any(address.endswith("/map-worker.js") for address in asked)
    assert all(address.startswith(wanzhou.address) for address in asked)
    colours = page.evaluate(
        """async () => {
          const source = document.querySelector("[data-map-drawn] canvas");
          const bitmap = await createImageBitmap(source);
          return [bitmap.width, bitmap.height];
        }"""
    )
    assert all(side > 100 for side in colours)
    assert wrong == []


def test_where_nothing_can_be_drawn_the_list_stays_and_says_so(
    browser: Browser, wanzhou: Installation
) -> None:
    page = phone(browser, wanzhou)
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null;")
    page.goto(f"/board/{wanzhou.places['shahe']}/")
    page.get_by_role("button", name="Show on the map").click()
    expect(page.get_by_text("This device can't draw the map.")).to_be_visible()
    expect(page.get_by_role("link", name="玉城社区").first).to_be_visible()


def test_the_list_is_there_without_scripts(browser: Browser, wanzhou: Installation) -> None:
    page = phone(browser, wanzhou, scripts=False)
    page.goto(f"/board/{wanzhou.places['shahe']}/")
    line = page.locator("#places tr", has_text="玉城社区")
    expect(line).to_be_visible()
    expect(page.get_by_role("button", name="Show on the map")).to_be_hidden()
    line.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("玉城社区")
