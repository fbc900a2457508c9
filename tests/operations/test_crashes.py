"""Killed at the worst moment: what was acknowledged is there afterwards, once, with an unbroken journal."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.operations.installation import Installation
from tests.operations.load import Load, all_done, assert_all_there, until


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
    until(lambda: all_done(district), "the next worker leaves things undone", 60)
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
    restored = other.answer("restore", str(archive), "--without-key")
    assert (restored["broken"], restored["breaches"]) == (0, 0)
    assert_all_there(district, acknowledged)


def test_a_taken_port_is_said_plainly(district: Installation, server: "subprocess.Popen[bytes]") -> None:
    done = district.run("serve")
    assert done.returncode == 1
    assert str(district.port) in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def in_a_terminal() -> Iterator[None]:
    """Programs started now hear that their terminal closes, also when these tests run under `nohup`."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("in_a_terminal")
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGHUP])
def test_a_terminal_ends_a_server_with_one_key_or_by_closing(district: Installation, sign: int) -> None:
    """Both reach every process in the terminal's foreground at once."""
    server = district.serve(start_new_session=True)
    started = children(server.pid)
    assert started
    os.killpg(server.pid, sign)
    assert server.wait(timeout=20) == 0
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in started), "it left a process behind")
    log = (district.var / "serve.log").read_text()
    assert "Unexpected exit" not in log
    assert "starting another" not in log
