"""How fast a file of messages becomes matters, triage included, and how much memory that takes.

Run: `.venv/bin/python bench/intake.py [--rows 20000,100000]`. Needs a PostgreSQL server at BENCH_DATABASE_URL
(default: postgres://postgres@127.0.0.1:5432) in which it may create and drop the database
yuanba_bench_intake. The command runs as a user would run it, in a process of its own; its start counts.
"""

import argparse
import csv
import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SERVER = os.environ.get("BENCH_DATABASE_URL", "postgres://postgres@127.0.0.1:5432")
NAME = "yuanba_bench_intake"
os.environ["DATABASE_URL"] = f"{SERVER}/{NAME}"
os.environ["YUANBA_VAR"] = os.environ.get("BENCH_VAR", str(ROOT / "bench" / "data"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yuanba.settings")
START = datetime(2024, 1, 1)

WHERE = (
    "玉城家园3栋2单元",
    "枇杷坪广场",
    "龙宝社区门口",
    "沙河街道菜市场旁",
    "我们小区",
    "学校后门",
    "地下车库",
)
WHAT = (
    "路灯不亮已经一个多星期，晚上看不见路，老人和孩子进出很不安全",
    "电梯三天两头停运，物业说没有维修资金，高层住户只能爬楼",
    "下水道堵塞，污水从井盖冒出来，夏天臭气熏天，蚊虫很多",
    "每天晚上十点以后还有人跳广场舞，音响开得很大，影响学生休息",
    "公交车等四十分钟才来一班，早高峰根本挤不上去",
    "占道经营把人行道堵得严严实实，行人只能走机动车道",
    "物业费涨了一倍，公共收益从来没有公示过，业主委员会也选不出来",
    "自来水经常停，来了水也是黄的，问了几次都没有说法",
    "工地夜间施工，渣土车不盖篷布，家里窗户都不敢开",
    "孩子上小学的学位怎么分配，今年的招生划片什么时候公布",
)
ASK = ("请尽快派人来看一看。", "打过电话，一直没有回音，希望给个答复。", "希望有关部门重视并解决。", "谢谢！")


def fresh_database() -> None:
    import psycopg

    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        connection.execute(
            f"CREATE DATABASE {NAME} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
        )


def messages(rows: int, seed: int) -> Iterator[list[str]]:
    """Made-up messages of about the length of real ones."""
    rng = random.Random(seed)
    for number in range(rows):
        said = [f"{rng.choice(WHERE)}{rng.choice(WHAT)}" for _sentence in range(rng.randrange(2, 7))]
        text = f"第{number}号来信：{'。'.join(said)}。{rng.choice(ASK)}"
        at = START + timedelta(minutes=rng.randrange(1_000_000))
        yield [f"B{number}", said[0][:30], f"{at:%Y/%m/%d %H:%M:%S}", text]


def write(path: Path, rows: int, seed: int) -> None:
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["留言编号", "留言主题", "留言时间", "留言详情"])
        writer.writerows(messages(rows, seed))


def run(path: Path, source: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "yuanba", "intake", str(path), "--source", source, "--json"]
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    told = json.loads(process.stdout.read().strip().splitlines()[-1])
    _pid, status, usage = os.wait4(process.pid, 0)
    assert status == 0, told
    took, cpu = time.perf_counter() - started, usage.ru_utime + usage.ru_stime
    return {
        **{name: told[name] for name in ("rows", "created", "known", "rejected")},
        "rows_per_second": round(told["rows"] / took, 1),
        "rows_per_cpu_second": round(told["rows"] / cpu, 1),
        "memory_mb": round(usage.ru_maxrss / 1024, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default="20000,100000")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    fresh_database()
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from yuanba.demo.cast import build_cast

    call_command("migrate", verbosity=0)
    build_cast(datetime(2024, 1, 1, tzinfo=UTC))
    connection.close()
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in map(int, options.rows.split(",")):
            path = Path(folder) / f"messages-{size}.csv.gz"
            write(path, size, options.seed)
            figures[str(size)] = run(path, f"bench-{size}")
            print(json.dumps(figures[str(size)]), file=sys.stderr)
        figures["again"] = run(path, f"bench-{size}")
        assert figures["again"]["created"] == 0
    result = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "figures": figures,
    }
    kept = ROOT / "bench" / "results"
    kept.mkdir(exist_ok=True)
    target = kept / f"intake-{datetime.now(UTC):%Y%m%d-%H%M}.json"
    target.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(target)


if __name__ == "__main__":
    main()
