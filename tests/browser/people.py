"""People of the stories, each with a browser of their own: a resident with a phone, officials at a desk."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.installation import Installation
from yuanba.demo.cast import PASSWORD

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
SUGGESTED_MS = 20_000


@dataclass
class Resident:
    """Somebody with a phone and no account. ``page`` shows their own matter once they have reported."""

    site: Installation
    page: Page
    mine: str = ""

    def report_at_door(self, door: str, text: str, name: str = "", phone: str = "") -> str:
        """Scan the code on a door and say it; returns the number on the receipt."""
        self.page.goto(f"/d/{self.site.doors[door]}/")
        return self._send(text, name, phone)

    def report(self, text: str, address: str, name: str = "", phone: str = "") -> str:
        """Report from the front page, the place in words."""
        self.page.goto("/")
        self.page.get_by_role("link", name="Report something").first.click()
        self.page.get_by_label("Where is it?").fill(address)
        return self._send(text, name, phone)

    def _send(self, text: str, name: str, phone: str) -> str:
        self.page.get_by_label("What is it about?").fill(text)
        if name or phone:
            self.page.get_by_text("How can we reach you?").click()
            self.page.get_by_label("Your name").fill(name)
            self.page.get_by_label("Your telephone").fill(phone)
        self.page.get_by_role("button", name="Send").click()
        expect(self.page.get_by_text("We have it. Your number:")).to_be_visible()
        self.mine = urlsplit(self.page.url).path
        found = re.search(r"\d{6}-\d+", self.page.locator(".callout").first.inner_text())
        assert found, "no number on the receipt"
        return found.group()

    def look(self) -> Page:
        """Open the own matter again by its link."""
        self.page.goto(self.mine)
        return self.page

    def say_solved(self, satisfaction: str = "Satisfied", said: str = "") -> None:
        self.look()
        self.page.locator("#confirm summary").click()
        form = self.page.locator("form[action$='/confirm/']")
        form.get_by_label("Yes", exact=True).check()
        form.get_by_label(satisfaction, exact=True).check()
        form.get_by_label("Anything to add?").fill(said)
        form.get_by_role("button", name="Say that it is solved").click()
        expect(self.page.get_by_text("Thank you. Your word counts.")).to_be_visible()


@dataclass
class Official:
    """Somebody with a post, signed in."""

    site: Installation
    page: Page
    name: str

    def sign_in(self) -> "Official":
        """By the sign-in page, as after any night: sessions end with the browser or after twelve hours."""
        self.page.goto("/accounts/login/")
        self.page.get_by_label("User name").fill(self.name)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text("Desk")
        return self

    def open(self, number: str) -> Page:
        self.page.goto(f"/matters/{number}/")
        expect(self.page.locator(".heading__over")).to_have_text(number)
        return self.page

    def open_suggested(self, number: str) -> Page:
        """Open a new matter once the worker has made its suggestion, as a person who waits a moment would."""
        suggested = self.page.get_by_role("heading", name="Suggested by the software")
        for _try in range(SUGGESTED_MS // 250):
            self.open(number)
            if suggested.count():
                return self.page
            self.page.wait_for_timeout(250)
        expect(suggested).to_be_visible()
        return self.page

    def form(self, move: str) -> Locator:
        """The form of a move on the matter shown, unfolded."""
        form = self.page.locator(f"form[action$='/moves/{move}/']")
        fold = self.page.locator(f"details#do-{move}")
        if fold.count() and not fold.evaluate("fold => fold.open"):
            fold.locator("summary").click()
        return form

    def move(self, number: str, move: str, **fields: str | list[str]) -> None:
        """Make a move on a matter by its form, and see that it was made."""
        self.open(number)
        form = self.form(move)
        for name, value in fields.items():
            _fill(form, f"[name='{move}-{name}']", value)
        form.locator("button[type=submit]").click()
        expect(self.page.locator(".callout--done").first).to_contain_text("Done.")

    def as_called(self, number: str, report: str) -> None:
        """Check in as a called organization, then report."""
        self.open(number)
        self.page.get_by_role("button", name="Check in").click()
        expect(self.page.get_by_label("What we did")).to_be_visible()
        self.page.get_by_label("What we did").fill(report)
        self.page.get_by_role("button", name="Report back").click()
        expect(
            self.page.locator(".panel", has_text=report).get_by_text("Reported", exact=True)
        ).to_be_visible()

    def story(self, number: str) -> str:
        """The matter's whole story as text, newest first."""
        return self.open(number).locator(".timeline").inner_text()


def _fill(form: Locator, selector: str, value: str | list[str]) -> None:
    control = form.locator(selector)
    kind = control.first.evaluate("part => part.tagName + ' ' + part.type")
    if kind.startswith("SELECT"):
        control.select_option(label=value)
    elif kind.endswith(("checkbox", "radio")):
        for label in [value] if isinstance(value, str) else value:
            form.get_by_label(label, exact=True).check()
    else:
        control.fill(str(value))


class Company:
    """Gives every person of a story a browser of their own."""

    def __init__(self, browser: Browser, site: Installation) -> None:
        self.browser, self.site = browser, site

    def _page(self, size: dict[str, int], scripts: bool = True) -> Page:
        context = self.browser.new_context(
            viewport=size,  # type: ignore[arg-type]
            base_url=self.site.address,
            locale="en",
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        context.add_cookies([{"name": "django_language", "value": "en", "url": self.site.address}])
        context.set_default_timeout(10_000)
        return context.new_page()

    def resident(self, scripts: bool = True) -> Resident:
        return Resident(self.site, self._page(PHONE, scripts))

    def official(self, name: str, scripts: bool = True) -> Official:
        return Official(self.site, self._page(DESK, scripts), name).sign_in()

    def leave(self) -> None:
        for context in list(self.browser.contexts):
            context.close()
