"""How fast a district's spreadsheet of posts becomes working offices, and how much memory that takes.

Run: `.venv/bin/python bench/roster.py [--rows 10000] [--accounts 343] [--engine sqlite|postgres]`. PostgreSQL
is looked for at BENCH_DATABASE_URL (default: postgres://postgres@127.0.0.1:5432), where the database
yuanba_bench_roster is made and dropped. The command runs as a user would run it, in a process of its own.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SERVER = os.environ.get("BENCH_DATABASE_URL", "postgres://postgres@127.0.0.1:5432")
NAME = "yuanba_bench_roster"
COMMUNITIES, BUILDINGS = 10, 40
HEADINGS = (
    "单位",
    "单位类别",
    "上级单位",
    "负责区域",
    "岗位类别",
    "职务",
    "姓名",
    "手机",
    "任职日期",
    "登录名",
)
POSTS = 50  # 40 building heads, ten others a community
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈", "安宁平和民生乐业康泰"


def database(statement: str) -> None:
    import psycopg

    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as connection:
        connection.execute(statement)


def communities(rows: int) -> Iterator[tuple[str, str, str, str]]:
    """(street's code, street, community's code, community) of as many as `rows` posts need."""
    for number in range(-(-rows // POSTS)):
        street, community = divmod(number, COMMUNITIES)
        code = f"500101{100 + street:03}"
        yield code, f"第{street + 1}街道", f"{code}{community + 1:03}", f"第{number + 1}社区"


def write_places(folder: Path, rows: int) -> list[Path]:
    official, premises = folder / "official.csv", folder / "premises.csv"
    with official.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["街道代码", "街道", "社区代码", "社区"])
        writer.writerows(communities(rows))
    with premises.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["社区代码", "小区", "楼栋"])
        for _code, _street, community, _name in communities(rows):
            writer.writerows([community, "一号院", building + 1] for building in range(BUILDINGS))
    return [official, premises]


def people(rows: int, accounts: int) -> Iterator[list[str]]:
    """Made-up holders: of every 50 posts in a community, 40 watch over a building and ten sit in the office."""
    for number in range(rows):
        at, seat = divmod(number, POSTS)
        street = f"第{at // COMMUNITIES + 1}街道"
        community = f"第{at + 1}社区"
        head = seat < BUILDINGS
        name = SURNAMES[number % 10] + GIVEN[number // 10 % 10] + GIVEN[number // 100 % 10]
        yield [
            community,
            "社区",
            street,
            f"{street}/{community}/一号院/{seat + 1}栋" if head else "",
            "楼栋长" if head else "网格员",
            f"{seat + 1}栋楼栋长" if head else "网格员",
            name,
            f"138{number:08}",
            "2026-01-05",
            f"user{number}" if number < accounts else "",
        ]


def write_roster(path: Path, rows: int, accounts: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        streets = {street for _code, street, _community, _name in communities(rows)}
        writer.writerows(
            [street, "街道", "district", "", "街道干部", "", "", "", "", ""] for street in sorted(streets)
        )
        writer.writerows(people(rows - len(streets), accounts))


def run(*arguments: str) -> dict[str, Any]:
    started = time.perf_counter()
    command = [sys.executable, "-m", "yuanba", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    told = process.stdout.read().strip().splitlines()
    _pid, status, usage = os.wait4(process.pid, 0)
    assert status == 0, told[-3:]
    cpu = usage.ru_utime + usage.ru_stime
    found: dict[str, Any] = json.loads(told[-1]) if "--json" in arguments else {}
    took = {"wall_s": round(time.perf_counter() - started, 1), "cpu_s": round(cpu, 1)}
    return found | took | {"peak_mb": usage.ru_maxrss // 1024}


def measure(engine: str, rows: int, accounts: int) -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="yuanba-bench-") as room:
        folder = Path(room)
        os.environ["YUANBA_VAR"] = str(folder / "var")
        os.environ["DATABASE_URL"] = f"{SERVER}/{NAME}" if engine == "postgres" else ""
        if engine == "sqlite":
            del os.environ["DATABASE_URL"]
        run("migrate")
        set_up = (
            "import django; django.setup(); from yuanba.demo.empty import build_empty; build_empty('wanzhou')"
        )
        subprocess.run([sys.executable, "-c", set_up], check=True)
        for file in write_places(folder, rows):
            run("import", "places", str(file))
        roster = folder / "people.csv"
        write_roster(roster, rows, accounts)
        for what in (("--dry-run",), (), ()):
            yield run("import", "people", str(roster), "--json", *what)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--accounts", type=int, default=343)
    parser.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yuanba.settings")
    if options.engine == "postgres":
        database(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        database(
            f"CREATE DATABASE {NAME} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
        )
    try:
        for found in measure(options.engine, options.rows, options.accounts):
            print(json.dumps(found, ensure_ascii=False), flush=True)
    finally:
        if options.engine == "postgres":
            database(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


if __name__ == "__main__":
    main()
