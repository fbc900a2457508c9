"""Confidence that means what it says."""

import numpy as np
import pytest

from yuanba.language.triage.calibration import CAUTIOUS_SCALE, calibrate
from yuanba.language.triage.model import softmax


def test_chances_drawn_with_a_known_scale_are_found_again() -> None:
    rng = np.random.default_rng(5)
    scores = rng.normal(size=(4000, 3))
    chances = softmax(scores * 3.0)
    truth = np.array([rng.choice(3, p=row) for row in chances])
    scale, offset = calibrate(scores, truth, 3)
    assert scale == pytest.approx(3.0, rel=0.1)
    assert np.abs(offset).max() < 0.2


def test_a_category_rarer_than_its_scores_say_is_held_down() -> None:
    rng = np.random.default_rng(5)
    scores = rng.normal(size=(2000, 2))
    truth = np.where(rng.random(2000) < 0.9, 0, scores.argmax(axis=1))
    _, offset = calibrate(scores, truth, 2)
    assert offset[0] > offset[1]


def test_without_rows_the_scale_is_cautious() -> None:
    scale, offset = calibrate(np.empty((0, 3)), np.empty(0, dtype=np.int64), 3)
    assert scale == CAUTIOUS_SCALE
    assert offset.tolist() == [0, 0, 0]
