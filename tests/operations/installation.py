"""A real installation in a folder of its own: its commands as subprocesses, its server on a free port."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
SEED = """
from datetime import UTC, datetime
import django
django.setup()
from yuanba.demo.cast import build_cast
from yuanba.kernel.authority import system
from yuanba.kernel.journal.sealing import seal_days
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import actions
from yuanba.matters.models import Channel
from yuanba.matters.reporting import Contact, Report

cast = build_cast(datetime(2026, 3, 2, 1, tzinfo=UTC))
for number in range(5):
    report = Report(text=f"三栋门口的第{number + 1}盏路灯坏了，晚上看不见路。", place=cast.places["unit_2"],
                    channel=Channel.DOOR, contact=Contact("居民乙", "13800005678"))
    actions.receive(report, actor=system("seed"), at=datetime(2026, 3, 3, 1, number, tzinfo=UTC))
while deliver_due():
    pass
seal_days()
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Installation:
    """One data directory, and one database: the embedded one unless an address is given."""

    var: Path
    database_url: str = ""
    port: int = field(default_factory=free_port)
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        own = {
            "YUANBA_VAR": str(self.var),
            "YUANBA_TEST": "1",
            "DJANGO_SETTINGS_MODULE": "yuanba.settings",
            "PORT": str(self.port),
            "LOG_LEVEL": "WARNING",
            "LANG": "C.UTF-8",
        }
        # A command that may not keep its bytecode compiles everything first, and takes twice as long.
        others = {"DATABASE_URL", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "PYTHONDONTWRITEBYTECODE"}
        inherited = {key: value for key, value in os.environ.items() if key not in others}
        own |= self.more
        return inherited | own | ({"DATABASE_URL": self.database_url} if self.database_url else {})

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """A command to its end, whatever that is."""
        command = [sys.executable, "-m", "yuanba", *arguments]
        return subprocess.run(
            command, env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
        )

    def answer(self, *arguments: str) -> dict[str, Any]:
        """A command's JSON: the last line of its stdout. Fails with its stderr unless it succeeds."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found

    def python(self, program: str) -> str:
        """What a program inside the installation prints."""
        done = subprocess.run(
            [sys.executable, "-c", program],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def seed(self) -> "Installation":
        self.answer("migrate")
        self.python(SEED)
        return self

    def start(self, *arguments: str, start_new_session: bool = False) -> "subprocess.Popen[bytes]":
        """A command that runs until it is stopped."""
        return subprocess.Popen(
            [sys.executable, "-m", "yuanba", *arguments],
            env=self.environment,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=(self.var / f"{arguments[0]}.log").open("ab"),
            start_new_session=start_new_session,
        )

    def serve(self, *, start_new_session: bool = False) -> "subprocess.Popen[bytes]":
        """A server that answers."""
        server = self.start("serve", start_new_session=start_new_session)
        until = time.monotonic() + 60
        while self.status("/health/ready") != 200:
            assert server.poll() is None, (self.var / "serve.log").read_text()
            assert time.monotonic() < until, "the server does not get ready"
            time.sleep(0.1)
        return server

    def request(self, path: str, body: Any = None, **headers: str) -> tuple[int, bytes]:
        """(status, body); a refused or broken connection is an OSError."""
        data = None if body is None else json.dumps(body).encode()
        call = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data)
        for name, value in headers.items():
            call.add_header(name.replace("_", "-"), value)
        if data is not None:
            call.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(call, timeout=20) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def status(self, path: str) -> int:
        """The status alone; 0 when nobody answers."""
        try:
            return self.request(path)[0]
        except (OSError, HTTPException):
            return 0
