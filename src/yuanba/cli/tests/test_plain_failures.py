"""A command that can't do its work says why in one line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


def run(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command beside an embedded database that nobody has migrated."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"YUANBA_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "yuanba.settings"}
    code = "from yuanba.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", [["audit"], ["resolve", "三栋"]])
def test_an_unmigrated_database_is_said_in_one_line(tmp_path: Path, command: list[str]) -> None:
    done = run(tmp_path, *command)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "yuanba migrate" in done.stderr.strip().splitlines()[-1]


def test_a_mapping_without_a_heading_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    file = tmp_path / "places.csv"
    file.write_text("name\n")
    done = run(tmp_path, "import", "places", str(file), "--map", "name")
    assert done.returncode != 0
    assert "write FIELD=HEADING" in done.stderr
