"""Installations as operators have them: commands, processes, signals; nothing of this process' database."""

import os
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from tests.operations.installation import Installation

Empty = Callable[[], Installation]


def server_address() -> str:
    address = os.environ.get("DATABASE_URL", "")
    return address if address.startswith("postgres") else ""


class Databases:
    """Databases made for a test run on the server of DATABASE_URL, and dropped after it."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.names: list[str] = []

    def make(self, template: str = "template0") -> str:
        name = f"yuanba_operations_{uuid.uuid4().hex[:12]}"
        statement = sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE {}")
        self._run(statement.format(sql.Identifier(name), sql.Identifier(template)))
        self.names.append(name)
        return urlunsplit(urlsplit(self.address)._replace(path=f"/{name}"))

    def copy(self, installation: Installation, var: Path) -> Installation:
        """The same with a data directory and a database of its own, on which nobody else works."""
        shutil.copytree(installation.var, var)
        name = urlsplit(installation.database_url).path.removeprefix("/")
        return Installation(var, self.make(name) if name else "")

    def close(self, address: str) -> None:
        """Let nobody in and send everybody away, as a server that is stopped does."""
        self._allow(address, connections=False)
        self.end_sessions(address)

    def open(self, address: str) -> None:
        self._allow(address, connections=True)

    def end_sessions(self, address: str) -> None:
        name = urlsplit(address).path.removeprefix("/")
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}"
        self._run(sql.SQL(ended).format(sql.Literal(name)))

    def _allow(self, address: str, *, connections: bool) -> None:
        name = sql.Identifier(urlsplit(address).path.removeprefix("/"))
        statement = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
        self._run(statement.format(name, sql.Literal(connections)))

    def drop_all(self) -> None:
        for name in self.names:
            self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        maintenance = urlunsplit(urlsplit(self.address)._replace(path="/postgres"))
        with psycopg.connect(maintenance, autocommit=True) as connection:
            connection.execute(statement)


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    made = Databases(server_address())
    yield made
    made.drop_all()


@pytest.fixture(scope="session")
def _seeded(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Installation:
    address = databases.make() if databases.address else ""
    return Installation(tmp_path_factory.mktemp("seeded"), address).seed()


@pytest.fixture
def district(_seeded: Installation, databases: Databases, tmp_path: Path) -> Installation:
    """The standing people with five matters and sealed days, to do with as one likes."""
    return databases.copy(_seeded, tmp_path / "var")


@pytest.fixture(scope="session")
def reading(_seeded: Installation) -> Installation:
    """The same, for commands that change nothing."""
    return _seeded


@pytest.fixture(scope="session")
def _migrated(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Installation:
    address = databases.make() if databases.address else ""
    installation = Installation(tmp_path_factory.mktemp("migrated"), address)
    installation.answer("migrate")
    return installation


@pytest.fixture
def empty(_migrated: Installation, databases: Databases, tmp_path: Path) -> Empty:
    """Makes empty, migrated installations on the engine of this run: migrating takes ten seconds, a copy none."""

    def make() -> Installation:
        var = tmp_path / f"var-{uuid.uuid4().hex[:6]}"
        fresh = databases.copy(_migrated, var)
        # Keys of its own: what one installation has encrypted, another can't read.
        for name in ("secret_key", "personal_data_key"):
            (var / name).unlink(missing_ok=True)
        return fresh

    return make


@pytest.fixture
def key(district: Installation) -> str:
    return str(district.answer("apikey", "create", "--scope", "report", "--scope", "admin")["key"])


@pytest.fixture
def server(district: Installation) -> Iterator["subprocess.Popen[bytes]"]:
    if not Path("/proc/self/stat").exists():
        pytest.skip("this test finds processes by /proc")
    process = district.serve()
    yield process
    if process.poll() is None:
        process.kill()
        process.wait()
