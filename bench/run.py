"""``make bench``: the figures of the product over HTTP on PostgreSQL, written to bench/results/ with machine and date.

Needs a PostgreSQL server at BENCH_DATABASE_URL (default: postgres://postgres@127.0.0.1:5432) in which it may create
and drop the database yuanba_bench.
"""

import argparse
import asyncio
import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from http_load import Connection, Times, drive

ROOT = Path(__file__).resolve().parent.parent
SERVER = os.environ.get("BENCH_DATABASE_URL", "postgres://postgres@127.0.0.1:5432")
HOST, PORT = "127.0.0.1", int(os.environ.get("BENCH_PORT", "8077"))
os.environ["DATABASE_URL"] = f"{SERVER}/yuanba_bench"
os.environ["YUANBA_VAR"] = os.environ.get("BENCH_VAR", str(ROOT / "bench" / "data"))
os.environ["PORT"] = str(PORT)
CALLERS = Path(os.environ["YUANBA_VAR"]) / "callers.json"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yuanba.settings")


def fresh_database() -> None:
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS yuanba_bench WITH (FORCE)")
        connection.execute(
            "CREATE DATABASE yuanba_bench TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
        )


class Server:
    """The web server and worker as an operator runs them."""

    def __init__(self, workers: int) -> None:
        environment = os.environ | {"WEB_WORKERS": str(workers), "LOG_LEVEL": "WARNING"}
        command = [sys.executable, "-m", "yuanba"]
        self.web = subprocess.Popen([*command, "serve"], env=environment, stdout=subprocess.DEVNULL)
        self.worker = subprocess.Popen([*command, "worker"], env=environment, stdout=subprocess.DEVNULL)

    async def ready(self) -> None:
        for _try in range(200):
            try:
                _reader, writer = await asyncio.open_connection(HOST, PORT)
                writer.close()
                return
            except OSError:
                await asyncio.sleep(0.1)
        raise SystemExit("the server did not start")

    def memory_mb(self) -> list[float]:
        """Resident memory of each web worker."""
        found = subprocess.run(
            ["ps", "--ppid", str(self.web.pid), "-o", "rss="], capture_output=True, text=True, check=False
        )
        return [round(int(line) / 1024, 1) for line in found.stdout.split()]

    def stop(self) -> None:
        for process in (self.web, self.worker):
            process.terminate()
            process.wait(timeout=30)


@dataclass(frozen=True)
class Callers:
    """Who sends, and from where: one API key for each connection in turn, and the place of every request."""

    keys: list[str]
    place_id: int

    def header(self, connection: Connection) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.keys[connection.number % len(self.keys)]}"}

    async def report(self, connection: Connection) -> tuple[int, bytes]:
        body = {"text": TEXT, "place": {"id": self.place_id}}
        return await connection.json("POST", "/api/v1/matters", self.header(connection), body)


async def reports(callers: Callers, connections: int, seconds: float) -> dict[str, Any]:
    """One report after the other on each connection."""
    times = Times()

    async def one(connection: Connection) -> int:
        started = time.perf_counter()
        status, body = await callers.report(connection)
        times.add(started, status, 201, body)
        return 1

    done, took = await drive(HOST, PORT, connections, seconds, one)
    return {"per_second": round(done / took, 1)} | times.summary()


async def lifecycles(callers: Callers, connections: int, seconds: float) -> dict[str, Any]:
    """Whole lives one after the other on each connection: received, dispatched, claimed, answered, confirmed, closed."""
    times = Times()

    async def one(connection: Connection) -> int:
        _status, body = await callers.report(connection)
        made = json.loads(body)
        resident = {"X-Track-Key": made["track_key"]}
        for move, by, details in LIFE:
            started = time.perf_counter()
            who = resident if by == "resident" else callers.header(connection)
            path = f"/api/v1/matters/{made['number']}/moves/{move}"
            status, body = await connection.json("POST", path, who, details)
            times.add(started, status, 200, body)
        return 1

    done, took = await drive(HOST, PORT, connections, seconds, one)
    return {"per_second": round(done / took, 1)} | times.summary("move_")


async def pages(callers: Callers, path: str, seconds: float) -> dict[str, Any]:
    """The pages of a list one after the other by their keys, from the first again after every fifty."""
    times = Times()
    after = ""

    async def read(connection: Connection) -> int:
        nonlocal after
        started = time.perf_counter()
        status, body = await connection.request("GET", path + after, callers.header(connection))
        times.add(started, status, 200, body)
        cursor = json.loads(body).get("next") or ""
        after = f"&after={cursor}" if cursor and len(times.milliseconds) % 50 else ""
        return 1

    await drive(HOST, PORT, 1, seconds, read)
    return times.summary()


async def burst(callers: Callers, count: int) -> dict[str, Any]:
    """So many residents at once, each on a connection of their own: how long until the last has a number, none lost."""
    before = await asyncio.to_thread(matters_kept)
    times = Times()

    async def one(number: int) -> None:
        connection = Connection(HOST, PORT, number)
        started = time.perf_counter()
        await connection.open()
        status, body = await callers.report(connection)
        times.add(started, status, 201, body)

    started = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(count)))
    took = time.perf_counter() - started
    kept = await asyncio.to_thread(matters_kept) - before
    return {"sent": count, "kept": kept, "all_answered_s": round(took, 2)} | times.summary()


def matters_kept() -> int:
    """How many matters the database holds."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        row = connection.execute("SELECT count(*) FROM matters_matter").fetchone()
    return int(row[0]) if row else 0


async def measure(callers: Callers, seconds: float, connections: int) -> dict[str, Any]:
    """All figures of one size, after a short round that warms the processes."""
    await reports(callers, connections, 2)
    await lifecycles(callers, connections, 2)
    figures = {
        "reports": await reports(callers, connections, seconds),
        "lifecycles": await lifecycles(callers, connections, seconds),
    }
    for name, path in LISTS.items():
        figures[name] = await pages(callers, path, seconds / 2)
    figures["burst"] = await burst(callers, BURST)
    return figures


BURST = 1000
TEXT = "楼道灯坏了一个多星期，晚上老人上下楼看不见，很危险。"
ANSWER = {
    "text": "三栋楼道灯已由沙河街道更换，晚上试亮正常。",
    "done_by": "沙河街道",
    "done_on": datetime.now(UTC).date().isoformat(),
    "override_reason": "bench",
}
LIFE = (
    ("dispatch", "office", {"owner": "shahe", "sorting": {"category": "roads-lights", "tier": "big"}}),
    ("claim", "office", None),
    ("answer", "office", ANSWER),
    ("confirm", "resident", {"satisfaction": "satisfied", "contacted": True}),
    ("close", "office", None),
)
LISTS = {
    "desk": "/api/v1/matters?reach=territory&open=true",
    "problem_list": "/api/v1/matters?reach=territory",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="10000,1000000")
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--again", action="store_true", help="measure the database of the last run as it stands"
    )
    options = parser.parse_args()
    figures: dict[str, Any] = {}
    if options.again:
        figures["as it stands"] = run_server(Callers(**json.loads(CALLERS.read_text())), options)
    else:
        fresh_database()
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection
        from ground import build_ground, fill

        call_command("migrate", verbosity=0)
        cast, keys = build_ground()
        callers = Callers(keys, cast.places["unit_2"].pk)
        CALLERS.write_text(json.dumps(asdict(callers)))
        for size in map(int, options.sizes.split(",")):
            started = time.perf_counter()
            fill(cast, size)
            print(f"{size} matters ({time.perf_counter() - started:.0f} s)", file=sys.stderr)
            connection.close()
            figures[str(size)] = run_server(callers, options)
    write(figures, vars(options))


def run_server(callers: Callers, options: argparse.Namespace) -> dict[str, Any]:
    """Start server and worker, measure, stop them."""
    server = Server(options.workers)
    try:
        asyncio.run(server.ready())
        figures = asyncio.run(measure(callers, options.seconds, options.connections))
        figures["web_worker_mb"] = server.memory_mb()
    finally:
        server.stop()
    print(json.dumps(figures, ensure_ascii=False, indent=1), file=sys.stderr)
    return figures


def write(figures: dict[str, Any], options: dict[str, Any]) -> None:
    import django

    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    result = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "cores": os.cpu_count(),
            "system": platform.platform(),
            "python": platform.python_version(),
        },
        "versions": {"django": django.get_version(), "postgresql": row[0] if row else ""},
        "options": options,
        "figures": figures,
    }
    folder = ROOT / "bench" / "results"
    folder.mkdir(exist_ok=True)
    path = folder / f"http-{datetime.now(UTC):%Y%m%d-%H%M}.json"
    path.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(path)


if __name__ == "__main__":
    main()
