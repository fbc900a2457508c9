"""Real installations and real browsers; skipped with a reason where there is no Chromium."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.installation import ROOT, Installation
from tests.browser.people import Company

CHROMIUM = Path("/usr/bin/chromium")
BUILT = ROOT / "src" / "yuanba" / "web" / "static" / "dist" / "app.css"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}")
    if not BUILT.exists():
        pytest.skip("the front end is not built: run scripts/build_frontend.py")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def _wanzhou(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    installation = Installation(tmp_path_factory.mktemp("wanzhou"), "wanzhou")
    yield installation
    installation.stop()


@pytest.fixture(scope="session")
def _haidian(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    installation = Installation(tmp_path_factory.mktemp("haidian"), "haidian")
    yield installation
    installation.stop()


@pytest.fixture
def wanzhou(_wanzhou: Installation) -> Installation:
    """The small district under the playbook of Wanzhou, as an installation that runs for the whole session."""
    _wanzhou.forget_rates()
    return _wanzhou


@pytest.fixture
def haidian(_haidian: Installation) -> Installation:
    """The small district under the playbook of Haidian."""
    _haidian.forget_rates()
    return _haidian


@pytest.fixture
def company(browser: Browser, wanzhou: Installation) -> Iterator[Company]:
    """People in Wanzhou."""
    people = Company(browser, wanzhou)
    yield people
    people.leave()


@pytest.fixture
def haidian_company(browser: Browser, haidian: Installation) -> Iterator[Company]:
    """People in Haidian."""
    people = Company(browser, haidian)
    yield people
    people.leave()
