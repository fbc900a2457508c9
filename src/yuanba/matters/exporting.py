"""The problem list as an Excel file."""

import tempfile
from collections.abc import Iterator

from django.db import models
from django.http import FileResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import Denied, Invalid
from yuanba.kernel.sheets import write_table
from yuanba.language.privacy import mask
from yuanba.matters.models import Matter
from yuanba.matters.presenting import rows_of
from yuanba.matters.queries import Filter, Reach, may_export, within

MOST = 20_000
CHUNK = 500


def export_response(viewer: Viewer, reach: Reach, filters: Filter) -> FileResponse:
    """The filtered list, newest first, as a file; texts have telephone and identity numbers masked.

    Raises `Denied` for a list that the viewer may read and not take away, `Invalid` past twenty thousand rows:
    narrow the list by days first.
    """
    if not may_export(viewer, reach):
        raise Denied(_("Your post does not include this."))
    rows = within(viewer, reach).filter(viewer.scope(Power.EXPORT).condition())
    rows = rows.filter(filters.condition(timezone.now())).order_by("-pk")
    if rows.values("pk")[MOST : MOST + 1]:
        raise Invalid(
            _("More than %(most)d matters. Narrow the list by days, then export.") % {"most": MOST},
            field="received_from",
        )
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    write_table(
        file,
        _headings(),
        _lines(rows),
        sheet=_("Problem list"),
        widths=(16, 18, 30, 60, 14, 10, 14, 24, 18, 18),
    )
    file.seek(0)
    name = f"problems-{timezone.localdate():%Y%m%d}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name)


def _headings() -> list[str]:
    return [
        _("Number"),
        _("Received"),
        _("Title"),
        _("Text"),
        _("Category"),
        _("Tier"),
        _("State"),
        _("Place"),
        _("Owner"),
        _("Due"),
        _("Closed"),
    ]


def _lines(rows: models.QuerySet[Matter]) -> Iterator[tuple[object, ...]]:
    last: int | None = None
    while True:
        chunk = list((rows if last is None else rows.filter(pk__lt=last))[:CHUNK])
        if not chunk:
            return
        last = chunk[-1].pk
        for row in rows_of(chunk):
            matter = row.matter
            yield (
                row.number,
                matter.received_at,
                mask(matter.title),
                mask(matter.text),
                row.category,
                row.tier,
                row.state_label,
                row.place,
                row.owner,
                matter.due_at,
                matter.closed_at or "",
            )
