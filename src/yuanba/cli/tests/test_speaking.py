"""The command line speaks the terminal's language, in every command; what it keeps is in the district's."""

import fcntl
import os
import re
import socket
from pathlib import Path

import pytest
from django.test import override_settings

from yuanba.cli.speaking import UNTOLD, language_of
from yuanba.cli.tests.test_plain_failures import run

HAN = re.compile("[\u4e00-\u9fff]")
LATIN = re.compile("[A-Z][a-z]+ [a-z]+")
ENGLISH, CHINESE, NONE = "en_US.UTF-8", "zh_CN.UTF-8", "C.UTF-8"


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "zh-hans"),
        ({"LANG": "C.UTF-8"}, "zh-hans"),
        ({"LANG": "POSIX"}, "zh-hans"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "de_DE@euro"}, "en"),
        ({"LANG": "zh_CN.GB18030"}, "zh-hans"),
        ({"LANG": "zh_TW.UTF-8"}, "zh-hant"),
        ({"LC_ALL": "zh_HK.Big5-HKSCS"}, "zh-hant"),
        ({"LANG": "zh_Hant_MO.UTF-8"}, "zh-hant"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh-hans"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
    ],
)
def test_the_terminal_says_which(environment: dict[str, str], language: str) -> None:
    with override_settings(LANGUAGE_CODE="zh-hans"):
        assert language_of(environment) == language


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    for name in ("LC_ALL", "LC_MESSAGES", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", request.param)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        monkeypatch.setenv("PORT", str(probe.getsockname()[1]))
    return str(request.param)


@pytest.mark.parametrize("terminal", [ENGLISH, CHINESE, NONE], indirect=True)
@pytest.mark.parametrize("command", [("restore", "{here}/torn.tar.gz"), ("prove", "1"), ("audit",), ("up",)])
def test_every_command_refuses_in_the_terminals_language(
    tmp_path: Path, terminal: str, command: tuple[str, ...]
) -> None:
    (tmp_path / "torn.tar.gz").write_bytes(b"torn")
    var = tmp_path / "var"
    var.mkdir()
    descriptor = os.open(var / "yuanba.sqlite3-inuse", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        # `up` finds the district taken away by somebody, as `demo --reset` would.
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        done = run(var, *(part.format(here=tmp_path) for part in command))
    finally:
        os.close(descriptor)
    assert done.returncode == 1, done.stderr
    assert bool(HAN.search(done.stderr.strip().splitlines()[-1])) is (terminal != ENGLISH), done.stderr


@pytest.mark.parametrize("terminal", [ENGLISH, CHINESE], indirect=True)
@pytest.mark.parametrize("command", ["", "intake", "up"])
def test_help_is_in_one_language(tmp_path: Path, terminal: str, command: str) -> None:
    done = run(tmp_path, *command.split(), "--help")
    assert done.returncode == 0, done.stderr
    wrong = HAN if terminal == ENGLISH else LATIN
    assert wrong.findall(done.stdout) == []


def test_where_the_terminal_names_none_help_speaks_the_districts_language() -> None:
    from yuanba import settings as product

    assert product.LANGUAGE_CODE == UNTOLD


@pytest.mark.parametrize("terminal", [ENGLISH, CHINESE], indirect=True)
def test_what_click_says_is_in_the_terminals_language(tmp_path: Path, terminal: str) -> None:
    done = run(tmp_path, "backup")
    assert done.returncode == 2
    assert bool(HAN.search(done.stderr)) is (terminal == CHINESE)
    assert ("Missing argument" in done.stderr) is (terminal == ENGLISH)
