"""The units that come for systemd: each as shut in as the others, and the weekly check fails aloud."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.operations.installation import ROOT
from yuanba.cli import COMMANDS

DEPLOY = ROOT / "deploy"
SERVICES = sorted(DEPLOY.glob("*.service"))
# What each service says for itself.
OWN = frozenset({"Type", "ExecStartPre", "ExecStart", "Restart", "RestartSec", "Nice"})
OF_SERVERS = frozenset({"KillMode", "TimeoutStopSec", "LimitNOFILE"})
YUANBA = "/opt/yuanba/.venv/bin/yuanba"


def lines(unit: Path, section: str) -> list[tuple[str, str]]:
    """The settings of one section, in order, with those that stand more than once."""
    found: list[tuple[str, str]] = []
    inside = ""
    for line in unit.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            inside = line.strip("[]")
        elif inside == section and line and not line.startswith("#"):
            name, _equals, value = line.partition("=")
            found.append((name, value))
    return found


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_every_service_is_as_shut_in_as_the_web_server(unit: Path) -> None:
    def kept(each: Path) -> list[tuple[str, str]]:
        return [row for row in lines(each, "Service") if row[0] not in OWN | OF_SERVERS]

    assert kept(unit) == kept(DEPLOY / "yuanba.service")


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_what_a_service_starts_are_our_commands(unit: Path) -> None:
    started = " ".join(value for name, value in lines(unit, "Service") if name.startswith("ExecStart"))
    called = [words.split()[0].strip(";'") for words in started.split(f"{YUANBA} ")[1:]]
    assert called
    assert set(called) <= COMMANDS.keys()


@pytest.mark.parametrize(("verify", "audit", "code"), [(0, 0, 0), (1, 0, 1), (0, 1, 1), (1, 1, 1)])
def test_the_weekly_check_runs_both_and_fails_when_either_does(
    tmp_path: Path, verify: int, audit: int, code: int
) -> None:
    stub = tmp_path / "yuanba"
    stub.write_text(
        f'#!/bin/sh\necho "$1" >> {tmp_path}/ran\n'
        f'case "$1" in verify) exit {verify};; audit) exit {audit};; esac\nexit 9\n'
    )
    stub.chmod(0o755)
    ((_name, line),) = [
        row for row in lines(DEPLOY / "yuanba-verify.service", "Service") if row[0] == "ExecStart"
    ]
    shell, option, script = line.split(" ", 2)
    # As systemd reads it: `$$` is a dollar, the quotes hold one argument together.
    script = script.strip("'").replace("$$", "$").replace(YUANBA, str(stub))
    done = subprocess.run([shell, option, script], env=dict(os.environ), check=False)
    assert done.returncode == code
    assert (tmp_path / "ran").read_text().split() == ["verify", "audit"]


def test_the_timer_is_weekly_catches_up_and_is_documented() -> None:
    timer = dict(lines(DEPLOY / "yuanba-verify.timer", "Timer"))
    assert timer["OnCalendar"].startswith("Sun ")
    assert timer["Persistent"] == "yes"
    assert ("WantedBy", "timers.target") in lines(DEPLOY / "yuanba-verify.timer", "Install")
    # Started by the timer alone: enabled by itself it would run at every boot.
    assert lines(DEPLOY / "yuanba-verify.service", "Install") == []
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    for unit in (*SERVICES, *DEPLOY.glob("*.timer")):
        assert unit.stem in text
    assert "yuanba-verify.timer" in text
    assert "deploy/*.timer" in text
