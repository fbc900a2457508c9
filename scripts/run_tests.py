"""Runs every test on SQLite, then all but the browser's on PostgreSQL when a server answers.

The server is looked for at DATABASE_URL, then at 127.0.0.1:5432. Without one it says why and goes on.
Arguments are handed to pytest: `.venv/bin/python scripts/run_tests.py src/yuanba/kernel`.
"""

import getpass
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent
# Each process begins with a half of its own and helps the other when done: what a folder's tests share (a browser's
# installation, a seeded district, a trained model) is mostly made once rather than by both.
SHARED_OUT = ("-n", "2", "--dist", "worksteal")
# Bytecode is written whatever the shell says: without it each worker, and each of some hundred commands that the
# tests start, compiles the product and its libraries anew, which is most of what a command costs.
NOT_HANDED_ON = {"DATABASE_URL", "PYTHONDONTWRITEBYTECODE"}
NO_TESTS_COLLECTED = 5
MAY_CREATE = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"


def candidates() -> Iterator[str]:
    """Addresses to try, the operator's own first; the local ones sign in as whoever needs no password."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith(("postgres", "pgsql")):
        yield given
    for user in dict.fromkeys(["postgres", getpass.getuser()]):
        yield f"postgres://{user}@127.0.0.1:5432/postgres"


def find_server() -> tuple[str, str]:
    """(address, why there is none): one of the two is empty."""
    why = ""
    for address in candidates():
        try:
            with psycopg.connect(address, connect_timeout=3) as connection:
                row = connection.execute(MAY_CREATE).fetchone()
        except psycopg.Error as error:
            why = why or str(error).strip().splitlines()[0]
            continue
        if row and row[0]:
            return address, ""
        why = why or f"user {urlsplit(address).username} may not create databases there"
    return "", why


def run(name: str, *arguments: str, **environment: str) -> bool:
    """Run pytest in surroundings of its own and say how it went."""
    print(f"== {name}", flush=True)
    with tempfile.TemporaryDirectory(prefix="yuanba-test-") as var:
        surroundings = {key: value for key, value in os.environ.items() if key not in NOT_HANDED_ON}
        surroundings |= {"YUANBA_TEST": "1", "YUANBA_VAR": var, **environment}
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--no-header", *SHARED_OUT]
        code = subprocess.run([*command, *arguments], cwd=ROOT, env=surroundings, check=False).returncode
    # Paths given by hand may hold browser tests only, and then nothing is left for PostgreSQL.
    return code == 0 or (code == NO_TESTS_COLLECTED and "DATABASE_URL" in environment)


def main() -> None:
    given = sys.argv[1:]
    passed = run("SQLite", *given)
    address, why = find_server()
    if address:
        passed = run("PostgreSQL", "-m", "not browser", *given, DATABASE_URL=address) and passed
    else:
        print(f"SKIPPED PostgreSQL tests: {why}")
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
