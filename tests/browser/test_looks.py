"""What holds for the look of every page: nothing runs over the edge, narrow or wide, and axe finds nothing.

In normal and large text, light and dark, Chinese and English. One browser, one context for each visitor.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.edges import RUNS_OVER
from tests.browser.installation import ROOT, Installation
from tests.browser.people import Company

pytestmark = pytest.mark.browser
AXE = ROOT / "src" / "yuanba" / "web" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
ASK = "3栋2单元楼道的灯坏了一个多星期，晚上老人上下楼看不见，请来修一下。"
ANSWER = "楼道灯的问题，玉城社区居民委员会已于今天更换六盏声控灯，当晚试过都亮。"
NARROW = (320, 390)
WIDE = (768, 1920)
NOBODY = ""

# Visitor, then address. Names in braces are known once the town has its matters.
PAGES = (
    (NOBODY, "/"),
    (NOBODY, "/d/{door}/"),
    (NOBODY, "/report/"),
    (NOBODY, "{receipt}?new=1"),
    (NOBODY, "{answered_mine}"),
    (NOBODY, "/find/"),
    (NOBODY, "/journal/"),
    (NOBODY, "/board/"),
    (NOBODY, "/board/{estate}/"),
    (NOBODY, "/preferences/"),
    (NOBODY, "/building/{building}/"),
    (NOBODY, "/people/duty/{community}/"),
    (NOBODY, "/help/report/"),
    (NOBODY, "/accounts/login/"),
    (NOBODY, "/style/"),
    (NOBODY, "/style/desk/"),
    (NOBODY, "/style/error/404/"),
    (NOBODY, "/style/error/500/"),
    ("community_secretary", "/desk/"),
    ("community_secretary", "/desk/?reach=claims"),
    ("street_officer", "/whistles/"),
    ("police_handler", "/whistles/"),
    ("community_secretary", "/triage/"),
    ("community_secretary", "/problems/?reach=territory&open_only=on"),
    ("community_secretary", "/problems/?tier=hard"),
    ("community_secretary", "/notices/"),
    ("community_secretary", "/matters/{received}/"),
    ("community_secretary", "/matters/{answered}/"),
    ("community_secretary", "/desk/new/"),
    ("community_secretary", "/people/communities/{office}/"),
    ("community_secretary", "{group}"),
    ("community_secretary", "/people/me/"),
    ("community_secretary", "/people/me/notices/"),
    ("community_secretary", "/accounts/2fa/"),
    ("community_secretary", "/accounts/2fa/totp/activate/"),
    ("community_secretary", "/accounts/password/change/"),
    ("centre_arbiter", "/arbitration/"),
    ("centre_arbiter", "/playbook/"),
    ("centre_arbiter", "/playbook/draft/"),
    ("centre_arbiter", "/playbook/draft/changes/"),
    ("centre_arbiter", "/playbook/draft/preview/"),
    ("district_leader", "/leader/"),
    ("district_leader", "/supervision/"),
    ("street_leader", "/people/vacancies/"),
)


@dataclass
class Town:
    """A district with a matter to sort and one that was answered, and a page for each visitor."""

    company: Company
    known: dict[str, str]
    pages: dict[str, Page] = field(default_factory=dict)

    def show(self, visitor: str, address: str, *, mode: str = "normal", language: str = "zh-hans") -> Page:
        """The visitor's page at an address, as large and in the language that is asked for."""
        page = self.pages.get(visitor) or self._arrive(visitor)
        site = self.company.site.address
        page.context.add_cookies(
            [
                {"name": "django_language", "value": language, "url": site},
                {"name": "yuanba_mode", "value": mode, "url": site},
            ]
        )
        answer = page.goto(address.format(**self.known))
        assert answer is not None, address
        assert answer.status in {200, 404, 500}, address
        assert page.locator("html").get_attribute("data-mode") == mode
        assert page.locator("html").get_attribute("lang") == language
        return page

    def _arrive(self, visitor: str) -> Page:
        person = self.company.official(visitor) if visitor else self.company.resident()
        self.pages[visitor] = person.page
        return person.page


@pytest.fixture(scope="module")
def town(browser: Browser, _wanzhou: Installation) -> Iterator[Town]:
    _wanzhou.forget_rates()
    company = Company(browser, _wanzhou)
    received, answered = company.resident(), company.resident()
    known = {
        "door": _wanzhou.doors["building_3"],
        "estate": str(_wanzhou.places["yucheng_estate"]),
        "building": str(_wanzhou.places["building_3"]),
        "community": str(_wanzhou.places["yucheng"]),
        "received": received.report_at_door("building_3", ASK, "居民丙", "13900005678"),
        "answered": answered.report_at_door("building_4", ASK),
        "receipt": received.mine,
        "answered_mine": answered.mine,
    }
    secretary = company.official("community_secretary")
    secretary.open_suggested(known["received"])
    secretary.open_suggested(known["answered"])
    secretary.move(known["answered"], "dispatch", owner="玉城社区居民委员会", category="市政道路与照明")
    secretary.move(known["answered"], "claim")
    secretary.move(known["answered"], "start")
    secretary.move(known["answered"], "answer", text=ANSWER, done_by="玉城社区居民委员会")
    secretary.page.goto("/people/me/notices/")
    known["group"] = secretary.page.locator("a[href$='/group/']").get_attribute("href") or ""
    known["office"] = known["group"].split("/")[-3]
    arbiter = company.official("centre_arbiter")
    _draft_another_limit(arbiter.page)
    yield Town(company, known, {"community_secretary": secretary.page, "centre_arbiter": arbiter.page})
    company.leave()


def _draft_another_limit(page: Page) -> None:
    """A change for the pages about the draft to show: residents are promised one of the limits a day later."""
    page.goto("/playbook/draft/")
    change = "(field) => { field.value = field.value.replace('total: 7wd', 'total: 8wd'); }"
    page.locator("[name='source']").evaluate(change)
    page.locator("form#text button[type='submit']").click()
    page.wait_for_url("**/playbook/draft/**")


@pytest.fixture(scope="module")
def axe() -> str:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: run scripts/build_frontend.py --force")
    return AXE.read_text(encoding="utf-8")


@pytest.mark.parametrize(("visitor", "address"), PAGES)
def test_nothing_runs_over_the_edge(town: Town, visitor: str, address: str) -> None:
    for mode, language in (("normal", "zh-hans"), ("elder", "zh-hans"), ("elder", "en")):
        page = town.show(visitor, address, mode=mode, language=language)
        for width in (*NARROW, *WIDE) if mode == "normal" else NARROW:
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate(RUNS_OVER) == [], f"{mode}, {language}, {width} px"


@pytest.mark.parametrize(("visitor", "address"), PAGES)
def test_axe_finds_nothing(town: Town, axe: str, visitor: str, address: str) -> None:
    for mode in ("normal", "elder"):
        page = town.show(visitor, address, mode=mode)
        page.evaluate(axe)
        assert _violations(page) == [], f"{mode}, light"
        page.emulate_media(color_scheme="dark")
        assert _violations(page, rules=("color-contrast",)) == [], f"{mode}, dark"
        page.emulate_media(color_scheme="light")


def test_a_quick_look_at_the_desk_is_as_faultless_as_a_page(town: Town, axe: str) -> None:
    for theme in ("light", "dark"):
        page = town.show("community_secretary", "/desk/")
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            page.locator("[data-look]").first.click()
            page.locator("#look[open] article").wait_for()
            assert page.evaluate(RUNS_OVER) == [], width
            page.evaluate(axe)
            assert _violations(page) == [], f"{theme}, {width} px"
            page.keyboard.press("Escape")
    page.emulate_media(color_scheme="light")


def test_a_page_with_faults_is_noticed(town: Town, axe: str) -> None:
    page = town.show(NOBODY, "/find/")
    page.set_viewport_size({"width": 320, "height": 844})
    page.evaluate(axe)
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend',"
        "'<img src=\"/static/web/mark.svg\" width=\"900\"><code>' + 'x'.repeat(200) + '</code>')"
    )
    assert _violations(page) == [["image-alt", ["img"]]]
    page.evaluate("document.querySelector('img').style.maxWidth = 'none'")
    assert page.evaluate(RUNS_OVER)[0] == "img."


def _violations(page: Page, rules: tuple[str, ...] = ()) -> list[list[object]]:
    """Each rule that was broken, with the parts of the page that break it."""
    only = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
    options = json.dumps({"resultTypes": ["violations"], **only})
    found: list[list[object]] = page.evaluate(
        f"axe.run(document, {options}).then((told) =>"
        " told.violations.map((one) => [one.id, one.nodes.flatMap((node) => node.target)]))"
    )
    return found


def test_a_phone_shows_the_whole_navigation_and_the_next_step_at_once(town: Town) -> None:
    page = town.show("community_secretary", "/matters/{received}/")
    page.set_viewport_size({"width": 360, "height": 780})
    page.evaluate(
        "document.querySelectorAll('.sidenav .count').forEach((count) => count.remove());"
        "document.querySelector('.sidenav li:last-child a')"
        ".insertAdjacentHTML('beforeend', '<span class=\"count\">99+</span>')"
    )
    reach = "(parts) => Math.max(...parts.map((part) => part.getBoundingClientRect().right))"
    assert page.locator(".sidenav a, .sidenav .count").evaluate_all(reach) <= 360
    lines = "(words) => words.map((word) => word.getClientRects().length)"
    assert set(page.locator(".sidenav a > span:not(.count)").evaluate_all(lines)) == {1}
    tall = "(words) => words.map((word) => word.offsetHeight / parseFloat(getComputedStyle(word).lineHeight))"
    assert max(page.locator(".sidenav a > span:not(.count)").evaluate_all(tall)) < 1.5
    step = page.locator(".jump a")
    box = step.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 780
    step.click()
    assert page.locator("#do-dispatch").evaluate("(form) => form.getBoundingClientRect().top") < 780
    page.set_viewport_size({"width": 1280, "height": 900})
    assert not step.is_visible()
    assert page.locator("#do-dispatch").evaluate("(form) => form.getBoundingClientRect().left") > 640
