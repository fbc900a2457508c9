"""Killed at the worst moment: what was acknowledged is there afterwards, once, with an unbroken journal."""

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.operations.installation import Installation

CLIENTS = 4
FLOWING = 12
NUMBERS = (
    "import django; django.setup()\n"
    "from yuanba.matters.models import Matter\n"
    "import json\n"
    "print(json.dumps([matter.number for matter in Matter.objects.all()]))"
)
STAMPS = (
    "import django; django.setup()\n"
    "from yuanba.matters.models import Matter, Suggestion\n"
    "from yuanba.kernel.outbox.models import Message\n"
    "print(Matter.objects.filter(suggestion=None, part_of=None).count(), Message.objects.count())"
)


def children(pid: int) -> list[int]:
    """The processes that `pid` started, by the process table of Linux."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except (OSError, HTTPException):
            continue
        if int(fields[1]) == pid:
            found.append(int(folder.name))
    return found


def command_of(pid: int) -> str:
    return (Path("/proc") / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode()


def until(true: Callable[[], bool], what: str, within_s: float = 20.0) -> None:
    end = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.1)


@pytest.fixture
def key(district: Installation) -> str:
    return str(district.answer("apikey", "create", "--scope", "report", "--scope", "admin")["key"])


@pytest.fixture
def server(district: Installation) -> Iterator["subprocess.Popen[bytes]"]:
    if not Path("/proc/self/stat").exists():
        pytest.skip("this test finds processes by /proc")
    process = district.serve()
    yield process
    if process.poll() is None:
        process.kill()
        process.wait()


class Load:
    """Clients that report without pause and remember what was acknowledged."""

    def __init__(self, district: Installation, key: str) -> None:
        self.district, self.key = district, key
        self.acknowledged: list[str] = []
        self.stopping = threading.Event()

    def client(self, number: int) -> None:
        sent = 0
        while not self.stopping.is_set():
            sent += 1
            body = {
                "text": f"第{number}号第{sent}次：三栋门口的路灯坏了。",
                "place": {"code": "500101005000"},
            }
            try:
                status, answer = self.district.request(
                    "/api/v1/matters", body, Authorization=f"Bearer {self.key}"
                )
            except (OSError, HTTPException):
                time.sleep(0.05)
                continue
            if status == 201:
                self.acknowledged.append(json.loads(answer)["number"])

    def flow(self, more: int = FLOWING) -> None:
        """Wait until so many more were acknowledged: the machine may be busy with other things."""
        enough = len(self.acknowledged) + more
        until(lambda: len(self.acknowledged) >= enough, "hardly anything is acknowledged", 40)

    def run_while(self, work: Callable[[], object]) -> list[str]:
        """Send until `work` is done; returns the numbers of what was acknowledged."""
        with ThreadPoolExecutor(CLIENTS) as pool:
            clients = [pool.submit(self.client, number) for number in range(CLIENTS)]
            try:
                work()
            finally:
                self.stopping.set()
        for client in clients:
            client.result()
        return self.acknowledged


def assert_all_there(district: Installation, acknowledged: list[str]) -> None:
    assert len(set(acknowledged)) == len(acknowledged)
    kept = json.loads(district.python(NUMBERS))
    assert set(acknowledged) <= set(kept)
    assert district.answer("verify")["broken"] == 0


def test_a_killed_server_loses_nothing_it_acknowledged(
    district: Installation, key: str, server: "subprocess.Popen[bytes]"
) -> None:
    family = [server.pid, *children(server.pid)]

    load = Load(district, key)

    def kill_at_once() -> None:
        load.flow()
        server.kill()
        server.wait()

    acknowledged = load.run_while(kill_at_once)
    until(lambda: district.status("/health/live") == 0, "somebody still holds the port")
    until(
        lambda: not any(Path(f"/proc/{pid}/cmdline").exists() for pid in family), "it left a process behind"
    )
    assert_all_there(district, acknowledged)
    again = district.serve()
    assert district.status("/health/ready") == 200
    again.terminate()
    assert again.wait(timeout=40) == 0


def test_a_killed_web_process_is_replaced(
    district: Installation, key: str, server: "subprocess.Popen[bytes]"
) -> None:
    load = Load(district, key)

    def kill_one() -> None:
        load.flow()
        web = [pid for pid in children(server.pid) if "worker" not in command_of(pid)]
        os.kill(web[-1], signal.SIGKILL)
        load.flow()

    acknowledged = load.run_while(kill_one)
    assert_all_there(district, acknowledged)


def test_a_killed_worker_is_replaced_and_does_everything_once(
    district: Installation, key: str, server: "subprocess.Popen[bytes]"
) -> None:
    own = district.start("worker") if district.database_url else None

    def worker() -> int:
        return own.pid if own else next(pid for pid in children(server.pid) if "worker" in command_of(pid))

    load = Load(district, key)

    def kill_worker() -> None:
        load.flow()
        os.kill(worker(), signal.SIGKILL)
        load.flow()

    acknowledged = load.run_while(kill_worker)
    if own:
        own.wait()
        own = district.start("worker")
    # What the dead one had taken comes back after its lease; that may be later than this test waits.
    district.python(
        "import django; django.setup()\n"
        "from yuanba.kernel.outbox.models import Message\n"
        "Message.objects.update(leased_until=None)"
    )
    until(lambda: district.python(STAMPS).split() == ["0", "0"], "the next worker leaves things undone", 60)
    assert_all_there(district, acknowledged)
    assert district.answer("audit")["breaches"] == 0
    if own:
        own.terminate()
        assert own.wait(timeout=40) == 0


def test_a_stopped_server_finishes_what_it_began(
    district: Installation, key: str, server: "subprocess.Popen[bytes]"
) -> None:
    family = children(server.pid)

    load = Load(district, key)

    def stop() -> None:
        load.flow()
        server.terminate()
        assert server.wait(timeout=40) == 0

    acknowledged = load.run_while(stop)
    assert not any(Path(f"/proc/{pid}/cmdline").exists() for pid in family)
    assert_all_there(district, acknowledged)


def test_a_backup_under_load_is_whole(
    district: Installation, key: str, server: "subprocess.Popen[bytes]", empty: Callable[[], Installation]
) -> None:
    archive = district.var / "busy.tar.gz"
    load = Load(district, key)

    def back_up() -> None:
        load.flow()
        district.answer("backup", str(archive))
        load.flow()

    acknowledged = load.run_while(back_up)
    other = empty()
    restored = other.answer("restore", str(archive))
    assert (restored["broken"], restored["breaches"]) == (0, 0)
    assert_all_there(district, acknowledged)


def test_a_taken_port_is_said_plainly(district: Installation, server: "subprocess.Popen[bytes]") -> None:
    done = district.run("serve")
    assert done.returncode == 1
    assert str(district.port) in done.stderr
    assert "Traceback" not in done.stderr
