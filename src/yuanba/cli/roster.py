"""``import people`` and ``import organizations``: who is where."""

from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yuanba.cli.output import emit, fail, headings, json_option, progress, see
from yuanba.kernel.authority import system

if TYPE_CHECKING:
    from yuanba.people.importing import FirstPassword, RosterReport

REASONS = 10
_file = click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
_dry_run = click.option("--dry-run", is_flag=True, help=_("Only tell what would happen."))
_map = click.option(
    "--map", "mapping", multiple=True, callback=headings, help=_("FIELD=HEADING; fields below.")
)
_sheet = click.option(
    "--sheet", help=_("Which sheet of a workbook; the first that holds anything by default.")
)
_template = click.option(
    "--template",
    type=click.Path(dir_okay=False, path_type=Path),
    help=_("Write an empty form (.xlsx) to this file and end."),
)


class _WithFields(click.Command):
    """Lists the fields at the end of its help, as the importer knows them."""

    def format_epilog(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from yuanba.people.importing import ORGANIZATIONS, PEOPLE

        fields = PEOPLE if self.name == "people" else ORGANIZATIONS
        with formatter.section(_("Fields and some of the headings they are found by")):
            formatter.write_dl([(field, "、".join(names[:6])) for field, names in fields.items()])
        formatter.write_paragraph()
        formatter.write_text(_("Examples: docs/people.md"))


@click.command(
    "people", cls=_WithFields, help=_("Posts with their holders, a row each, from .xlsx, .csv or .csv.gz.")
)
@_file
@_dry_run
@click.option(
    "--hand-over",
    is_flag=True,
    help=_("Where the file names another holder, hand the post over with its work."),
)
@click.option(
    "--passwords",
    type=click.Path(dir_okay=False, path_type=Path),
    help=_("File (.xlsx or .csv) for the one-time passwords; printed on stdout without it."),
)
@_map
@_sheet
@_template
@json_option
def import_people_command(
    file: Path | None,
    dry_run: bool,
    hand_over: bool,
    passwords: Path | None,
    mapping: dict[str, str],
    sheet: str | None,
    template: Path | None,
    as_json: bool,
) -> None:
    from yuanba.people.importing import import_people, require_new, write_passwords, write_people_template

    if template is not None:
        write_people_template(template)
        emit(
            as_json, {"template": str(template)}, _("%(file)s is ready to be filled in.") % {"file": template}
        )
        return
    file = _given(file)
    made: list[FirstPassword] = []
    if passwords is not None:
        _require_table(passwords)
        require_new(passwords)
    try:
        with progress(file.name, 1000) as show:
            report = import_people(
                file,
                actor=system("import"),
                dry_run=dry_run,
                hand_over=hand_over,
                mapping=mapping,
                sheet=sheet,
                on_password=made.append if passwords is not None else _print_password,
                progress=lambda done, total: show(round(1000 * done / max(total, 1))),
            )
    finally:
        # Also of a run that broke off: what was made before is kept, and its passwords can't be shown again.
        if passwords is not None and made:
            write_passwords(passwords, made)
    more = {"passwords_file": str(passwords) if passwords is not None and made else None}
    _tell(as_json, report, more)


@click.command(
    "organizations",
    cls=_WithFields,
    help=_("Offices, departments, companies, teams from .xlsx, .csv or .csv.gz."),
)
@_file
@_dry_run
@_map
@_sheet
@_template
@json_option
def import_organizations_command(
    file: Path | None,
    dry_run: bool,
    mapping: dict[str, str],
    sheet: str | None,
    template: Path | None,
    as_json: bool,
) -> None:
    from yuanba.people.importing import import_organizations, write_organizations_template

    if template is not None:
        write_organizations_template(template)
        emit(
            as_json, {"template": str(template)}, _("%(file)s is ready to be filled in.") % {"file": template}
        )
        return
    file = _given(file)
    with progress(file.name, 1000) as show:
        report = import_organizations(
            file,
            actor=system("import"),
            dry_run=dry_run,
            mapping=mapping,
            sheet=sheet,
            progress=lambda done, total: show(round(1000 * done / max(total, 1))),
        )
    _tell(as_json, report, {})


def _given(file: Path | None) -> Path:
    if file is None:
        raise click.UsageError(_("Name a FILE to import, or --template FILE to get an empty form."))
    return file


def _require_table(path: Path) -> None:
    if not path.name.lower().endswith((".xlsx", ".csv")):
        words = _("%(file)s: end it in .xlsx or .csv") % {"file": path.name}
        raise click.BadParameter(words, param_hint="--passwords")


def _print_password(one: "FirstPassword") -> None:
    click.echo(_("Row") + f" {one.row}  {one.username}  {one.password}")


def _tell(as_json: bool, report: "RosterReport", more: dict[str, str | None]) -> None:
    for hint in report.hints:
        click.echo(hint, err=True)
    reasons = report.reasons.most_common(REASONS)
    for reason, count in reasons:
        click.echo(f"{count} × {reason}", err=True)
    made = {
        "organizations": report.organizations,
        "posts": report.posts,
        "persons": report.persons,
        "accounts": report.accounts,
        "filled": report.filled,
        "handed_over": report.handed_over,
    }
    counts = {
        "rows": report.rows,
        "created": report.created,
        "known": report.known,
        "differing": report.differing,
        "rejected": report.rejected,
    }
    tables = {
        "rejected_file": str(report.rejected_file) if report.rejected_file else None,
        "differing_file": str(report.differing_file) if report.differing_file else None,
    }
    told = [{"reason": reason, "rows": count} for reason, count in reasons]
    data = {**counts, **made, "dry_run": report.dry_run, "reasons": told, **tables, **more}
    words = _balance(counts, made, dry_run=report.dry_run)
    words += "".join(see(file) for file in (*tables.values(), *more.values()))
    nothing_taken = bool(report.rejected) and report.rejected == report.rows
    (fail if nothing_taken else emit)(as_json, data, words)


def _balance(counts: dict[str, int], made: dict[str, int], *, dry_run: bool) -> str:
    """What came of the rows, in two lines."""
    rows = _(
        "%(rows)s rows = %(created)s created + %(known)s known + %(differing)s differing + %(rejected)s rejected"
    )
    would = _(
        "would make: %(organizations)s organizations, %(posts)s posts, %(persons)s persons, %(accounts)s accounts,"
        " %(filled)s filled, %(handed_over)s handed over"
    )
    did = _(
        "made: %(organizations)s organizations, %(posts)s posts, %(persons)s persons, %(accounts)s accounts,"
        " %(filled)s filled, %(handed_over)s handed over"
    )
    return rows % counts + "\n" + (would if dry_run else did) % made
