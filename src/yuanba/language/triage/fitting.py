"""Weights from a table of messages with known categories.

Two linear classifiers over the same features are averaged. They differ in how they weigh a feature before
fitting: by its naive-Bayes log-count ratio (S. Wang and C. Manning, *Baselines and Bigrams*, ACL 2012) and by
its relevance frequency (M. Lan et al., *Supervised and Traditional Term Weighting Methods for Automatic Text
Categorization*, TPAMI 31(4), 2009). Both being linear, their average is one weight matrix and costs nothing
when the model is used.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.svm import LinearSVC

from yuanba.language.triage.model import Floats, Places
from yuanba.language.triage.table import Table

_NAIVE_BAYES_SMOOTHING: Final = 0.1
_ABSENT_BIAS: Final = -2.0
"""Below any score of a category that was learnt."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What there is to learn: the table, each message's category number, how many categories, the seed."""

    table: Table
    truth: Places
    categories: int
    seed: int


@dataclass(frozen=True, slots=True)
class Fitted:
    """``rarity`` (features), ``weights`` (features x categories) and ``bias`` (categories)."""

    rarity: Floats
    weights: Floats
    bias: Floats

    def scores(self, table: Table, rows: Places) -> NDArray[np.float64]:
        """Scores of rows (rows x categories)."""
        found: NDArray[np.float64] = table.matrix(self.rarity, rows) @ self.weights + self.bias
        return found


def fit(lesson: Lesson, rows: Places) -> Fitted:
    """Learn from these rows of the table, each category against all others."""
    rarity = lesson.table.rarity(rows)
    matrix, own = lesson.table.matrix(rarity, rows), lesson.truth[rows]
    weights = np.zeros((matrix.shape[1], lesson.categories), dtype=np.float32)
    bias = np.full(lesson.categories, _ABSENT_BIAS, dtype=np.float32)
    for category in range(lesson.categories):
        member = own == category
        if member.any() and not member.all():
            parts = [_one_against_rest(matrix, member, weigh, lesson.seed) for weigh in (_ratio, _relevance)]
            weights[:, category] = sum(slopes for slopes, _ in parts) / len(parts)
            bias[category] = sum(level for _, level in parts) / len(parts)
    return Fitted(rarity, weights, bias)


def _one_against_rest(matrix: Any, member: NDArray[np.bool_], weigh: Any, seed: int) -> tuple[Floats, float]:
    strength = weigh(matrix, member)
    machine = LinearSVC(C=1.0, random_state=seed, max_iter=3000)
    machine.fit(matrix @ sparse.diags(strength), member)
    return strength * machine.coef_[0], float(machine.intercept_[0])


def _ratio(matrix: Any, member: NDArray[np.bool_]) -> Floats:
    inside = np.asarray(matrix[member].sum(axis=0)).ravel() + _NAIVE_BAYES_SMOOTHING
    outside = np.asarray(matrix[~member].sum(axis=0)).ravel() + _NAIVE_BAYES_SMOOTHING
    ratio: Floats = np.abs(np.log((inside / inside.sum()) / (outside / outside.sum()))).astype(np.float32)
    return ratio


def _relevance(matrix: Any, member: NDArray[np.bool_]) -> Floats:
    inside = np.bincount(matrix[member].indices, minlength=matrix.shape[1])
    outside = np.bincount(matrix[~member].indices, minlength=matrix.shape[1])
    frequency: Floats = np.log(2 + inside / np.maximum(1, outside)).astype(np.float32)
    return frequency
