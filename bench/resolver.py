"""How many texts a second the place resolver reads, and how long and how large its register loads.

    .venv/bin/python bench/resolver.py [--places 100000] [--data ../shared/data] [--seconds 4]

Streets, communities and estates are real, buildings and units are made up to the number asked for. Texts are
real messages: as they are, with an address planted in every one, and with the place known they were written
in. Prints one JSON line; `texts_per_s` is the figure for messages of which every other one names a place.
Time is processor time of one core, since the machine may be shared.
"""

from __future__ import annotations

import argparse
import csv
import gc
import gzip
import io
import json
import random
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from yuanba.language.toponyms import Gazetteer, PlaceRow

ROOT = Path(__file__).resolve().parent.parent


def resident_mb() -> float:
    """Resident memory of this process in MB (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def make_rows(data: Path, places: int, rng: random.Random) -> list[PlaceRow]:
    """Real streets, communities and estates with made-up buildings and units below them."""
    rows: list[PlaceRow] = [PlaceRow(1, None, "nation", "中国")]
    ids: dict[str, int] = {}
    communities: dict[str, list[int]] = {"50": [], "53": [], "11": []}
    for record in read_csv(data / "places/six_counties_communities.csv"):
        parent = 1
        for code, name, kind in (
            (record["area_code"], record["area"], "district"),
            (record["street_code"], record["street"], "street"),
            (record["code12"], record["name"], "community"),
        ):
            if code not in ids:
                ids[code] = len(rows) + 1
                rows.append(PlaceRow(ids[code], parent, kind, name))
            parent = ids[code]
        communities[record["code12"][:2]].append(parent)
    estates: list[tuple[int, int]] = []
    for record in read_csv(data / "places/compounds_bd09.csv"):
        if not record["name"]:
            continue
        home = communities["53" if record["city"] == "曲靖" else "50"]
        rows.append(PlaceRow(len(rows) + 1, rng.choice(home), "estate", record["name"]))
        count = int(record["buildings"]) if record["buildings"].isdigit() else rng.randint(1, 12)
        estates.append((len(rows), min(count, 40)))
    rows = rows[:places]
    for row in made_up(estates, len(rows), rng):
        if len(rows) >= places:
            break
        rows.append(row)
    return rows


def made_up(estates: list[tuple[int, int]], last_id: int, rng: random.Random) -> Iterator[PlaceRow]:
    """Buildings, then their units, then flats, until the caller has enough."""
    number = last_id
    buildings = []
    for estate, count in estates:
        word = rng.choice(("栋", "幢", "号楼"))
        for building in range(1, count + 1):
            number += 1
            buildings.append(number)
            yield PlaceRow(number, estate, "building", f"{building}{word}")
    units = []
    for building in buildings:
        for unit in range(1, rng.randint(2, 4)):
            number += 1
            units.append(number)
            yield PlaceRow(number, building, "unit", f"{unit}单元")
    for unit in units:
        for floor in range(1, 12):
            for door in (1, 2, 3, 4):
                number += 1
                yield PlaceRow(number, unit, "household", f"{floor}{door:02d}")


def read_messages(data: Path) -> list[str]:
    """Subject and text of the real messages."""
    texts = []
    for name in ("messages_open_dev", "messages_answered_dev"):
        with gzip.open(data / f"messages/{name}.csv.gz") as packed:
            lines = csv.DictReader(io.TextIOWrapper(packed, encoding="utf-8"))
            texts += [f"{line['subject']}。{line['text'].strip()}" for line in lines]
    return texts


def plant(texts: list[str], rows: list[PlaceRow], rng: random.Random) -> list[str]:
    """Every text with the address of a building somewhere in it."""
    by_id = {row.id: row for row in rows}
    buildings = [row for row in rows if row.kind == "building"]
    planted = []
    for text in texts:
        building = rng.choice(buildings)
        estate = by_id[building.parent_id or 0]
        at = rng.randint(0, len(text))
        planted.append(f"{text[:at]}，我住在{estate.name}{building.name}{rng.randint(1, 4)}单元，{text[at:]}")
    return planted


def rate(gazetteer: Gazetteer, texts: list[str], seconds: float, within: list[int | None]) -> float:
    """Texts a second of processor time on one core: the best of the whole rounds that fit in the time."""
    best, begun = 0.0, time.process_time()
    while time.process_time() - begun < seconds:
        started = time.process_time()
        for at, text in enumerate(texts):
            gazetteer.find(text, within[at % len(within)])
        best = max(best, len(texts) / (time.process_time() - started))
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, default=ROOT / "../shared/data")
    parser.add_argument("--places", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=4.0, help="time for each measurement")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    if not options.data.is_dir():
        sys.exit(f"no data at {options.data}")
    rng = random.Random(options.seed)
    rows = make_rows(options.data, options.places, rng)
    messages = read_messages(options.data)
    before = resident_mb()
    started = time.process_time()
    gazetteer = Gazetteer.build(rows)
    build_s = time.process_time() - started
    memory = resident_mb() - before
    planted = plant(messages, rows, rng)
    mixed = [pair[at % 2] for at, pair in enumerate(zip(messages, planted, strict=True))]
    communities: list[int | None] = [row.id for row in rows if row.kind == "community"]
    del rows
    gc.collect()
    print(
        json.dumps(
            {
                "texts_per_s": round(rate(gazetteer, mixed, options.seconds, [None])),
                "texts_per_s_as_they_are": round(rate(gazetteer, messages, options.seconds, [None])),
                "texts_per_s_all_planted": round(rate(gazetteer, planted, options.seconds, [None])),
                "texts_per_s_within": round(rate(gazetteer, mixed, options.seconds, communities)),
                "places": len(gazetteer),
                "build_s": round(build_s, 2),
                "memory_mb": round(memory, 1),
                "texts": len(messages),
                "mean_length": round(statistics.mean(map(len, mixed))),
                "fires_as_they_are": round(
                    sum(any(m.confidence >= 0.5 for m in gazetteer.find(t)) for t in messages)
                    / len(messages),
                    4,
                ),
            }
        )
    )


if __name__ == "__main__":
    main()
