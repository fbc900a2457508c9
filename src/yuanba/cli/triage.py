"""``triage train`` and ``triage evaluate``: the district's own model, and how good it is."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yuanba.cli.output import emit, json_option

if TYPE_CHECKING:
    from yuanba.language.triage import Labelled

HEADINGS = {
    "subject": ("subject", "title", "留言主题", "主题", "标题"),
    "text": ("text", "tokens", "留言详情", "内容", "详情"),
    "category": ("category", "label", "一级标签", "一级分类", "分类", "类别"),
}


@click.group("triage", help="Train and measure the model that suggests categories.")
def triage_command() -> None:
    """The group of triage commands."""


def _rows(path: Path) -> "Iterator[Labelled]":
    from yuanba.kernel.errors import Invalid
    from yuanba.kernel.sheets import as_text, guess_columns, open_table
    from yuanba.language.triage import Labelled

    with open_table(path) as table:
        columns = guess_columns(table.columns, HEADINGS)
        missing = {"text", "category"} - set(columns)
        if missing:
            raise Invalid(f"the file has no column {' and no column '.join(sorted(missing))}", field="file")
        for row in table:
            values = {field: as_text(row.cells[column]) for field, column in columns.items()}
            if values["category"].strip() and (values["text"].strip() or values.get("subject", "").strip()):
                yield Labelled(values.get("subject", ""), values["text"], values["category"].strip())


@triage_command.command("train", help="Learn from a file with the columns subject, text, category.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), nargs=-1, required=True)
@click.option("--out", type=click.Path(path_type=Path), default=None, help="Where to keep the model.")
@click.option("--seed", type=int, default=1, show_default=True)
@json_option
def train_command(file: tuple[Path, ...], out: Path | None, seed: int, as_json: bool) -> None:
    from itertools import chain

    from yuanba.language.triage.files import save
    from yuanba.language.triage.training import train
    from yuanba.matters.suggesting import model_path

    path = out or model_path()
    path.parent.mkdir(parents=True, exist_ok=True)

    def show(step: str, done: int, total: int) -> None:
        click.echo(f"\r{step} {done}/{total}   ", nl=False, err=True)

    model = train(chain.from_iterable(map(_rows, file)), seed=seed, progress=show)
    click.echo("", err=True)
    save(model, path)
    held = model.held_out
    data = {
        "rows": model.rows,
        "categories": len(model.categories),
        "accuracy": held.accuracy if held else None,
        "macro_f1": held.macro_f1 if held else None,
        "model": str(path),
    }
    emit(
        as_json,
        data,
        f"learnt from {model.rows} rows; on rows kept back: accuracy {data['accuracy']}; kept in {path}",
    )


@triage_command.command(
    "evaluate", help="Measure the model in use against a file with the columns subject, text, category."
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def evaluate_command(file: Path, as_json: bool) -> None:
    from yuanba.language.triage import evaluate
    from yuanba.matters.suggesting import by_groups, triage_for
    from yuanba.playbooks.queries import current_playbook

    edition = current_playbook()
    rows = list(_rows(file))
    triage = by_groups(triage_for(edition), edition.playbook, {row.category for row in rows})
    found = evaluate(triage, rows)
    data = {
        "accuracy": round(found.accuracy, 4),
        "macro_f1": round(found.macro_f1, 4),
        "per_second": round(found.per_second, 1),
        "rows": found.rows,
    }
    emit(as_json, data, "\n".join(f"{name} {value}" for name, value in data.items()))
