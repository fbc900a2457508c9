"""The playbook in force, as people read it; its editions, what each changed, and the files of each."""

import io
from collections.abc import Iterable
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yuanba.kernel.authority import Viewer
from yuanba.kernel.keyset import page
from yuanba.matters.pages.frame import desk_context, rules_page
from yuanba.people.middleware import viewer_of
from yuanba.people.queries import names_of
from yuanba.playbooks.models import PlaybookVersion
from yuanba.playbooks.queries import (
    current_playbook,
    edition_before,
    edition_with_text,
    editions,
    may_draft,
    may_publish,
)
from yuanba.playbooks.reading_aloud import chapters, differences
from yuanba.playbooks.reading_aloud.workbook import write_playbook
from yuanba.playbooks.text_changes import text_changes
from yuanba.web.shapes import NavItem

EDITIONS = 10
YAML = "application/yaml; charset=utf-8"


def tabs(viewer: Viewer, current: str) -> list[NavItem]:
    """The pages around the playbook that the viewer may open."""
    lines = [("playbook", _("In force"), True)] + [
        (name, label, may_draft(viewer))
        for name, label in (
            ("draft", _("Draft and check")),
            ("draft_changes", _("What changes")),
            ("draft_preview", _("Consequences")),
        )
    ]
    shown = [(name, label) for name, label, may in lines if may]
    if len(shown) == 1:
        return []
    return [NavItem(label, reverse(f"matters:{name}"), current=name == current) for name, label in shown]


@rules_page
@require_GET
def playbook(request: HttpRequest) -> HttpResponse:
    """The rules in force, and the editions before them."""
    viewer, edition = viewer_of(request), current_playbook()
    found = page(editions().select_related("reason"), ("-pk",), request.GET.get("before", ""), EDITIONS)
    context = desk_context(request, "playbook") | {
        "tabs": tabs(viewer, "playbook"),
        "edition": edition,
        "playbook": edition.playbook,
        "chapters": chapters(edition.playbook),
        "editions": named_editions(found.rows),
        "older": f"?before={found.next}#editions" if found.next else "",
        "may_publish": may_publish(viewer),
    }
    return render(request, "matters/playbook/in_force.html", context)


def named_editions(rows: Iterable[PlaybookVersion]) -> list[tuple[PlaybookVersion, str, str]]:
    """Editions, each with the name of whoever published it, empty for the command line and a dash for somebody who was
    forgotten, and with the reason that was given.
    """
    listed = list(rows)
    names = names_of(row.published_by for row in listed if row.published_by is not None)
    return [
        (
            row,
            names.get(row.published_by, "–") if row.published_by else "",
            row.reason.text if hasattr(row, "reason") else "",
        )
        for row in listed
    ]


@rules_page
@require_GET
def edition(request: HttpRequest, edition_id: int) -> HttpResponse:
    """What one edition changed of the rules before it."""
    found = edition_with_text(edition_id)
    before = edition_before(found)
    context: dict[str, Any] = desk_context(request, "playbook") | {
        "edition": found,
        "line": named_editions([found])[0],
        "before": before,
        "is_in_force": found == current_playbook(),
    }
    if before is not None:
        context["differences"] = differences(before.playbook, found.playbook)
        context["text"] = text_changes(before.source, found.source)
    return render(request, "matters/playbook/edition.html", context)


@rules_page
@require_GET
def edition_file(_request: HttpRequest, edition_id: int) -> HttpResponse:
    """The text of an edition as it was published."""
    found = edition_with_text(edition_id)
    response = HttpResponse(found.source, content_type=YAML)
    response["Content-Disposition"] = f'attachment; filename="{found.code}-{found.edition}.yaml"'
    return response


@rules_page
@require_GET
def edition_workbook(_request: HttpRequest, edition_id: int) -> FileResponse:
    """The tables of an edition as an Excel file."""
    found = edition_with_text(edition_id)
    file = io.BytesIO(write_playbook(found.playbook))
    return FileResponse(file, as_attachment=True, filename=f"{found.code}-{found.edition}.xlsx")
