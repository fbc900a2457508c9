"""The figures on real labelled messages, where the shared data are at hand."""

import csv
import gzip
import random
from pathlib import Path

import pytest

from yuanba.language.triage import Labelled, evaluate
from yuanba.language.triage.grouping import groups_of_copies
from yuanba.language.triage.training import train

FOLDER = Path(__file__).parents[6] / "shared" / "data" / "messages"

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared/data is not there"),
]


def rows_of(name: str) -> list[Labelled]:
    with gzip.open(FOLDER / name, "rt", encoding="utf-8", newline="") as file:
        return [
            Labelled(row.get("subject") or "", row.get("text") or row["tokens"], row["category"])
            for row in csv.DictReader(file)
        ]


def test_a_model_taught_on_cut_text_reads_raw_messages_it_never_saw() -> None:
    raw, cut = rows_of("labelled_raw_dev.csv.gz"), rows_of("labelled_segmented_dev.csv.gz")
    groups = groups_of_copies([f"{row.subject}\n{row.text}" for row in raw + cut])
    kept_back = set(groups[: len(raw)])
    unseen = [row for row, group in zip(cut, groups[len(raw) :], strict=True) if group not in kept_back]
    # A part is enough to notice a fall, and keeps the test short; the whole gives about 0.91.
    taught = random.Random(1).sample(unseen, 2000)
    found = evaluate(train(taught, seed=1, deadline_s=0), raw)
    assert found.rows == 600
    assert found.accuracy > 0.86
    assert found.macro_f1 > 0.86
