"""What a slow phone gets: weight, largest contentful paint and layout shift of the residents' pages, how fast the
desk's keys answer, and how many taps a report takes; with `--lighthouse` its scores as well.

Run: `.venv/bin/python bench/screens.py [--lighthouse]`. Needs Chromium at /usr/bin/chromium. The demo district is
built anew in a temporary folder and served as `make run` serves it. Throttled to 1.6 Mbit/s, 150 ms and a
processor four times slower; each page is opened three times by a visitor whose browser has nothing of it, and the
median counts. Lighthouse comes from the npm registry, in the version written here.
"""

import argparse
import json
import os
import platform
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PORT = int(os.environ.get("BENCH_PORT", "8078"))
SITE = f"http://127.0.0.1:{PORT}"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
LIGHTHOUSE = "lighthouse@12.2.3"
TRIES = 3
PHONE = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
LATENCY_MS, BYTES_PER_S, SLOWER = 150, 1.6e6 / 8, 4
PASSWORD = "yuanba-demo-2026"
SECRETARY = "community_secretary"
ASK = "3栋2单元楼道的灯坏了一个多星期，晚上老人上下楼看不见，请来修一下。"
WATCH = """
window.seen = {lcp: 0, shift: 0, slowest: 0};
const watch = (type, note, more) => new PerformanceObserver(list => list.getEntries().forEach(note))
  .observe({type, buffered: true, ...more});
watch("largest-contentful-paint", entry => { window.seen.lcp = entry.startTime; });
watch("layout-shift", entry => { if (!entry.hadRecentInput) window.seen.shift += entry.value; });
watch("event", entry => {
  if (entry.interactionId) window.seen.slowest = Math.max(window.seen.slowest, entry.duration);
}, {durationThreshold: 16});
"""


class Site:
    """The demo district as `make run` starts it."""

    def __init__(self, var: str) -> None:
        environment = {
            key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "BASE_URL"}
        }
        environment |= {"YUANBA_VAR": var, "PORT": str(PORT), "LOG_LEVEL": "WARNING"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "yuanba", "up"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        for _try in range(600):
            try:
                with urlopen(f"{SITE}/health/ready", timeout=2):
                    return
            except OSError:
                time.sleep(0.5)
        raise SystemExit("the demo district did not start")

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(30)


def slow_phone(browser: Browser, **options: Any) -> tuple[BrowserContext, Page, dict[str, float]]:
    """A visitor with an empty cache on a throttled phone, and the bytes that reach it."""
    context = browser.new_context(locale="zh-CN", **options)
    context.add_init_script(WATCH)
    page = context.new_page()
    cdp = context.new_cdp_session(page)
    got = {"bytes": 0.0}
    cdp.on(
        "Network.loadingFinished", lambda event: got.update(bytes=got["bytes"] + event["encodedDataLength"])
    )
    cdp.send("Network.enable")
    cdp.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY_MS,
            "downloadThroughput": BYTES_PER_S,
            "uploadThroughput": BYTES_PER_S / 2,
        },
    )
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return context, page, got


def first_view(browser: Browser, address: str) -> dict[str, float]:
    """One page for somebody who was never here."""
    seen = []
    for _try in range(TRIES):
        context, page, got = slow_phone(browser, **PHONE)
        answer = page.goto(SITE + address, wait_until="networkidle")
        assert answer is not None, address
        assert answer.ok, f"{address}: {answer.status}"
        page.wait_for_timeout(500)
        seen.append(page.evaluate("window.seen") | got)
        context.close()
    middle = {name: statistics.median(one[name] for one in seen) for name in ("bytes", "lcp", "shift")}
    return {
        "kb": round(middle["bytes"] / 1000, 1),
        "lcp_s": round(middle["lcp"] / 1000, 2),
        "shift": round(middle["shift"], 4),
    }


def report(browser: Browser, door: str) -> tuple[int, str]:
    """Report as a resident does; how many actions it took to see a number, and the address of the own matter."""
    context, page, _got = slow_phone(browser, **PHONE)
    actions = 0

    def act(done: Callable[[], object]) -> None:
        nonlocal actions
        done()
        actions += 1

    act(lambda: page.goto(f"{SITE}/d/{door}/"))
    said = page.locator("textarea").first
    act(said.tap)
    act(lambda: said.fill(ASK))
    act(
        page.locator(
            "form:has(textarea) button[type=submit], form:has(textarea) button:not([type])"
        ).first.tap
    )
    page.wait_for_url(re.compile("/m/"))
    assert re.search(r"\d{6}-\d+", page.locator("main").inner_text()), "no number on the screen"
    mine = page.url.removeprefix(SITE).split("?")[0]
    context.close()
    return actions, mine


def desk_keys(browser: Browser) -> dict[str, float]:
    """The slowest of the desk's interactions by key and by click, from input to next paint, in milliseconds."""
    context, page, _got = slow_phone(browser, viewport={"width": 1280, "height": 900})
    page.goto(f"{SITE}/accounts/login/")
    page.fill("[name=login]", SECRETARY)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(re.compile("/desk/"))
    slowest: dict[str, float] = {}

    def act(name: str, done: Callable[[], object]) -> None:
        page.evaluate("window.seen.slowest = 0")
        done()
        page.wait_for_timeout(600)
        slowest[name] = page.evaluate("window.seen.slowest")

    for key in ("j", "j", "k", "o", "Escape", "x", "?", "Escape"):
        act(f"key {key!r}", lambda key=key: page.keyboard.press(key))
    act("open the filter", page.locator(".filter summary").first.click)
    context.close()
    return slowest


def lighthouse(address: str, tries: int = TRIES) -> dict[str, float]:
    """Scores of one page as Lighthouse's own throttled phone sees it; none where its trace broke off each time."""
    with tempfile.NamedTemporaryFile(suffix=".json") as told:
        subprocess.run(
            [
                "npx", "--yes", LIGHTHOUSE, SITE + address, "--quiet", "--output=json", f"--output-path={told.name}",
                "--only-categories=performance,accessibility,best-practices",
                "--chrome-flags=--headless=new --no-sandbox --lang=zh-CN",
            ],
            env=os.environ | {"CHROME_PATH": CHROMIUM},
            check=False,
            capture_output=True,
        )  # fmt: skip
        found = json.loads(Path(told.name).read_text())
    if "runtimeError" in found:  # the trace broke off, as on a busy machine
        return lighthouse(address, tries - 1) if tries > 1 else {}
    categories = found["categories"]
    return {name: round(category["score"] * 100) for name, category in categories.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lighthouse", action="store_true")
    options = parser.parse_args()
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as var, sync_playwright() as playwright:
        site = Site(var)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            known = json.loads(
                subprocess.run(
                    [sys.executable, str(Path(__file__)), "--known"],
                    env=os.environ | {"YUANBA_VAR": var},
                    check=True,
                    capture_output=True,
                    text=True,
                ).stdout.splitlines()[-1]
            )
            figures["actions_to_a_number"], mine = report(browser, known["door"])
            pages = [address.format(**known, mine=mine) for address in RESIDENTS]
            figures["pages"] = {address: first_view(browser, address) for address in pages}
            figures["desk_ms"] = desk_keys(browser)
            version = browser.version
            browser.close()
            if options.lighthouse:
                for address in pages:
                    figures["pages"][address]["lighthouse"] = lighthouse(address)
        finally:
            site.stop()
    write(figures, version)


RESIDENTS = (
    "/", "/d/{door}/", "/report/", "{mine}", "/find/", "/board/", "/board/{community}/", "/board/{estate}/",
    "/building/{building}/", "/journal/", "/preferences/", "/help/",
)  # fmt: skip


def tell_known() -> None:
    """The demo district's places that the pages are about, as JSON; run in a process with its database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yuanba.settings")
    import django

    django.setup()
    from yuanba.places.models import Place

    unit = Place.objects.filter(kind="unit").exclude(door_code="").order_by("pk")[0]
    around = {place.kind: place for place in (unit, *Place.objects.filter(path__in=_above(unit.path)))}
    print(json.dumps({"door": unit.door_code} | {kind: place.pk for kind, place in around.items()}))


def _above(path: str) -> list[str]:
    from yuanba.kernel.paths import ancestors_and_self

    return ancestors_and_self(path)


def write(figures: dict[str, Any], chromium: str) -> None:
    result = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"cores": os.cpu_count(), "system": platform.platform()},
        "versions": {"chromium": chromium, "python": platform.python_version()},
        "figures": figures,
    }
    target = ROOT / "bench" / "results" / f"screens-{datetime.now(UTC):%Y%m%d-%H%M}.json"
    target.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, ensure_ascii=False, indent=1))
    print(target)


if __name__ == "__main__":
    tell_known() if sys.argv[1:] == ["--known"] else main()
