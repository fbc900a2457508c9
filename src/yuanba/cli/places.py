"""``resolve`` and the ``import`` commands; that of places: where."""

from collections import Counter
from gettext import gettext as _
from pathlib import Path

import click

from yuanba.cli.output import emit, fail, headings, json_option, progress, see
from yuanba.cli.roster import import_organizations_command, import_people_command
from yuanba.kernel.authority import system

REASONS = 10


@click.command("resolve", help=_("Find the places that a text speaks of."))
@click.argument("text")
@click.option("--within", default="", help=_("Code of the place to look in."))
@click.option("--limit", default=5, show_default=True, type=click.IntRange(1, 50))
@json_option
def resolve_command(text: str, within: str, limit: int, as_json: bool) -> None:
    from yuanba.places.queries import by_code
    from yuanba.places.resolve import resolve

    found = resolve(text, by_code(within) if within else None, limit)
    data = [
        {
            "path": place.full_name,
            "confidence": round(place.confidence, 3),
            "why": list(place.why),
            "id": place.place_id,
        }
        for place in found
    ]
    words = "\n".join(f"{row['confidence']:.2f}  {row['path']}  {' '.join(row['why'])}" for row in data)  # type: ignore[arg-type]
    emit(as_json, {"places": data}, words or _("No place found."))


@click.group("import", help=_("Take in what a district has in files: places, organizations, people."))
def import_command() -> None:
    """The group of import commands."""


import_command.add_command(import_people_command)
import_command.add_command(import_organizations_command)


class _WithFields(click.Command):
    """Lists the fields at the end of its help, as the importer knows them."""

    def format_epilog(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from yuanba.places.importing import fields_of_files

        with formatter.section(_("Fields and some of the headings they are found by")):
            formatter.write_dl([(field, "、".join(names[:6])) for field, names in fields_of_files().items()])
        formatter.write_paragraph()
        formatter.write_text(_("kind, code, parent… are for GeoJSON. Examples: docs/places.md"))


@import_command.command(
    "places",
    cls=_WithFields,
    help=_("Communities, estates, buildings, units, households from .xlsx, .csv, .csv.gz or GeoJSON."),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help=_("Only tell what would happen."))
@click.option("--map", "mapping", multiple=True, callback=headings, help=_("FIELD=HEADING; fields below."))
@click.option(
    "--datum",
    type=click.Choice(["wgs84", "gcj02", "bd09"]),
    default=None,
    help=_("Datum of the coordinates."),
)
@click.option("--within", default="", help=_("Code of the place that rows without a parent lie in."))
@click.option(
    "--own-district",
    is_flag=True,
    help=_("Reject rows of other districts than the one of the playbook in force."),
)
@json_option
def import_places_command(
    file: Path,
    dry_run: bool,
    mapping: dict[str, str],
    datum: str | None,
    within: str,
    own_district: bool,
    as_json: bool,
) -> None:
    from yuanba.places.datum import Datum
    from yuanba.places.importing import import_places, save_rejections, served_codes
    from yuanba.places.queries import by_code

    with progress(file.name, 1000) as show:
        report = import_places(
            file,
            actor=system("import"),
            dry_run=dry_run,
            mapping=mapping,
            datum=Datum(datum) if datum else None,
            within=by_code(within) if within else None,
            served=served_codes(),
            own_only=own_district,
            progress=lambda done, total: show(round(1000 * done / max(total, 1))),
        )
    for line in (*report.hints, *report.changes[:100]):
        click.echo(str(line), err=True)
    rejected_file = file.with_name(f"{file.name}.rejected.xlsx")
    save_rejections(report, rejected_file)
    reasons = Counter(line.reason for line in report.rejected).most_common(REASONS)
    for reason, count in reasons:
        click.echo(f"{count} × {reason}", err=True)
    counts = {
        "rows": report.rows,
        "created": report.created,
        "known": report.known,
        "changed": report.changed,
        "rejected": len(report.rejected),
        "places_added": report.places_added,
    }
    data = counts | {
        "reasons": [{"reason": reason, "rows": count} for reason, count in reasons],
        "rejected_file": str(rejected_file) if report.rejected else None,
    }
    words = _(
        "%(rows)s rows = %(created)s created + %(known)s known + %(changed)s changed + %(rejected)s rejected;"
        " %(places_added)s places added"
    )
    nothing_taken = bool(report.rejected) and len(report.rejected) == report.rows
    say = fail if nothing_taken else emit
    say(as_json, data, words % counts + see(data["rejected_file"]))
