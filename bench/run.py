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
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SERVER = os.environ.get("BENCH_DATABASE_URL", "postgres://postgres@127.0.0.1:5432")
HOST, PORT = "127.0.0.1", int(os.environ.get("BENCH_PORT", "8077"))
os.environ["DATABASE_URL"] = f"{SERVER}/yuanba_bench"
os.environ["YUANBA_VAR"] = os.environ.get("BENCH_VAR", str(ROOT / "bench" / "data"))
os.environ["PORT"] = str(PORT)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yuanba.settings")
sys.path.insert(0, str(ROOT / "bench"))


def fresh_database() -> None:
    import psycopg

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


async def measure(keys: list[str], place_id: int, seconds: float, connections: int) -> dict[str, Any]:
    from http_load import Connection, Times, drive

    def of(connection: Connection) -> dict[str, str]:
        return {"Authorization": f"Bearer {keys[connection.number % len(keys)]}"}

    results: dict[str, Any] = {}

    async def report(connection: Connection) -> int:
        started = time.perf_counter()
        status, body = await connection.json(
            "POST", "/api/v1/matters", of(connection), {"text": TEXT, "place": {"id": place_id}}
        )
        reports.add(started, status, 201, body)
        return 1

    async def life(connection: Connection) -> int:
        status, body = await connection.json(
            "POST", "/api/v1/matters", of(connection), {"text": TEXT, "place": {"id": place_id}}
        )
        made = json.loads(body)
        resident = {"X-Track-Key": made["track_key"]}
        for move, by, details in LIFE:
            started = time.perf_counter()
            status, body = await connection.json(
                "POST",
                f"/api/v1/matters/{made['number']}/moves/{move}",
                resident if by == "resident" else of(connection),
                details,
            )
            moves.add(started, status, 200, body)
        return 1

    def reading(path: str, times: Times) -> Callable[[Connection], Awaitable[int]]:
        cursors: list[str] = [""]

        async def read(connection: Connection) -> int:
            started = time.perf_counter()
            status, body = await connection.request("GET", path + cursors[-1], of(connection))
            times.add(started, status, 200, body)
            after = json.loads(body).get("next") or ""
            cursors[-1] = f"&after={after}" if after and len(times.milliseconds) % 50 else ""
            return 1

        return read

    for _round in ("warm", "real"):
        reports, moves = Times(), Times()
        done, took = await drive(HOST, PORT, connections, seconds if _round == "real" else 2, report)
        results["reports"] = {
            "per_second": round(done / took, 1),
            "p50_ms": reports.percentile(0.5),
            "p99_ms": reports.percentile(0.99),
            "failures": reports.failures,
            "first_failure": reports.first_failure,
        }
        done, took = await drive(HOST, PORT, connections, seconds if _round == "real" else 2, life)
        results["lifecycles"] = {
            "per_second": round(done / took, 1),
            "move_p50_ms": moves.percentile(0.5),
            "move_p99_ms": moves.percentile(0.99),
            "failures": moves.failures,
            "first_failure": moves.first_failure,
        }
    for name, path in LISTS.items():
        times = Times()
        await drive(HOST, PORT, 1, seconds / 2, reading(path, times))
        results[name] = {
            "p50_ms": times.percentile(0.5),
            "p99_ms": times.percentile(0.99),
            "failures": times.failures,
            "first_failure": times.first_failure,
        }
    return results


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
    options = parser.parse_args()
    fresh_database()
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from ground import build_ground, fill

    call_command("migrate", verbosity=0)
    cast, keys = build_ground()
    place_id = cast.places["unit_2"].pk
    figures: dict[str, Any] = {}
    for size in map(int, options.sizes.split(",")):
        started = time.perf_counter()
        fill(cast, size)
        print(f"{size} matters ({time.perf_counter() - started:.0f} s)", file=sys.stderr)
        connection.close()
        server = Server(options.workers)
        try:
            asyncio.run(server.ready())
            figures[str(size)] = asyncio.run(measure(keys, place_id, options.seconds, options.connections))
            figures[str(size)]["web_worker_mb"] = server.memory_mb()
        finally:
            server.stop()
        print(json.dumps(figures[str(size)], ensure_ascii=False, indent=1), file=sys.stderr)
    write(figures, vars(options))


def write(figures: dict[str, Any], options: dict[str, Any]) -> None:
    import django
    import psycopg

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
