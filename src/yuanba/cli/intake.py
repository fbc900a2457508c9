"""``intake``: a file of citizens' messages becomes matters."""

from gettext import gettext as _
from pathlib import Path

import click

from yuanba.cli.output import emit, fail, headings, json_option, progress, see
from yuanba.kernel.authority import system


@click.command(
    "intake",
    help=_("Take in an export of citizens' messages (.xlsx, .csv, .csv.gz). Running it twice adds nothing."),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--map",
    "mapping",
    multiple=True,
    callback=headings,
    help=_(
        "FIELD=HEADING; number, title, text, at, name, phone, email, address, category, accused, lon, lat."
    ),
)
@click.option(
    "--source", default="import", show_default=True, help=_("Name of the system the numbers come from.")
)
@click.option(
    "--within", default="", help=_("Code of the place all requests are from; the district by default.")
)
@click.option(
    "--dates",
    "date_order",
    type=click.Choice(["ymd", "mdy", "dmy"]),
    default=None,
    help=_(
        "How dates of a text file are written; mdy reads 12/02/2016 as 2 December. Told by the dates if not given."
    ),
)
@click.option("--sheet", help=_("Which sheet of a workbook; the first with known headings by default."))
@click.option(
    "--crs",
    type=click.Choice(["wgs84", "gcj02", "bd09"]),
    help=_("System of the columns of longitude and latitude, where their headings don't say."),
)
@json_option
def intake_command(
    file: Path,
    mapping: dict[str, str],
    source: str,
    within: str,
    date_order: str | None,
    sheet: str | None,
    crs: str | None,
    as_json: bool,
) -> None:
    from yuanba.matters.district import district_root
    from yuanba.matters.intake import take_in
    from yuanba.places.datum import Datum
    from yuanba.places.queries import by_code

    place = by_code(within) if within else district_root()
    with progress(file.name, 1000) as show:
        result = take_in(
            file,
            within=place,
            actor=system("intake"),
            source=source,
            mapping=mapping,
            date_order=date_order or "",
            sheet=sheet,
            datum=Datum(crs) if crs else None,
            progress=lambda done, total: show(round(1000 * done / max(total, 1))),
        )
    for note in result.notes:
        click.echo(note, err=True)
    data = {
        "rows": result.rows,
        "created": result.created,
        "known": result.known,
        "rejected": result.rejected,
        "rejected_file": str(result.rejected_file) if result.rejected_file else None,
        "notes": list(result.notes),
    }
    words = _(
        "%(rows)s rows = %(created)s matters created + %(known)s known already + %(rejected)s rejected"
    ) % {name: data[name] for name in ("rows", "created", "known", "rejected")}
    words += see(result.rejected_file)
    nothing_taken = result.rejected and not (result.created or result.known)
    (fail if nothing_taken else emit)(as_json, data, words)
