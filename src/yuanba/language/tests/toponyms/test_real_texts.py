"""The resolver on real address lines and real messages, where the folder of real data is at hand."""

import csv
import gzip
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from yuanba.language.toponyms import Gazetteer, PlaceRow

DATA = Path(__file__).resolve().parents[6] / "shared" / "data"

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not DATA.is_dir(), reason="the folder of real data is not here: ../shared/data"),
]

_WIDER = {
    "prov": "province",
    "city": "city",
    "district": "district",
    "town": "street",
    "community": "community",
    "poi": "estate",
    "subpoi": "estate",
}
_NUMBERED = {
    "houseno": ("building", re.compile(r"(?:号楼|号|幢|栋楼?|座|撞|#|楼)$"), "栋"),
    "cellno": ("unit", re.compile(r"(?:单元|单|号|梯)$"), "单元"),
    "roomno": ("household", re.compile(r"(?:室|号|房间?|户)$"), ""),
}


def _lines(path: Path) -> Iterator[list[tuple[str, str]]]:
    """Address lines as (part, text) pairs; the file has one sign and its label a line, blank between."""
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        parts: list[tuple[str, str]] = []
        for sign, label in (line.rsplit(" ", 1) for line in block.splitlines() if line.strip()):
            begin, _, part = label.partition("-")
            if begin == "B" or not parts or parts[-1][0] != part:
                parts.append((part, sign))
            else:
                parts[-1] = (part, parts[-1][1] + sign)
        if parts:
            yield parts


class _Register:
    """A register made of the labelled parts, and every line with the finest place it names."""

    def __init__(self, path: Path) -> None:
        self.rows: list[PlaceRow] = []
        self.cases: list[tuple[str, int]] = []
        self._ids: dict[tuple[int | None, str, str], int] = {}
        for parts in _lines(path):
            named = [part for part in parts if part[0] not in ("redundant", "assist")]
            if len({part for part, _ in named}) == len(named):
                self._add(dict(parts), "".join(text for _, text in parts))

    def _add(self, parts: dict[str, str], text: str) -> None:
        at: int | None = None
        for part, kind in _WIDER.items():
            if part in parts:
                at = self._place(at, kind, parts[part])
        if at is None or not parts.keys() & {"poi", "subpoi"}:
            return
        if "houseno" in parts:
            for part, (kind, ending, word) in _NUMBERED.items():
                if part in parts:
                    at = self._place(at, kind, ending.sub("", parts[part]) + word)
        self.cases.append((text, at))

    def _place(self, parent: int | None, kind: str, name: str) -> int:
        key = (parent, kind, name.upper())
        if key not in self._ids:
            self._ids[key] = len(self.rows) + 1
            self.rows.append(PlaceRow(len(self.rows) + 1, parent, kind, name))
        return self._ids[key]


def test_recall_on_real_address_lines() -> None:
    """The register repeats the same town under several cities, as the lines leave levels out."""
    register = _Register(DATA / "addresses" / "dev.txt")
    gazetteer = Gazetteer.build(register.rows)
    kinds = {row.id: row.kind for row in register.rows}
    right = {"estate": 0, "building": 0, "unit": 0, "household": 0}
    total = dict(right)
    for text, gold in register.cases:
        matches = gazetteer.find(text)
        total[kinds[gold]] += 1
        right[kinds[gold]] += bool(matches) and matches[0].place_id == gold
    assert right["household"] / total["household"] >= 0.87
    assert right["building"] / total["building"] >= 0.78
    assert right["unit"] / total["unit"] >= 0.75
    assert sum(right.values()) / sum(total.values()) >= 0.85


def test_messages_from_another_province_name_almost_none_of_our_places() -> None:
    """Real messages of one province against the register of others; many names are the same everywhere."""
    rows: list[PlaceRow] = []
    ids: dict[str, int] = {}
    with (DATA / "places" / "six_counties_communities.csv").open(encoding="utf-8") as lines:
        for record in csv.DictReader(lines):
            parent: int | None = None
            for code, name, kind in (
                (record["area_code"], record["area"], "district"),
                (record["street_code"], record["street"], "street"),
                (record["code12"], record["name"], "community"),
            ):
                if code not in ids:
                    ids[code] = len(rows) + 1
                    rows.append(PlaceRow(ids[code], parent, kind, name))
                parent = ids[code]
    gazetteer = Gazetteer.build(rows)
    with gzip.open(DATA / "messages" / "messages_open_dev.csv.gz") as packed:
        texts = [
            line["subject"] + "。" + line["text"]
            for line in csv.DictReader(io.TextIOWrapper(packed, encoding="utf-8"))
        ]
    fired = sum(any(match.confidence >= 0.5 for match in gazetteer.find(text)) for text in texts)
    assert fired / len(texts) <= 0.03
