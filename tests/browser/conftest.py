"""Real installations and real browsers; skipped with a reason where there is no Chromium."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.installation import Installation
from tests.browser.people import Company


@pytest.fixture(scope="session")
def browser(chromium: Browser) -> Browser:
    """The one browser of a run; a story's people have contexts of their own."""
    return chromium


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
