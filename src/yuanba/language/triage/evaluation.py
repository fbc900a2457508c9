"""Measuring a triage against categories that people set."""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from yuanba.language.triage.suggestion import Labelled, Triage


@dataclass(frozen=True, slots=True)
class CategoryFigures:
    """Precision: the right ones among those suggested for it. Recall: the found ones among its own."""

    category: str
    rows: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Share of right first suggestions, and the plain mean of F1 over the categories that occur."""

    accuracy: float
    macro_f1: float
    per_category: tuple[CategoryFigures, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What `evaluate` found; ``per_second`` messages went through this one process, reasons included."""

    rows: int
    accuracy: float
    macro_f1: float
    per_second: float
    without_suggestion: int
    per_category: tuple[CategoryFigures, ...]


def evaluate(triage: Triage, rows: Iterable[Labelled]) -> Evaluation:
    """Let the triage suggest for every row and compare; a message without suggestion counts as wrong.

    Raises `ValueError` when there are no rows.
    """
    truth: list[str] = []
    first: list[str] = []
    seconds = 0.0
    for row in rows:
        started_at = time.perf_counter()
        suggestions = triage.suggest(row.text, row.subject)
        seconds += time.perf_counter() - started_at
        truth.append(row.category)
        first.append(suggestions[0].category if suggestions else "")
    if not truth:
        raise ValueError("There are no labelled rows to measure with.")
    figures = scores(truth, first)
    return Evaluation(
        rows=len(truth),
        accuracy=figures.accuracy,
        macro_f1=figures.macro_f1,
        per_second=len(truth) / seconds if seconds else 0.0,
        without_suggestion=first.count(""),
        per_category=figures.per_category,
    )


def scores(truth: Sequence[str], guesses: Sequence[str]) -> Figures:
    """Accuracy, macro-F1 and figures by category; both sequences run in parallel, with at least one row."""
    right = Counter(own for own, guess in zip(truth, guesses, strict=True) if own == guess)
    own_count, guess_count = Counter(truth), Counter(guesses)
    per_category = tuple(
        _category(category, own_count[category], guess_count[category], right[category])
        for category in sorted(own_count)
    )
    return Figures(
        accuracy=right.total() / len(truth),
        macro_f1=sum(item.f1 for item in per_category) / len(per_category),
        per_category=per_category,
    )


def _category(category: str, own: int, guessed: int, right: int) -> CategoryFigures:
    return CategoryFigures(
        category=category,
        rows=own,
        precision=right / guessed if guessed else 0.0,
        recall=right / own,
        f1=2 * right / (own + guessed),
    )
