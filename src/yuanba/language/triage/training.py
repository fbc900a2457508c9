"""Learning the category model from messages whose category a person has set.

Two linear classifiers over the same features are averaged; they differ in how they weigh a feature before fitting: by its
naive-Bayes log-count ratio (S. Wang and C. Manning, *Baselines and Bigrams*, ACL 2012) and by its relevance frequency
(M. Lan et al., *Supervised and Traditional Term Weighting Methods for Automatic Text Categorization*, TPAMI 31(4), 2009).
Both being linear, their average is one weight matrix and costs nothing when the model is used.

scikit-learn is needed here and nowhere else.
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.svm import LinearSVC

from yuanba.language.triage.calibration import calibrate
from yuanba.language.triage.evaluation import scores
from yuanba.language.triage.features import Keys, stretches
from yuanba.language.triage.files import digested
from yuanba.language.triage.grouping import groups_of_copies
from yuanba.language.triage.model import Floats, HeldOut, Model, Places, feature_values, softmax
from yuanba.language.triage.suggestion import Labelled

Progress = Callable[[str, int, int], None]
"""Called with the name of the step, how much of it is done and how much there is."""

FEWEST_ROWS: Final = 20
MOST_ROWS: Final = 50_000
"""More rows are sampled down: fifty thousand messages take about 1.5 GB while learning."""

_FOLDS: Final = 4
_SEEN_AT_LEAST: Final = 2
_NAIVE_BAYES_SMOOTHING: Final = 0.1


class TrainingError(ValueError):
    """The rows can't teach anything; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class _Table:
    """Feature occurrences of all messages: row pointers, feature numbers, counts; and each feature's key and kind."""

    pointers: Places
    features: Places
    counts: Places
    keys: Keys
    kinds: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Fitted:
    rarity: Floats
    weights: Floats
    bias: Floats


def train(
    rows: Iterable[Labelled],
    *,
    seed: int,
    progress: Progress | None = None,
    deadline_s: float | None = None,
) -> Model:
    """A model learnt from the rows; the same rows and seed give the same model.

    After the weights are fitted, the rows are kept back in four parts, near-copies together, to measure the model and to
    fit its confidences. `deadline_s` (seconds from the call) ends that early: parts not yet measured are left out, and
    with none measured the model has no ``held_out`` figures and cautious confidences.

    Raises `TrainingError` for fewer than 20 usable rows or fewer than two categories.
    """
    report = progress or _silent
    until = time.monotonic() + deadline_s if deadline_s is not None else float("inf")
    chosen = _chosen(rows, seed)
    categories = tuple(sorted({row.category for row in chosen}))
    if len(categories) < 2:
        raise TrainingError("At least two different categories are needed to learn from.")
    number = {category: index for index, category in enumerate(categories)}
    truth = np.array([number[row.category] for row in chosen])
    table = _table(chosen, report)
    everything = np.arange(len(chosen))
    report("fit", 0, _FOLDS + 1)
    fitted = _fit(table, truth, everything, len(categories), seed)
    measured, kept_scores = _kept_back(chosen, table, truth, len(categories), seed, until, report)
    scale, offset = calibrate(kept_scores[measured], truth[measured], len(categories))
    held_out = None
    if len(measured):
        guesses = softmax(kept_scores[measured] * scale + offset).argmax(axis=1)
        figures = scores([categories[i] for i in truth[measured]], [categories[i] for i in guesses])
        held_out = HeldOut(len(measured), round(figures.accuracy, 4), round(figures.macro_f1, 4))
    seen = np.flatnonzero(fitted.rarity)
    return digested(
        Model(
            categories=categories,
            keys=table.keys[seen],
            kinds=table.kinds[seen],
            rarity=fitted.rarity[seen],
            weights=fitted.weights[seen].astype(np.float16),
            bias=fitted.bias,
            scale=scale,
            offset=offset,
            rows=len(chosen),
            held_out=held_out,
            digest="",
        )
    )


def _silent(step: str, done: int, total: int) -> None:
    """Nobody is watching."""


def _chosen(rows: Iterable[Labelled], seed: int) -> list[Labelled]:
    """The rows to learn from: at most `MOST_ROWS`, drawn evenly from all (reservoir sampling)."""
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    chosen: list[Labelled] = []
    for count, row in enumerate(rows):
        if len(chosen) < MOST_ROWS:
            chosen.append(row)
        elif (place := rng.randrange(count + 1)) < MOST_ROWS:
            chosen[place] = row
    if len(chosen) < FEWEST_ROWS:
        raise TrainingError(
            f"At least {FEWEST_ROWS} messages with a category are needed; there are {len(chosen)}."
        )
    return chosen


def _table(rows: Sequence[Labelled], report: Progress) -> _Table:
    """Read every message; keep the features that occur in at least two."""
    pieces: list[tuple[Keys, Places]] = []
    kind_of: list[tuple[Keys, NDArray[np.uint8]]] = []
    for done, row in enumerate(rows):
        if done % 500 == 0:
            report("read", done, len(rows))
        seen = stretches(row.text, row.subject)
        keys, first, counts = np.unique(seen.keys, return_index=True, return_counts=True)
        pieces.append((keys, counts))
        kind_of.append((keys, seen.kinds[first]))
    every = np.concatenate([keys for keys, _ in pieces])
    keys, first, inverse, messages = np.unique(
        every, return_index=True, return_inverse=True, return_counts=True
    )
    kinds = np.concatenate([kinds for _, kinds in kind_of])[first]
    common = messages >= _SEEN_AT_LEAST
    renumbered = np.where(common, np.cumsum(common) - 1, -1)[inverse]
    kept = renumbered >= 0
    lengths = np.cumsum([0, *(len(keys) for keys, _ in pieces)])
    pointers = np.concatenate(([0], np.cumsum(kept)))[lengths]
    counts = np.concatenate([counts for _, counts in pieces])
    return _Table(pointers, renumbered[kept], counts[kept], keys[common], kinds[common])


def _rarity(table: _Table, rows: Places) -> Floats:
    """Inverse document frequency over the rows; 0 for a feature that none of them has."""
    present = np.concatenate([table.features[table.pointers[row] : table.pointers[row + 1]] for row in rows])
    messages = np.bincount(present, minlength=len(table.keys))
    rarity = np.log((len(rows) + 1) / (messages + 1)) + 1
    return np.where(messages > 0, rarity, 0).astype(np.float32)


def _matrix(table: _Table, rarity: Floats, rows: Places) -> Any:
    """The rows' feature values as a sparse matrix."""
    values, columns, pointers = [], [], [0]
    for row in rows:
        part = slice(table.pointers[row], table.pointers[row + 1])
        features, counts = table.features[part], table.counts[part]
        known = rarity[features] > 0
        features, counts = features[known], counts[known]
        values.append(feature_values(counts, rarity[features], table.kinds[features]))
        columns.append(features)
        pointers.append(pointers[-1] + len(features))
    shape = (len(rows), len(table.keys))
    return sparse.csr_matrix((np.concatenate(values), np.concatenate(columns), pointers), shape=shape)


def _fit(table: _Table, truth: Places, rows: Places, categories: int, seed: int) -> _Fitted:
    rarity = _rarity(table, rows)
    matrix, own = _matrix(table, rarity, rows), truth[rows]
    weights = np.zeros((len(table.keys), categories), dtype=np.float32)
    bias = np.zeros(categories, dtype=np.float32)
    for category in range(categories):
        member = own == category
        if not member.any() or member.all():
            # A category absent from these rows can't be told apart; it is left at the bottom.
            bias[category] = -2.0
            continue
        for weigh in (_naive_bayes_ratio, _relevance):
            strength = weigh(matrix, member)
            machine = LinearSVC(C=1.0, random_state=seed, max_iter=3000)
            machine.fit(matrix @ sparse.diags(strength), member)
            weights[:, category] += strength * machine.coef_[0] / 2
            bias[category] += machine.intercept_[0] / 2
    return _Fitted(rarity, weights, bias)


def _naive_bayes_ratio(matrix: Any, member: NDArray[np.bool_]) -> Floats:
    inside = np.asarray(matrix[member].sum(axis=0)).ravel() + _NAIVE_BAYES_SMOOTHING
    outside = np.asarray(matrix[~member].sum(axis=0)).ravel() + _NAIVE_BAYES_SMOOTHING
    ratio: Floats = np.abs(np.log((inside / inside.sum()) / (outside / outside.sum()))).astype(np.float32)
    return ratio


def _relevance(matrix: Any, member: NDArray[np.bool_]) -> Floats:
    inside = np.bincount(matrix[member].indices, minlength=matrix.shape[1])
    outside = np.bincount(matrix[~member].indices, minlength=matrix.shape[1])
    frequency: Floats = np.log(2 + inside / np.maximum(1, outside)).astype(np.float32)
    return frequency


def _kept_back(
    rows: Sequence[Labelled],
    table: _Table,
    truth: Places,
    categories: int,
    seed: int,
    until: float,
    report: Progress,
) -> tuple[Places, NDArray[np.float64]]:
    """Scores of rows by models that saw neither them nor a near-copy; and which rows were reached in time."""
    kept_scores = np.zeros((len(rows), categories))
    measured: list[Places] = []
    for fold, (learn, keep) in enumerate(_folds(rows, seed)):
        report("measure", fold + 1, _FOLDS + 1)
        if time.monotonic() >= until or not len(keep) or not len(learn):
            break
        fitted = _fit(table, truth, learn, categories, seed)
        kept_scores[keep] = _matrix(table, fitted.rarity, keep) @ fitted.weights + fitted.bias
        measured.append(keep)
    return np.concatenate(measured) if measured else np.empty(0, dtype=np.int64), kept_scores


def _folds(rows: Sequence[Labelled], seed: int) -> Iterator[tuple[Places, Places]]:
    group = np.array(groups_of_copies([f"{row.subject}\n{row.text}" for row in rows]))
    rng = np.random.default_rng(seed)
    fold_of_group = rng.integers(_FOLDS, size=group.max() + 1)
    fold = fold_of_group[group]
    for number in range(_FOLDS):
        yield np.flatnonzero(fold != number), np.flatnonzero(fold == number)
