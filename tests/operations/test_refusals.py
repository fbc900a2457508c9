"""No command prints a traceback, and with --json every failure is one object that says what is wrong."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.operations.installation import ROOT, Installation

NEW = [
    ("verify",),
    ("audit",),
    ("prove", "1"),
    ("intake", "{here}/messages.csv"),
    ("import", "places", "{here}/places.csv"),
    ("apikey", "create", "--scope", "read"),
    ("apikey", "revoke", "abcdefgh"),
    ("resolve", "玉城家园3栋"),
    ("rekey",),
    ("backup", "{here}/archive.tar.gz"),
    ("playbook", "publish", "{here}/wanzhou.yaml"),
]


def failed(done: "subprocess.CompletedProcess[str]", code: int = 1) -> dict[str, str]:
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    assert found["error"]
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "messages.csv").write_text("留言编号,留言详情,留言时间\n1,路灯坏了,2026-03-01\n", "utf-8")
    (tmp_path / "places.csv").write_text("社区,小区\n玉城社区,玉城家园\n", "utf-8")
    shipped = ROOT / "src" / "yuanba" / "playbooks" / "data" / "wanzhou.yaml"
    (tmp_path / "wanzhou.yaml").write_bytes(shipped.read_bytes())
    return tmp_path


@pytest.mark.parametrize("arguments", NEW, ids=lambda value: value[0])
def test_an_unmigrated_database(folder: Path, arguments: tuple[str, ...]) -> None:
    new = Installation(folder / "var")
    done = new.run(*(argument.format(here=folder) for argument in arguments), "--json")
    assert "yuanba migrate" in failed(done)["error"]
    # Before it stands at most what a progress bar is called.
    assert len(done.stderr.splitlines()) <= 2, done.stderr


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_neither_server_nor_worker_on_an_unmigrated_database(tmp_path: Path, command: str) -> None:
    done = Installation(tmp_path / "var").run(command)
    assert done.returncode == 1
    assert "yuanba migrate" in done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "bogus"),
        ("DATABASE_URL", "mysql://u:secret@127.0.0.1/d"),
        ("DATABASE_URL", "postgres://u:secret@127.0.0.1:99999999/d"),
        ("DATABASE_URL", "postgres://u:secret@127.0.0.1:1/d"),
        ("DATABASE_URL", "sqlite:////proc/nope/db"),
        ("PORT", "abc"),
        ("PORT", "70000"),
        ("WEB_WORKERS", "many"),
        ("EMAIL_URL", "gopher://mail"),
        ("FILES_URL", "s3://photos"),
        ("FILES_URL", "s3://key:secret@photos"),
        ("FILES_URL", "s3://key:secret/more@photos?region=r"),
        ("FILES_URL", "https://key:secret@photos.oss-cn-hangzhou.aliyuncs.com"),
        ("LOG_LEVEL", "loud"),
        ("YUANBA_VAR", "/proc/nope"),
    ],
)
@pytest.mark.parametrize("command", ["verify", "serve"])
def test_settings_that_can_not_be(tmp_path: Path, name: str, value: str, command: str) -> None:
    if command == "serve" and value.endswith(":1/d"):
        pytest.skip("a server waits for its database")
    wrong = Installation(tmp_path)
    wrong.more = {name: value}
    done = wrong.run("verify", "--json") if command == "verify" else wrong.run("serve")
    if command == "verify":
        failed(done)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "secret" not in done.stderr


def test_a_database_file_that_is_none(tmp_path: Path) -> None:
    wrong = Installation(tmp_path)
    (tmp_path / "yuanba.sqlite3").write_bytes(b"the minutes of a meeting" * 100)
    wrong.more = {"DATABASE_URL": ""}
    done = wrong.run("verify", "--json")
    failed(done)
    assert len(done.stderr.splitlines()) == 1, done.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("intake", "{here}/none.csv"), 2),
        (("intake", "{here}/junk"), 1),
        (("import", "places", "{here}/none.csv"), 2),
        (("import", "places", "{here}/junk"), 1),
        (("apikey", "create", "--scope", "everything"), 1),
        (("apikey", "create", "--scope", "read", "--organization", "nobody"), 2),
        (("apikey", "revoke", "nobody"), 2),
        (("prove", "99999999"), 1),
        (("prove", "one"), 2),
        (("restore", "{here}/junk"), 1),
        (("backup", "{here}/junk/archive.tar.gz"), 1),
        (("demo",), 1),
        (("resolve", "3栋", "--within", "999"), 1),
        (("triage", "train", "{here}/messages.csv"), 1),
        (("triage", "evaluate", "{here}/messages.csv"), 1),
        (("playbook", "check", "{here}/junk"), 1),
        (("playbook", "publish", "{here}/junk"), 1),
        (("conjure",), 2),
        (("verify", "--loudly"), 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value),
)
def test_every_failure_is_an_object(
    reading: Installation, folder: Path, arguments: tuple[str, ...], code: int
) -> None:
    (folder / "junk").write_bytes(b"\x00\xff junk" * 100)
    failed(reading.run(*(argument.format(here=folder) for argument in arguments), "--json"), code)


def test_what_nobody_foresaw_is_one_line_too() -> None:
    program = (
        "import sys; sys.argv = ['yuanba', '--json']\n"
        "from yuanba.cli.output import failing_plainly\n"
        "with failing_plainly():\n"
        "    [][1]\n"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "yuanba.settings"}
    for level, expected in (("INFO", False), ("DEBUG", True)):
        done = subprocess.run(
            [sys.executable, "-c", program],
            env=environment | {"LOG_LEVEL": level},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert json.loads(done.stdout)["code"] == "unexpected"
        assert ("Traceback" in done.stderr) is expected


def test_the_faults_of_a_playbook_are_listed(reading: Installation, folder: Path) -> None:
    path = folder / "wanzhou.yaml"
    path.write_text(path.read_text("utf-8").replace("tiers:", "tears:", 1), "utf-8")
    done = reading.run("playbook", "check", str(path), "--json")
    found = json.loads(done.stdout.splitlines()[-1])
    assert done.returncode == 1
    assert found["error"]
    assert found["errors"] == len(found["faults"]) > 0
    for fault in found["faults"]:
        assert fault["line"] >= 1
        assert fault["column"] >= 1
        assert fault["message"]


def test_a_taken_port_is_said_before_any_welcome(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        installation = Installation(tmp_path, port=other.getsockname()[1])
        began = time.monotonic()
        done = installation.run("up")
    assert done.returncode == 1
    assert str(installation.port) in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "yuanba.sqlite3").exists()
    assert time.monotonic() - began < 60
