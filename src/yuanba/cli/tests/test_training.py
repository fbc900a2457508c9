"""Training tells a log what it is about, line by line."""

from pathlib import Path

from click.testing import CliRunner

from yuanba.cli.triage import triage_command


def test_without_a_terminal_each_step_is_a_line_and_no_line_is_drawn_over(tmp_path: Path) -> None:
    rows = [
        f"第{number}号路灯不亮需要维修,城乡建设\n第{number}小学招生入学报名,教育文体\n"
        for number in range(20)
    ]
    file, model = tmp_path / "labelled.csv", tmp_path / "m.npz"
    file.write_text("内容,类别\n" + "".join(rows), "utf-8")
    done = CliRunner().invoke(triage_command, ["train", str(file), "--out", str(model)])
    assert done.exit_code == 0
    assert model.exists()
    lines = done.stderr.split("\n")
    assert "\r" not in done.stderr
    assert len(lines) > 2
    assert len(set(lines)) == len(lines)
