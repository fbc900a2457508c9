"""``playbook check`` and ``playbook publish``: a district's own rules."""

from dataclasses import asdict
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from django.utils import timezone

from yuanba.cli.output import emit, fail, json_option
from yuanba.kernel.authority import system

if TYPE_CHECKING:
    from yuanba.playbooks.check import CheckReport


@click.group("playbook", help=_("A district's own rules."))
def playbook_command() -> None:
    """The group of playbook commands."""


@playbook_command.command("check", help=_("Check a playbook file; every fault with line and column."))
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def check_command(file: Path, as_json: bool) -> None:
    report = _told(file)
    (emit if report.ok else fail)(as_json, *_balance(report))


def _told(file: Path) -> "CheckReport":
    """The check of a file, with every fault and advice told on a line of its own."""
    from yuanba.playbooks.check import check

    report = check(file)
    for found in (*report.errors, *report.warnings):
        click.echo(found.text(report.file), err=True)
    return report


def _balance(report: "CheckReport") -> tuple[dict[str, Any], str]:
    """What is said of a check, for scripts and for people."""
    data = {
        "ok": report.ok,
        "errors": len(report.errors),
        "warnings": len(report.warnings),
        "faults": [asdict(found) for found in report.errors],
        "advice": [asdict(found) for found in report.warnings],
    }
    words = _("%(file)s: %(errors)s errors, %(warnings)s warnings")
    return data, words % {"file": report.file, "errors": data["errors"], "warnings": data["warnings"]}


@playbook_command.command("publish", help=_("Put a playbook into force for matters opened from now on."))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--reason", default="", help=_("Why the rules change; kept beside the edition."))
@json_option
def publish_command(file: Path, reason: str, as_json: bool) -> None:
    from yuanba.playbooks.actions import publish_playbook

    report = _told(file)
    if not report.ok:
        fail(as_json, *_balance(report))
    source = file.read_text(encoding="utf-8")
    edition = publish_playbook(source, reason=reason, actor=system("cli"), at=timezone.now())
    data = {"code": edition.code, "edition": edition.edition, "digest": edition.digest}
    emit(as_json, data, _("%(edition)s is in force.") % {"edition": edition})
