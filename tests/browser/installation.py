"""A whole installation as an operator runs it: `yuanba serve` with its worker, on a port and a data directory
of its own.
"""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent.parent
CLOCK = Path(__file__).resolve().parent / "clock"
START_S = 60.0


class Installation:
    """A running district. Everything about it is learned over HTTP, but for rate counts, which stories
    reset.
    """

    def __init__(self, var: Path, script: str) -> None:
        self.var = var
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.clock = var / "clock"
        self.clock.write_text("0")
        found = self._run("-m", "tests.browser.build_district", script)
        known = json.loads(found.stdout.splitlines()[-1])
        self.doors: dict[str, str] = known["doors"]
        self.places: dict[str, int] = known["places"]
        self.log = (var / "serve.log").open("wb")
        self.server = subprocess.Popen(
            [sys.executable, "-m", "yuanba", "serve"],
            cwd=ROOT,
            env=self._surroundings(CLOCK) | {"MOVED_CLOCK": str(self.clock)},
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._wait_until_ready()

    def _surroundings(self, *folders: Path) -> dict[str, str]:
        # A server that may not keep its bytecode compiles everything first, and takes twice as long to stand.
        others = {"DATABASE_URL", "BASE_URL", "PYTHONDONTWRITEBYTECODE"}
        kept = {key: value for key, value in os.environ.items() if key not in others}
        return kept | {
            "YUANBA_VAR": str(self.var),
            "YUANBA_TEST": "1",
            "PORT": str(self.port),
            "DJANGO_SETTINGS_MODULE": "yuanba.settings",
            "PYTHONPATH": os.pathsep.join(map(str, (*folders, ROOT, ROOT / "src"))),
        }

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        ran = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=self._surroundings(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        return ran

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + START_S
        while time.monotonic() < until and self.server.poll() is None:
            try:
                with urlopen(f"{self.address}/health/ready", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except (URLError, OSError):
                time.sleep(0.1)
        self.stop()
        raise AssertionError((self.var / "serve.log").read_text(errors="replace")[-2000:])

    def move_clock(self, by: timedelta) -> None:
        """Let time pass for server and worker, and wait until each of their processes knows."""
        ahead_s = float(self.clock.read_text()) + by.total_seconds()
        moved = self.var / "moved"
        moved.write_text(str(ahead_s))
        moved.replace(self.clock)
        until = time.monotonic() + 10
        while time.monotonic() < until:
            seen = [float(path.read_text() or 0) for path in self.var.glob("clock.*") if _lives(path)]
            if seen and all(value == ahead_s for value in seen):
                return
            time.sleep(0.05)
        raise AssertionError("a process of the installation did not follow the clock")

    def forget_rates(self) -> None:
        """All stories come from one address; each starts with a clean count."""
        with closing(sqlite3.connect(self.var / "yuanba.sqlite3", timeout=30)) as database, database:
            database.execute("DELETE FROM kernel_ratecount")

    def stop(self) -> None:
        self.server.send_signal(signal.SIGTERM)
        try:
            self.server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(self.server.pid, signal.SIGKILL)
            self.server.wait(timeout=5)
        self.log.close()


def _lives(seen: Path) -> bool:
    try:
        os.kill(int(seen.suffix[1:]), 0)
    except ProcessLookupError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
