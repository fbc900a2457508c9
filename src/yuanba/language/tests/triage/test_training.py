"""Learning, suggesting and being sure of it."""

import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest

from yuanba.language.tests.triage.made import made_messages
from yuanba.language.triage import Labelled, evaluate
from yuanba.language.triage.model import Model
from yuanba.language.triage.training import FEWEST_ROWS, TrainingError, train


def test_a_trained_model_names_the_category_of_unseen_messages(model: Model) -> None:
    found = evaluate(model, made_messages(80, seed=99))
    assert found.rows == 80
    assert found.accuracy > 0.95
    assert found.macro_f1 > 0.95


def test_the_words_that_spoke_for_a_category_are_words_of_the_message(model: Model) -> None:
    text = "枇杷坪社区养猪场臭气熏天，请尽快解决。"
    best = model.suggest(text)[0]
    assert best.category == "环境保护"
    assert best.why
    assert all(word in text for word in best.why)
    assert {"养猪场", "臭气", "臭气熏天", "熏天"} & set(best.why)


def test_suggestions_come_best_first_and_no_more_than_asked(model: Model) -> None:
    found = model.suggest("路灯不亮", "路灯")
    assert len(found) == 3
    confidences = [item.confidence for item in found]
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) <= 1.001
    assert len(model.suggest("路灯不亮", limit=1)) == 1


def test_spaces_between_words_do_not_change_a_suggestion(model: Model) -> None:
    assert model.suggest("工地 拖欠 农民工 工资") == model.suggest("工地拖欠农民工工资")


@pytest.mark.parametrize("text", ["", "   ", "12345", "？！", "\ud800", "\U0001f600"])
def test_a_message_without_a_known_feature_gets_no_suggestion(model: Model, text: str) -> None:
    assert model.suggest(text) == []


def test_the_same_rows_and_seed_give_the_same_model(model: Model) -> None:
    again = train(made_messages(160, seed=1), seed=7)
    assert again.digest == model.digest
    assert np.array_equal(again.weights, model.weights)


def test_confidence_is_measured_on_rows_kept_back(model: Model) -> None:
    assert model.held_out is not None
    assert 0 < model.held_out.rows <= model.rows == 160
    assert model.held_out.accuracy > 0.8


def test_a_deadline_leaves_out_the_measuring_and_makes_confidence_cautious() -> None:
    rows = made_messages(80, seed=3)
    hurried, patient = train(rows, seed=7, deadline_s=0), train(rows, seed=7)
    assert hurried.held_out is None
    assert patient.held_out is not None
    text = rows[0].text
    assert hurried.suggest(text)[0].category == patient.suggest(text)[0].category
    assert hurried.suggest(text)[0].confidence < patient.suggest(text)[0].confidence


def test_progress_is_told_from_reading_to_done() -> None:
    steps: list[str] = []
    train(made_messages(40, seed=3), seed=7, progress=lambda step, done, total: steps.append(step))
    assert steps[0] == "read"
    assert steps[-1] == "done"
    assert {"fit", "measure"} <= set(steps)


def test_rows_may_come_from_a_stream() -> None:
    def stream() -> Iterator[Labelled]:
        yield from made_messages(40, seed=3)

    assert train(stream(), seed=7, deadline_s=0).rows == 40


def test_too_few_rows_are_refused_with_the_number() -> None:
    with pytest.raises(TrainingError, match=f"{FEWEST_ROWS} messages.*there are 5"):
        train(made_messages(5, seed=1), seed=7)


def test_one_category_alone_is_refused() -> None:
    rows = [Labelled("停水", "小区停水三天", "城乡建设")] * 30
    with pytest.raises(TrainingError, match="two different categories"):
        train(rows, seed=7)


@pytest.mark.parametrize("text", ["！！！", "\u200b", " "])
def test_messages_without_a_word_are_refused(text: str) -> None:
    rows = [Labelled(text, text, category) for category in ("城乡建设", "教育文体") * 20]
    with pytest.raises(TrainingError, match="nothing to learn"):
        train(rows, seed=7)


def test_a_category_with_a_single_message_does_no_harm() -> None:
    rows = [*made_messages(60, seed=3), Labelled("医院", "医院挂号排队太久", "卫生计生")]
    found = train(rows, seed=7)
    assert "卫生计生" in found.categories
    assert evaluate(found, made_messages(40, seed=5)).accuracy > 0.9


def test_suggesting_never_loads_what_training_needs(model: Model, tmp_path: object) -> None:
    from pathlib import Path

    from yuanba.language.triage.files import save

    path = Path(str(tmp_path)) / "model.npz"
    save(model, path)
    program = (
        "import sys; from pathlib import Path; from yuanba.language.triage.files import load;"
        f"assert load(Path({str(path)!r})).suggest('小区停水');"
        "print([name for name in ('sklearn', 'scipy') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_the_words_model_needs_no_numpy() -> None:
    program = (
        "import sys; from yuanba.language.triage import KeywordModel;"
        "assert KeywordModel({'water': ['停水']}).suggest('停水');"
        "print([name for name in ('numpy', 'sklearn', 'scipy') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
