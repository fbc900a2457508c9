"""Training tells a log what it is about, line by line."""

import json
from pathlib import Path

from click.testing import CliRunner

from yuanba.cli.triage import FIGURES, STEPS, triage_command


def labelled(folder: Path) -> Path:
    rows = [
        f"第{number}号路灯不亮需要维修,城乡建设\n第{number}小学招生入学报名,教育文体\n"
        for number in range(20)
    ]
    file = folder / "labelled.csv"
    file.write_text("内容,类别\n" + "".join(rows), "utf-8")
    return file


def test_without_a_terminal_each_step_is_a_line_and_no_line_is_drawn_over(tmp_path: Path) -> None:
    file, model = labelled(tmp_path), tmp_path / "m.npz"
    done = CliRunner().invoke(triage_command, ["train", str(file), "--out", str(model)])
    assert done.exit_code == 0
    assert model.exists()
    lines = done.stderr.split("\n")
    assert "\r" not in done.stderr
    assert len(lines) > 2
    assert len(set(lines)) == len(lines)


def test_people_are_told_in_words_and_scripts_by_keys_that_stay(tmp_path: Path) -> None:
    file, model = labelled(tmp_path), tmp_path / "m.npz"
    told = CliRunner().invoke(triage_command, ["train", str(file), "--out", str(model)])
    steps = {line for line in told.stderr.split("\n") if line}
    assert steps == set(STEPS.values())
    assert not steps & set(STEPS)
    asked = ["evaluate", str(file), "--model", str(model)]
    words = CliRunner().invoke(triage_command, asked).stdout
    assert all(f"{word}: " in words for word in FIGURES.values())
    assert "macro_f1" not in words
    figures = json.loads(CliRunner().invoke(triage_command, [*asked, "--json"]).stdout)
    assert figures.keys() == FIGURES.keys()
