"""`yuanba demo --reset` starts the demo anew, and never takes a district's records for one."""

import fcntl
import json
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from tests.operations.conftest import server_address
from tests.operations.installation import Installation

REAL = """
from datetime import UTC, datetime
import django
django.setup()
from yuanba.demo.empty import build_empty

build_empty("wanzhou")
"""


@pytest.fixture(autouse=True)
def _embedded_only() -> None:
    if server_address():
        pytest.skip("only the embedded database can be reset")


def wait_until_present(district: Installation) -> None:
    """Until a server or worker that was just started has taken its lock."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with (district.var / "yuanba.sqlite3-inuse").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            fcntl.flock(file, fcntl.LOCK_UN)
        time.sleep(0.2)
    raise AssertionError("nobody takes the lock")


@pytest.fixture
def real(tmp_path: Path) -> Installation:
    """A district that somebody set up in earnest."""
    var = tmp_path / "var"
    var.mkdir()
    installation = Installation(var)
    installation.answer("migrate")
    installation.python(REAL)
    return installation


def refused(installation: Installation, *arguments: str) -> dict[str, str]:
    done = installation.run("demo", "--reset", *arguments, "--json")
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


def entries(installation: Installation) -> int:
    return int(installation.answer("verify")["entries"])


def test_a_real_district_is_not_reset(real: Installation) -> None:
    before = entries(real)
    assert "万州区" in refused(real)["error"]
    assert refused(real, "--yes", "海淀区")["code"] == "not_demo"
    assert entries(real) == before


def test_a_real_district_is_reset_when_it_is_named(real: Installation) -> None:
    assert real.answer("demo", "--reset", "--yes", "万州区")["matters"] > 50


def test_what_is_no_database_of_ours_is_left_alone(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    path = tmp_path / "yuanba.sqlite3"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE accounts (name TEXT)")
    other.close()
    refused(installation)
    path.write_bytes(b"the minutes of a meeting, by mistake under this name" * 20)
    refused(installation)
    assert path.read_bytes().startswith(b"the minutes")


def test_a_demo_is_reset_with_all_that_belongs_to_it(district: Installation) -> None:
    (district.var / "files" / "ab").mkdir(parents=True)
    (district.var / "files" / "ab" / "photo.jpg").write_bytes(b"of another demo")
    (district.var / "triage.npz").write_bytes(b"learnt from other matters")
    assert district.answer("demo", "--reset")["matters"] > 50
    assert not (district.var / "files" / "ab").exists()
    assert not (district.var / "triage.npz").exists()


def test_no_reset_under_a_running_server(district: Installation, server: "subprocess.Popen[bytes]") -> None:
    before = entries(district)
    assert refused(district)["code"] == "running"
    assert entries(district) == before
    server.kill()
    server.wait()
    until = time.monotonic() + 20
    while (done := district.run("demo", "--reset", "--json")).returncode:
        # A killed server's processes follow it within half a second.
        assert time.monotonic() < until, done.stdout
        time.sleep(0.5)


def test_no_reset_under_a_running_worker(district: Installation) -> None:
    worker = district.start("worker")
    try:
        wait_until_present(district)
        done = district.run("demo", "--reset", "--json")
        assert done.returncode == 1
        assert json.loads(done.stdout)["code"] == "running"
    finally:
        worker.terminate()
        worker.wait()


def test_the_database_is_its_owners_alone(real: Installation) -> None:
    path = real.var / "yuanba.sqlite3"
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    real.answer("migrate")
    assert path.stat().st_mode & 0o777 == 0o600
