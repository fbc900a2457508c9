"""How often the resolver is right on made-up texts of a made-up district, whose answers are known."""

from collections import Counter, defaultdict

import pytest

from yuanba.language.toponyms import Gazetteer

from .labelled import Labelled, make_district, make_texts

SURE = 0.5


def _verdict(gazetteer: Gazetteer, labelled: Labelled) -> str:
    matches = gazetteer.find(labelled.text, labelled.within)
    said = matches[0].place_id if matches and matches[0].confidence >= SURE else None
    if said == labelled.gold:
        return "right"
    return "missed" if said is None else "wrong"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_precision_and_recall_on_made_up_texts(seed: int) -> None:
    made = make_district(seed)
    gazetteer = Gazetteer.build(made.rows)
    verdicts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for labelled in make_texts(made, seed):
        verdicts[labelled.group][_verdict(gazetteer, labelled)] += 1
    total = sum(verdicts.values(), Counter())
    assert total["right"] / (total["right"] + total["wrong"]) >= 0.99
    assert total["right"] / total.total() >= 0.97
    for group, counts in verdicts.items():
        assert counts["right"] / counts.total() >= 0.9, (group, counts)
    assert verdicts["innocent"]["wrong"] == 0


def test_confidence_means_what_it_says() -> None:
    made = make_district(5)
    gazetteer = Gazetteer.build(made.rows)
    sure = [
        (match.place_id == labelled.gold)
        for labelled in make_texts(made, 5)
        for match in gazetteer.find(labelled.text, labelled.within)[:1]
        if match.confidence >= 0.9
    ]
    assert len(sure) > 300
    assert sum(sure) / len(sure) >= 0.98
