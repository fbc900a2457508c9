"""``playbook check`` and ``playbook publish``: a district's own rules."""

from dataclasses import asdict
from pathlib import Path

import click
from django.utils import timezone

from yuanba.cli.output import emit, fail, json_option
from yuanba.kernel.authority import system


@click.group("playbook", help="A district's own rules.")
def playbook_command() -> None:
    """The group of playbook commands."""


@playbook_command.command("check", help="Check a playbook file; every fault with line and column.")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def check_command(file: Path, as_json: bool) -> None:
    from yuanba.playbooks.check import check

    report = check(file)
    for found in (*report.errors, *report.warnings):
        click.echo(found.text(report.file), err=True)
    data = {
        "ok": report.ok,
        "errors": len(report.errors),
        "warnings": len(report.warnings),
        "faults": [asdict(found) for found in report.errors],
        "advice": [asdict(found) for found in report.warnings],
    }
    words = f"{report.file}: {len(report.errors)} errors, {len(report.warnings)} warnings"
    (emit if report.ok else fail)(as_json, data, words)


@playbook_command.command("publish", help="Put a playbook into force for matters opened from now on.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def publish_command(file: Path, as_json: bool) -> None:
    from yuanba.playbooks.actions import publish_playbook

    edition = publish_playbook(file.read_text(encoding="utf-8"), actor=system("cli"), at=timezone.now())
    data = {"code": edition.code, "edition": edition.edition, "digest": edition.digest}
    emit(as_json, data, f"{edition} is in force")
