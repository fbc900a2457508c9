"""Learning the category model from messages whose category a person has set.

scikit-learn is needed here and nowhere else.
"""

import random
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from yuanba.language.triage.calibration import calibrate
from yuanba.language.triage.evaluation import scores
from yuanba.language.triage.files import digested
from yuanba.language.triage.fitting import Lesson, fit
from yuanba.language.triage.grouping import groups_of_copies
from yuanba.language.triage.model import Floats, HeldOut, Model, Places, softmax
from yuanba.language.triage.suggestion import Labelled
from yuanba.language.triage.table import Progress, read_table

FEWEST_ROWS: Final = 20
MOST_ROWS: Final = 50_000
"""Beyond this, rows are sampled: more would teach little and take more than 2 GB while learning."""

_FOLDS: Final = 4


class TrainingError(ValueError):
    """The rows can't teach anything; the message says what is missing."""


def train(
    rows: Iterable[Labelled],
    *,
    seed: int,
    progress: Progress | None = None,
    deadline_s: float | None = None,
) -> Model:
    """A model learnt from the rows; the same rows and seed give the same model.

    After the weights are fitted, the rows are kept back in four parts, near-copies together, to measure the
    model and to fit its confidences. `deadline_s` (seconds from the call) ends that early: parts not yet
    measured are left out, and with none measured the model has no ``held_out`` figures and cautious
    confidences.

    Raises `TrainingError` for fewer than 20 usable rows, fewer than two categories or no word twice.
    """
    report = progress or _nobody_watches
    until = time.monotonic() + deadline_s if deadline_s is not None else float("inf")
    chosen = _chosen(rows, seed)
    categories = tuple(sorted({row.category for row in chosen}))
    if len(categories) < 2:
        raise TrainingError("At least two different categories are needed to learn from.")
    truth = np.array([categories.index(row.category) for row in chosen])
    table = read_table(chosen, report)
    if not len(table.keys):
        raise TrainingError("No word occurs in two messages, so there is nothing to learn from.")
    lesson = Lesson(table, truth, len(categories), seed)
    report("fit", 0, _FOLDS + 1)
    fitted = fit(lesson, np.arange(len(chosen)))
    measured, found = _kept_back(lesson, _folds(chosen, seed), until, report)
    scale, offset = calibrate(found, truth[measured], len(categories))
    report("done", _FOLDS + 1, _FOLDS + 1)
    return digested(
        Model(
            categories=categories,
            keys=lesson.table.keys,
            kinds=lesson.table.kinds,
            rarity=fitted.rarity,
            weights=fitted.weights.astype(np.float16),
            bias=fitted.bias,
            scale=scale,
            offset=offset,
            rows=len(chosen),
            held_out=_figures(categories, truth[measured], found * scale + offset),
            digest="",
        )
    )


def _nobody_watches(step: str, done: int, total: int) -> None:
    """Progress that goes nowhere."""


def _chosen(rows: Iterable[Labelled], seed: int) -> list[Labelled]:
    """The rows to learn from: at most `MOST_ROWS`, each with the same chance (reservoir sampling)."""
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


def _folds(rows: Sequence[Labelled], seed: int) -> Iterator[tuple[Places, Places]]:
    """Rows to learn from and rows to keep back, four times; each row is kept back once."""
    group = np.array(groups_of_copies([f"{row.subject}\n{row.text}" for row in rows]))
    fold = np.random.default_rng(seed).integers(_FOLDS, size=group.max() + 1)[group]
    for number in range(_FOLDS):
        yield np.flatnonzero(fold != number), np.flatnonzero(fold == number)


def _kept_back(
    lesson: Lesson, folds: Iterable[tuple[Places, Places]], until: float, report: Progress
) -> tuple[Places, Floats]:
    """The rows reached in time, and their scores by models that saw neither them nor a near-copy."""
    rows, found = [np.empty(0, dtype=np.int64)], [np.empty((0, lesson.categories))]
    for number, (learn, keep) in enumerate(folds, start=1):
        if time.monotonic() >= until:
            break
        report("measure", number, _FOLDS + 1)
        if len(learn) and len(keep):
            rows.append(keep)
            found.append(fit(lesson, learn).scores(lesson.table, keep))
    return np.concatenate(rows), np.concatenate(found).astype(np.float32)


def _figures(categories: Sequence[str], truth: Places, found: NDArray[np.floating]) -> HeldOut | None:
    if not len(truth):
        return None
    guesses = softmax(found).argmax(axis=1)
    figures = scores([categories[own] for own in truth], [categories[guess] for guess in guesses])
    return HeldOut(len(truth), round(figures.accuracy, 4), round(figures.macro_f1, 4))
