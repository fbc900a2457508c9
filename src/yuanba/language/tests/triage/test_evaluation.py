"""Figures that can be checked by hand."""

import pytest

from yuanba.language.triage import Labelled, Suggestion, evaluate
from yuanba.language.triage.evaluation import scores


class FirstWord:
    """A triage that suggests the first word of the subject."""

    name = "first word"

    def suggest(self, text: str, subject: str = "", *, limit: int = 3) -> list[Suggestion]:
        return [Suggestion(word, 0.5, ()) for word in subject.split()[:1]]


def test_figures_are_those_counted_by_hand() -> None:
    rows = [
        Labelled(*row)
        for row in (("a", "", "a"), ("a", "", "a"), ("b", "", "a"), ("b", "", "b"), ("", "", "b"))
    ]
    found = evaluate(FirstWord(), rows)
    assert (found.rows, found.accuracy, found.without_suggestion) == (5, 0.6, 1)
    by_name = {item.category: item for item in found.per_category}
    assert by_name["a"].precision == 1
    assert by_name["a"].recall == pytest.approx(2 / 3)
    assert (by_name["b"].precision, by_name["b"].recall, by_name["b"].f1) == (0.5, 0.5, 0.5)
    assert found.macro_f1 == pytest.approx((0.8 + 0.5) / 2)
    assert found.per_second > 0


def test_a_category_never_suggested_has_no_precision_and_counts_in_the_mean() -> None:
    figures = scores(["a", "b"], ["a", "a"])
    assert figures.per_category[1].precision == 0
    assert figures.macro_f1 == pytest.approx((2 / 3) / 2)


def test_nothing_to_measure_is_refused() -> None:
    with pytest.raises(ValueError, match="no labelled rows"):
        evaluate(FirstWord(), [])
