"""The ground every test stands on: one small district, made once, and transactions that leave it as it was."""

import os
import pickle
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import setup_databases, teardown_databases
from django.utils import translation
from playwright.sync_api import Browser, sync_playwright

if TYPE_CHECKING:
    from yuanba.kernel.files.tests.standin import StandIn

SHARED = Path(__file__).resolve().parent.parent / "shared" / "data"
CHROMIUM = Path("/usr/bin/chromium")
BUILT = Path(__file__).resolve().parent / "src" / "yuanba" / "web" / "static" / "dist" / "app.css"
OPENED_AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    """A request leaves its language active in the thread that answered it; the next test begins in the tests'."""
    translation.deactivate()
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The one real browser of a process: Playwright can be started only once at a time."""
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}")
    if not BUILT.exists():
        pytest.skip("the front end is not built: run scripts/build_frontend.py")
    # Playwright's event loop counts as running in this thread from now on, and Django would refuse the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """PostgreSQL test databases sort by bytes, as the docs tell operators to set theirs up."""
    from django.conf import settings

    if connection.vendor == "postgresql":
        settings.DATABASES["default"].setdefault("TEST", {}).update(
            {"TEMPLATE": "template0", "CHARSET": "UTF8"}
        )


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: pytest.FixtureRequest,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """Always a test database. pytest-django's own makes none when every test of a run manages its transactions
    itself, as those with `committed` do, and they would then empty the developer's district.
    """
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        made = setup_databases(verbosity=0, interactive=False)
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        teardown_databases(made, verbosity=0)


class District:
    """The district that stands in this process's database between tests. Who removes it makes it anew afterwards:
    keys and salts are other ones then, and the next test's cast must know them.
    """

    def __init__(self) -> None:
        self.make()

    def make(self) -> None:
        from yuanba.demo.cast import build_cast
        from yuanba.kernel.outbox.queue import deliver_due

        cast = build_cast(OPENED_AT)
        # Those who were appointed have heard what there is to hear, and tests begin with an empty outbox.
        while deliver_due():
            pass
        # Reading it takes a seventh of the time of a deep copy, and nearly every test does.
        self._written = pickle.dumps(cast)

    def cast(self) -> object:
        """A cast of one's own, to change as one likes."""
        return pickle.loads(self._written)  # noqa: S301 - written by this very process


@pytest.fixture(scope="session")
def _district(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> District:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        return District()


@pytest.fixture
def cast(_district: District, db: None) -> object:
    """The standing people and their district; what a test changes is rolled back."""
    return _district.cast()


@pytest.fixture(scope="session")
def object_storage() -> Iterator["StandIn"]:
    """A store of objects on this machine, speaking S3 over HTTP."""
    from yuanba.kernel.files.tests.standin import StandIn

    started = StandIn()
    yield started
    started.stop()


@pytest.fixture
def shared_data() -> Path:
    """Real data that is not part of the repository; tests that need it are skipped without it."""
    if not SHARED.is_dir():
        pytest.skip("the shared folder of real data is not beside this checkout")
    return SHARED


def remove_everything() -> None:
    """Empty the database, journal included, which takes switching its guards off first."""
    from django.contrib.contenttypes.models import ContentType

    # Kinds of rows go as well, and the back office notes what was added under their keys.
    ContentType.objects.clear_cache()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)
            cursor.execute("SET session_replication_role = DEFAULT")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        guards = cursor.fetchall()
        for name, _sql in guards:
            cursor.execute(f'DROP TRIGGER "{name}"')
        call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)
        for _name, sql in guards:
            cursor.execute(sql)


@pytest.fixture
def committed(_district: District, django_db_blocker: pytest.FixtureRequest) -> Iterator[object]:
    """The same district for tests that commit (threads, crashes); afterwards it is made anew."""
    from yuanba.demo.cast import build_cast

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        remove_everything()
        yield build_cast(OPENED_AT)
        remove_everything()
        _district.make()
