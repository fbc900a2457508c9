"""The whistle board (吹哨报到): who was called, who came, who reported, and how long it took."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yuanba.matters import calls
from yuanba.matters.calls import Side
from yuanba.matters.models import Matter, Party
from yuanba.matters.pages.frame import desk_context, office_page
from yuanba.matters.pages.next_steps import NextStep, step_of_call
from yuanba.matters.presenting import rows_of
from yuanba.people.middleware import viewer_of
from yuanba.web.shapes import NavItem


@office_page
@require_GET
def whistles(request: HttpRequest) -> HttpResponse:
    """Calls as they stand, from the caller's side or from that of whoever was called, with the one step to take."""
    viewer = viewer_of(request)
    side = calls.checked_side(viewer, request.GET.get("side", ""))
    after = request.GET.get("after", "")
    context: dict[str, Any] = {"title": _("Whistles"), "side": str(side), "here": request.get_full_path()}
    if side == Side.CALLING:
        made = calls.calls_by(viewer, after=after)
        rows = _rows(call.matter for call in made.rows)
        context |= {"calls": [(call, rows[call.matter_id]) for call in made.rows], "following": made.next}
    else:
        found = calls.calls_to(viewer, side, after=after)
        rows = _rows(party.matter for party in found.rows)
        waits = [party for party in found.rows if side == Side.WAITING and party.matter.is_open]
        steps = {party.pk: _step(party) for party in waits}
        lines = [(party, rows[party.matter_id], steps.get(party.pk)) for party in found.rows]
        context |= {"lines": lines, "following": found.next}
        context["step_keys"] = {step.key: step.label for step in steps.values()}
    address = reverse("matters:whistles")
    context["tabs"] = [
        NavItem(str(each.label), f"{address}?side={each}", current=each == side)
        for each in calls.sides(viewer)
    ]
    context["next"] = f"?side={side}&after={context['following']}" if context["following"] else ""
    return render(request, "matters/whistles.html", desk_context(request, "whistles") | context)


def _step(party: Party) -> NextStep:
    return step_of_call(party.matter.number, party.pk, checked_in=party.checked_in_at is not None)


def _rows(matters: Any) -> dict[int, Any]:
    listed: list[Matter] = list(matters)
    return {row.matter.pk: row for row in rows_of(listed)}
