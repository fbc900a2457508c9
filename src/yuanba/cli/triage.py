"""``triage train`` and ``triage evaluate``: the district's own model, and how good it is."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yuanba.cli.output import emit, json_option

if TYPE_CHECKING:
    from yuanba.language.triage import Labelled, Triage
    from yuanba.language.triage.table import Progress
    from yuanba.playbooks.schema import Playbook

HEADINGS = {
    "subject": ("subject", "title", "留言主题", "主题", "标题"),
    "text": ("text", "tokens", "留言详情", "内容", "详情"),
    "category": ("category", "label", "一级标签", "一级分类", "分类", "类别"),
}
# The steps of learning, as `language.triage` names them, which knows no languages.
STEPS = {
    "read": _("Reading the messages"),
    "fit": _("Learning"),
    "measure": _("Measuring on rows kept back"),
    "done": _("Finished"),
}
FIGURES = {
    "accuracy": _("right first suggestions"),
    "macro_f1": _("mean F1 of the categories"),
    "per_second": _("messages a second"),
    "rows": _("rows measured"),
}
DEFAULT_PLAYBOOK = "wanzhou"
"""Whose words are measured before a district has published its own."""


@click.group("triage", help=_("Train and measure the model that suggests categories."))
def triage_command() -> None:
    """The group of triage commands."""


def _rows(path: Path) -> "Iterator[Labelled]":
    from yuanba.kernel.errors import Invalid
    from yuanba.kernel.sheets import as_text, guess_columns, no_table, open_table
    from yuanba.language.triage import Labelled

    with open_table(path) as table:
        columns = guess_columns(table.columns, HEADINGS)
        missing = {"text", "category"} - set(columns)
        if missing:
            if table.is_plain_text:
                raise no_table()
            wanted = "、".join(HEADINGS[field][-1] for field in ("text", "category") if field in missing)
            raise Invalid(
                _("The file lacks the columns %(wanted)s. There are: %(headings)s.")
                % {"wanted": wanted, "headings": "、".join(filter(None, table.columns[:20]))},
                field="file",
            )
        for row in table:
            values = {field: as_text(row.cells[column]) for field, column in columns.items()}
            if values["category"].strip() and (values["text"].strip() or values.get("subject", "").strip()):
                yield Labelled(values.get("subject", ""), values["text"], values["category"].strip())


@contextmanager
def _steps() -> "Iterator[Progress]":
    """How far each step is, on one line of a terminal; a log gets a line a step."""
    live, told = sys.stderr.isatty(), set[str]()

    def show(step: str, done: int, total: int) -> None:
        words = STEPS.get(step, step)
        if live:
            click.echo(f"\r{words} {done}/{total}   ", nl=False, err=True)
        elif step not in told:
            told.add(step)
            click.echo(words, err=True)

    yield show
    if live:
        click.echo("", err=True)


@triage_command.command("train", help=_("Learn from files with the columns subject, text, category."))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), nargs=-1, required=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help=_("Where to keep the model."))
@click.option("--seed", type=int, default=1, show_default=True)
@json_option
def train_command(file: tuple[Path, ...], out: Path | None, seed: int, as_json: bool) -> None:
    from itertools import chain

    from yuanba.language.triage.files import save
    from yuanba.language.triage.training import TrainingError, train
    from yuanba.matters.triage_in_use import model_path

    path = out or model_path()

    try:
        with _steps() as show:
            model = train(chain.from_iterable(map(_rows, file)), seed=seed, progress=show)
    except TrainingError as error:
        raise click.ClickException(str(error)) from None
    path.parent.mkdir(parents=True, exist_ok=True)
    save(model, path)
    held = model.held_out
    data = {
        "rows": model.rows,
        "categories": len(model.categories),
        "accuracy": held.accuracy if held else None,
        "macro_f1": held.macro_f1 if held else None,
        "model": str(path),
    }
    words = _("Learnt from %(rows)s rows; on rows kept back: accuracy %(accuracy)s; kept in %(model)s")
    emit(as_json, data, words % data)


@triage_command.command(
    "evaluate", help=_("Measure the model in use against a file with the columns subject, text, category.")
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--model", type=click.Path(exists=True, dir_okay=False, path_type=Path), help=_("Another model.")
)
@json_option
def evaluate_command(file: Path, model: Path | None, as_json: bool) -> None:
    from yuanba.language.triage import evaluate

    rows = list(_rows(file))
    if not rows:
        raise click.ClickException(_("The file has no labelled rows to measure with."))
    found = evaluate(_triage(model, {row.category for row in rows}), rows)
    data = {
        "accuracy": round(found.accuracy, 4),
        "macro_f1": round(found.macro_f1, 4),
        "per_second": round(found.per_second, 1),
        "rows": found.rows,
    }
    emit(as_json, data, "\n".join(f"{FIGURES[name]}: {value}" for name, value in data.items()))


def _triage(model: Path | None, labels: set[str]) -> "Triage":
    """The model asked for, else the district's own, else the words of the playbook in force; answering in the
    file's labels.
    """
    from yuanba.language.triage.files import ModelFileError, load
    from yuanba.matters.triage_in_use import by_groups, keywords, trained

    if model is not None:
        try:
            return load(model)
        except ModelFileError as error:
            raise click.ClickException(str(error)) from None
    own = trained()
    if own is not None:
        return own
    playbook = _playbook()
    return by_groups(keywords(playbook), playbook, labels)


def _playbook() -> "Playbook":
    """The playbook in force; a shipped one where no district has been set up yet."""
    from django.db import DatabaseError

    from yuanba.kernel.errors import Missing
    from yuanba.playbooks.queries import current_playbook
    from yuanba.playbooks.reading import read_playbook
    from yuanba.playbooks.shipped import shipped_source

    try:
        return current_playbook().playbook
    except (Missing, DatabaseError):
        return read_playbook(shipped_source(DEFAULT_PLAYBOOK))
