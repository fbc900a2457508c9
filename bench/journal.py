"""How fast the whole journal is re-checked, and whether every one of a thousand tamperings is found.

Run: `.venv/bin/python bench/journal.py [--entries 220000]`. Needs a PostgreSQL server at BENCH_DATABASE_URL
(default: postgres://postgres@127.0.0.1:5432) in which it may create and drop the database
yuanba_bench_journal. The floor beside the figure is the time of reading the same rows and doing nothing.
"""

import argparse
import json
import os
import random
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SERVER = os.environ.get("BENCH_DATABASE_URL", "postgres://postgres@127.0.0.1:5432")
NAME = "yuanba_bench_journal"
os.environ["DATABASE_URL"] = f"{SERVER}/{NAME}"
os.environ["YUANBA_VAR"] = os.environ.get("BENCH_VAR", str(ROOT / "bench" / "data"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yuanba.settings")
AT = datetime(2026, 1, 1, tzinfo=UTC)
PER_SUBJECT = 11
BATCH = 2000
TAMPERINGS = 1000
ROUND = 100

# Each changes one subject's history; %(key)s is the subject, %(seq)s one of its entries but the first and last.
TAMPERINGS_SQL = {
    "words of an entry changed": "UPDATE kernel_entry SET data = '{\"x\":1}' WHERE subject_kind='person' AND subject_id=%(key)s AND seq=%(seq)s",
    "time moved by a microsecond": "UPDATE kernel_entry SET at = at + interval '1 microsecond' WHERE subject_kind='person' AND subject_id=%(key)s AND seq=%(seq)s",
    "actor changed": "UPDATE kernel_entry SET actor = 'account:1' WHERE subject_kind='person' AND subject_id=%(key)s AND seq=%(seq)s",
    "kind changed": "UPDATE kernel_entry SET kind = 'approved' WHERE subject_kind='person' AND subject_id=%(key)s AND seq=%(seq)s",
    "entry removed": "DELETE FROM kernel_entry WHERE subject_kind='person' AND subject_id=%(key)s AND seq=%(seq)s",
    "last entry cut off": "DELETE FROM kernel_entry WHERE subject_kind='person' AND subject_id=%(key)s AND seq=%(last)s",
    "first entry removed": "DELETE FROM kernel_entry WHERE subject_kind='person' AND subject_id=%(key)s AND seq=1",
    "hash changed": "UPDATE kernel_entry SET hash = md5('a') || md5('b') WHERE subject_kind='person' AND subject_id=%(key)s AND seq=%(seq)s",
    "entry given to another": "UPDATE kernel_entry SET subject_id = -subject_id WHERE subject_kind='person' AND subject_id=%(key)s AND seq=%(last)s",
    "record's head changed": "UPDATE people_person SET journal_hash = md5('a') || md5('b') WHERE id=%(key)s",
    "record's version changed": "UPDATE people_person SET version = version - 1 WHERE id=%(key)s",
    "record removed": "DELETE FROM people_person WHERE id=%(key)s",
}


def fresh_database() -> None:
    import psycopg

    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        connection.execute(
            f"CREATE DATABASE {NAME} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
        )


def fill(entries: int) -> None:
    """Persons with eleven real entries each, by the product's own code."""
    from django.db import connection, transaction

    from yuanba.kernel.authority import system
    from yuanba.kernel.journal.append import chain
    from yuanba.kernel.journal.models import Entry
    from yuanba.kernel.keys import reserve
    from yuanba.people.actions import draft_person
    from yuanba.people.models import Person

    actor = system("bench")
    for _start in range(0, entries, BATCH * PER_SUBJECT):
        with transaction.atomic():
            people, written = [], []
            for key in reserve(Person, BATCH):
                person, first = draft_person(pk=key, actor=actor, at=AT)
                written.append(first)
                for number in range(1, PER_SUBJECT):
                    data = {"category": "roads-lights", "owner": number, "place": key, "tier": "big"}
                    at = AT + timedelta(seconds=key % 86_400, milliseconds=number)
                    written.append(chain(person, kind="triage", actor=actor.actor, at=at, data=data))
                people.append(person)
            Person.objects.bulk_create(people)
            Entry.objects.bulk_create(written)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE kernel_entry")
        cursor.execute("VACUUM ANALYZE people_person")


def floor() -> dict[str, float]:
    from yuanba.kernel.journal.reading import COLUMNS, stream

    started, cpu = time.perf_counter(), time.process_time()
    rows = sum(
        1 for _row in stream(f"SELECT {COLUMNS} FROM kernel_entry ORDER BY subject_kind, subject_id, seq")
    )
    return {
        "rows_per_second": round(rows / (time.perf_counter() - started)),
        "rows_per_cpu_second": round(rows / (time.process_time() - cpu)),
    }


def speed() -> dict[str, float]:
    from yuanba.kernel.journal.verification import verify

    started, cpu = time.perf_counter(), time.process_time()
    result = verify()
    assert result.broken == 0, result.breaks[:3]
    return {
        "entries": result.entries,
        "entries_per_second": round(result.entries / (time.perf_counter() - started)),
        "entries_per_cpu_second": round(result.entries / (time.process_time() - cpu)),
    }


def tamper(seed: int) -> dict[str, Any]:
    """A hundred tamperings at a time, each on a subject of its own; rolled back after they were looked for."""
    from django.db import connection, transaction

    from yuanba.kernel.journal.verification import verify
    from yuanba.people.models import Person

    rng = random.Random(seed)
    subjects = rng.sample(list(Person.objects.values_list("pk", flat=True)), TAMPERINGS)
    missed: list[str] = []
    for start in range(0, TAMPERINGS, ROUND):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            done = {}
            for key in subjects[start : start + ROUND]:
                name = rng.choice(list(TAMPERINGS_SQL))
                values = {"key": key, "seq": rng.randrange(2, PER_SUBJECT), "last": PER_SUBJECT}
                cursor.execute(TAMPERINGS_SQL[name], values)
                assert cursor.rowcount == 1, name
                done[f"person:{key}"] = name
            found = {each.where.partition("#")[0].replace(":-", ":") for each in verify().breaks}
            missed += [name for where, name in done.items() if where not in found]
            transaction.set_rollback(True)
    return {"tamperings": TAMPERINGS, "found": TAMPERINGS - len(missed), "missed": sorted(set(missed))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=220_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="Use the database of the last run.")
    options = parser.parse_args()
    if not options.keep:
        fresh_database()
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    if not options.keep:
        fill(options.entries)
    figures = {"floor": floor(), "verify": speed(), "tampering": tamper(options.seed)}
    result = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "figures": figures,
    }
    folder = ROOT / "bench" / "results"
    folder.mkdir(exist_ok=True)
    path = folder / f"journal-{datetime.now(UTC):%Y%m%d-%H%M}.json"
    path.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1, ensure_ascii=False), file=sys.stderr)
    print(path)


if __name__ == "__main__":
    main()
