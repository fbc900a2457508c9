"""The database goes away under load and comes back: nothing acknowledged is lost, nothing needs a restart."""

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.operations.conftest import Databases
from tests.operations.installation import Installation
from tests.operations.load import Load, all_done, assert_all_there, until
from yuanba.kernel.worker import NICENESS

AWAY_S = 6.0


@pytest.fixture
def worker(district: Installation) -> Iterator["subprocess.Popen[bytes]"]:
    if not district.database_url:
        pytest.skip("a database in a file is never away; DATABASE_URL names no PostgreSQL server")
    process = district.start("worker")
    yield process
    if process.poll() is None:
        process.kill()
        process.wait()


def logged(district: Installation, name: str) -> str:
    return (district.var / f"{name}.log").read_text(encoding="utf-8")


def refused(district: Installation, path: str, **headers: str) -> HTTPError:
    """The refusal of a GET."""
    call = Request(f"http://127.0.0.1:{district.port}{path}", headers=headers)
    with pytest.raises(HTTPError) as caught:
        urlopen(call, timeout=20)
    return caught.value


def test_the_worker_gives_way_to_the_pages(
    worker: "subprocess.Popen[bytes]", server: "subprocess.Popen[bytes]"
) -> None:
    def niceness(pid: int) -> int:
        return os.getpriority(os.PRIO_PROCESS, pid)

    until(lambda: niceness(worker.pid) == max(niceness(server.pid), NICENESS), "the worker is not nice")


def test_ended_sessions_lose_nothing(
    worker: "subprocess.Popen[bytes]",
    district: Installation,
    databases: Databases,
    key: str,
    server: "subprocess.Popen[bytes]",
) -> None:
    load = Load(district, key)

    def end_sessions() -> None:
        for _time in range(4):
            load.flow()
            databases.end_sessions(district.database_url)
        load.flow()

    acknowledged = load.run_while(end_sessions)
    assert district.status("/health/ready") == 200
    # What the worker held when it lost its session comes back after the lease; that is later than this waits.
    district.python(
        "import django; django.setup()\n"
        "from yuanba.kernel.outbox.models import Message\n"
        "Message.objects.update(leased_until=None)"
    )
    until(lambda: all_done(district), "the worker leaves things undone", 60)
    assert worker.poll() is server.poll() is None
    assert_all_there(district, acknowledged)
    assert district.answer("audit")["breaches"] == 0


def test_a_database_that_is_away_is_said_plainly_and_waited_for(
    worker: "subprocess.Popen[bytes]",
    district: Installation,
    databases: Databases,
    key: str,
    server: "subprocess.Popen[bytes]",
) -> None:
    load = Load(district, key)

    def close_for_a_while() -> None:
        load.flow()
        databases.close(district.database_url)
        until(lambda: district.status("/health/ready") == 503, "it believes to be ready")
        assert district.status("/health/live") == 200
        assert_said_plainly(district)
        done = district.run("audit")
        assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
        time.sleep(AWAY_S)
        databases.open(district.database_url)
        load.flow()

    acknowledged = load.run_while(close_for_a_while)
    assert district.status("/health/ready") == 200
    until(lambda: "the database is back" in logged(district, "worker"), "the worker stays away")
    assert logged(district, "worker").count("the database is away") == 1
    for name in ("worker", "serve"):
        assert "Traceback" not in logged(district, name)
    assert worker.poll() is server.poll() is None
    assert_all_there(district, acknowledged)


def assert_said_plainly(district: Installation) -> None:
    page = refused(district, "/", Accept="text/html")
    assert (page.status, page.headers["Retry-After"]) == (503, "5")
    assert "<main" in page.read().decode()
    problem = refused(district, "/api/v1/matters", Authorization="Bearer yb_aaaaaaaa_x")
    assert problem.status == json.load(problem)["status"] == 503
    assert problem.headers["Content-Type"] == "application/problem+json"
    assert problem.headers["Retry-After"] == "5"
    for form, pattern in (("xml", r"<code>503</code>"), ("json", r'"code":503')):
        found = refused(district, f"/open311/v2/requests.{form}")
        assert found.status == 503
        assert re.search(pattern, found.read().decode())
