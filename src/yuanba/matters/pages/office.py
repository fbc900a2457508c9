"""The offices' pages: desk, problem list, and one matter with all that can be done to it."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import DomainError, Invalid, Missing, Stale
from yuanba.matters import actions, queries
from yuanba.matters.answer_forms import AnswerForm
from yuanba.matters.clockwork import playbook_of
from yuanba.matters.filters import FilterForm
from yuanba.matters.models import Matter
from yuanba.matters.office_forms import ReportBackForm, UnmaskForm
from yuanba.matters.pages.filled_in import put_errors
from yuanba.matters.pages.frame import BY_CLOCK, desk_context, office_page, version_seen
from yuanba.matters.pages.looking import list_left
from yuanba.matters.pages.moves import DOORS, offers
from yuanba.matters.pages.next_steps import next_steps
from yuanba.matters.pages.pictures import kept_photos, photo_response, pictures_of
from yuanba.matters.pages.queues import proposals_for, sent_to
from yuanba.matters.pages.resident import proof_response
from yuanba.matters.pages.saved_filters import saved_context
from yuanba.matters.pages.slips import forget_undo, offer_for
from yuanba.matters.pages.waiting import waiting_of
from yuanba.matters.photo_forms import KeepsPhotos
from yuanba.matters.presenting import called_rows, ladder_of, row_of, rows_of
from yuanba.matters.queries import Reach
from yuanba.matters.seeing import can_see, seen_of, sees_requester
from yuanba.matters.story import whole_story
from yuanba.people.middleware import viewer_of
from yuanba.places.queries import full_name
from yuanba.web.shapes import NavItem


def _tabs(request: HttpRequest, viewer: Viewer, current: Reach, name: str) -> list[NavItem]:
    kept = request.GET.copy()
    for gone in ("after", "reach"):
        kept.pop(gone, None)
    address = reverse(f"matters:{name}")
    rest = f"&{kept.urlencode()}" if kept else ""
    return [
        NavItem(str(reach.label), f"{address}?reach={reach}{rest}", current=reach == current)
        for reach in queries.reaches(viewer)
        # What waits to be claimed is work, no record.
        if name == "desk" or reach != Reach.CLAIMS
    ]


def _list(request: HttpRequest, name: str, read: Any, title: object) -> HttpResponse:
    viewer = viewer_of(request)
    if not queries.reaches(viewer):
        return HttpResponseRedirect(reverse("matters:triage"))
    reach = queries.checked_reach(viewer, request.GET.get("reach", ""))
    form = FilterForm(request.GET, viewer=viewer, reach=reach)
    filters = form.as_filter()
    found = read(viewer, reach, filters, after=request.GET.get("after", ""))
    steps = next_steps(viewer, found.rows) if name == "desk" else {}
    kept = request.GET.copy()
    kept["after"] = found.next
    rows = called_rows(found.rows) if reach == Reach.CALLED else rows_of(found.rows)
    context = desk_context(request, name) | {
        "title": title,
        "lines": [(row, steps.get(row.matter.pk)) for row in rows],
        "step_keys": {step.key: step.label for step in steps.values()},
        "here": request.get_full_path(),
        "several": sum(step.name == "claim" for step in steps.values()),
        "several_key": uuid.uuid4(),
        "next": f"?{kept.urlencode()}" if found.next else "",
        "form": form,
        "active": form.active,
        "tabs": _tabs(request, viewer, reach, name),
        "reach": reach,
        "name": name,
        "may_export": queries.may_export(viewer, reach),
        "done_move": _done_move(request),
    }
    context |= saved_context(request, viewer, name, reach)
    return render(request, "matters/list.html", context)


def _done_move(request: HttpRequest) -> str:
    """The draft of a move that was just made, so that the browser forgets it."""
    number, _slash, move = request.GET.get("done", "").partition("/")
    return f"{number}/{move}" if move in DOORS else ""


@office_page
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Open matters by what breaks first, each with its one next step."""
    return _list(request, "desk", queries.desk, _("Desk"))


@office_page
@require_GET
def problems(request: HttpRequest) -> HttpResponse:
    """The problem list (问题清单): all matters, newest first, filtered, with an Excel file."""
    return _list(request, "problems", queries.problem_list, _("Problem list"))


@office_page
@require_GET
def export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The problem list as an Excel file, under the same filters, without requesters."""
    from yuanba.matters.exporting import export_response

    viewer = viewer_of(request)
    reach = queries.checked_reach(viewer, request.GET.get("reach", ""))
    return export_response(viewer, reach, FilterForm(request.GET, viewer=viewer, reach=reach).as_filter())


@office_page
@require_GET
def matter(request: HttpRequest, number: str) -> HttpResponse:
    """One matter: who, by when, what next; what can be done; its whole story."""
    viewer = viewer_of(request)
    return _matter(request, queries.matter_for(viewer, number))


def _matter(
    request: HttpRequest,
    found: Matter,
    failed: dict[str, Any] | None = None,
    status: int = 200,
    report: Any = None,
    telephone: str = "",
) -> HttpResponse:
    viewer = viewer_of(request)
    pictures = pictures_of(found, viewer, "matters:photo", found.number)
    story = whole_story(found, viewer)
    context = (
        desk_context(request, "")
        | waiting_of(found)
        | _steps(found, viewer, failed)
        | _who_asked(found, viewer)
        | {"unsolved": _said_unsolved(found)}
        | _others(found, viewer)
        | {
            "matter": found,
            "row": row_of(found, full_name(found.place)),
            "report_form": report or ReportBackForm(),
            "done_move": _done_move(request),
            "telephone": telephone,
            "suggestion": getattr(found, "suggestion", None),
            "ladder": ladder_of(found, story.been),
            "story": pictures.beside(story.moments, found.pk),
            "pictures": pictures,
            "done_photos": pictures.done(found),
            "parties": found.parties.select_related("organization").order_by("pk"),
            "mine": viewer.scope(Power.HANDLE).organizations,
            "playbook": playbook_of(found).playbook,
        }
    )
    return render(request, "matters/matter.html", context, status=status)


def _steps(found: Matter, viewer: Viewer, failed: dict[str, Any] | None) -> dict[str, Any]:
    """What the viewer can do with it, and what others propose that they decide about."""
    offered = offers(found, viewer, failed)
    return {
        "offers": offered,
        "main_offers": [offer for offer in offered if offer.door.main],
        "more_offers": [offer for offer in offered if not offer.door.main],
        "failed": set(failed or ()),
        "proposals": proposals_for(viewer, [found])[found.pk],
    }


def _who_asked(found: Matter, viewer: Viewer) -> dict[str, Any]:
    """The requester for whoever may see them; for others, that there is one."""
    requester = found.requester if sees_requester(viewer, found) else None
    return {
        "requester": requester,
        "requester_hidden": found.requester_id is not None and requester is None,
        "unmask_form": UnmaskForm() if actions.may_unmask(viewer, found) else None,
    }


def _said_unsolved(found: Matter) -> str:
    """What the resident said of the answer that solved nothing, while it is at work again; empty for no words."""
    if found.round == 1 or not found.is_open:
        return ""
    said = found.verdicts.filter(solved=False, round=found.round - 1).values_list("said", flat=True)
    return said.first() or ""


def _others(found: Matter, viewer: Viewer) -> dict[str, Any]:
    """Of the matters that belong to it, those that the viewer may see; of those that joined it, how many."""
    links, parts = list(found.links.select_related("other")), list(found.parts.select_related("owner"))
    others = {*(link.other_id for link in links), *(part.pk for part in parts), found.lead_id or 0} - {0}
    seen = seen_of(viewer, others)
    return {
        "links": [link for link in links if link.other_id in seen],
        "parts": [part for part in parts if part.pk in seen],
        "lead": found.lead if found.lead_id in seen else None,
        "joined": found.merged.count(),
    }


@office_page
@require_http_methods(["POST"])
def make_move(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """Make one move; a form that can't be used comes back with everything typed."""
    viewer = viewer_of(request)
    found = queries.matter_for(viewer, number)
    door = DOORS.get(move)
    if door is None:
        raise Missing(_("There is no such step."))
    form = door.form(request.POST, request.FILES, matter=found, viewer=viewer, prefix=move)
    checked = form.is_valid()
    if isinstance(form, KeepsPhotos):
        checked = kept_photos(form, found, viewer, move) and checked
    if checked:
        version = version_seen(request, found, quiet=BY_CLOCK | {"suggested"})
        try:
            door.act(found, form.cleaned_data, viewer, version)
        except Stale as error:
            messages.error(request, error.message)
            found.refresh_from_db()
            return _matter(request, found, {move: form}, error.status)
        except DomainError as error:
            put_errors(form, error)
            if error.code == "gate" and isinstance(form, AnswerForm):
                form.point_out()
            return _matter(request, found, {move: form}, error.status)
        found.refresh_from_db()
        _say_done(request, found, move)
        return HttpResponseRedirect(_after(request, viewer, found, f"{number}/{move}"))
    return _matter(request, found, {move: form}, 422)


def _say_done(request: HttpRequest, found: Matter, move: str) -> None:
    """That it is done; with the way back where it may have been a slip."""
    said = {"dispatch": sent_to, "claim": _claimed}.get(move)
    if said is None:
        # What was offered to be undone may have moved on by this very step.
        forget_undo(request)
        messages.success(request, _("Done."))
    else:
        offer_for(request, f"{_('Done.')} {said(found)}", found)


def _claimed(matter: Matter) -> str:
    return _("%(number)s is claimed.") % {"number": matter.number}


def _after(request: HttpRequest, viewer: Viewer, found: Matter, done: str) -> str:
    """Where one goes after a step: back to the list it was made in, else to the matter, if still in sight."""
    page = reverse("matters:matter", args=[found.number])
    back = list_left(request) or (page if can_see(viewer, found) else reverse("matters:desk"))
    return f"{back}{'&' if '?' in back else '?'}done={done}"


@office_page
@require_http_methods(["POST"])
def party_step(request: HttpRequest, number: str, party_id: int) -> HttpResponse:
    """A called organization checks in, or reports."""
    viewer = viewer_of(request)
    found = queries.matter_for(viewer, number)
    if not found.parties.filter(pk=party_id).exists():
        raise Missing(_("There is no such call."))
    if "report" in request.POST:
        form = ReportBackForm(request.POST)
        if not form.is_valid():
            return _matter(request, found, status=422, report=form)
        try:
            actions.report_back(party_id, form.cleaned_data["report"], actor=viewer)
        except Invalid as error:
            put_errors(form, error)
            return _matter(request, found, status=error.status, report=form)
    else:
        actions.check_in(party_id, actor=viewer)
    messages.success(request, _("Done."))
    return HttpResponseRedirect(list_left(request) or reverse("matters:matter", args=[number]))


@office_page
@require_http_methods(["POST"])
def unmask(request: HttpRequest, number: str) -> HttpResponse:
    """The requester's full telephone number, for a reason; on this one page, kept nowhere by it."""
    viewer = viewer_of(request)
    found = queries.matter_for(viewer, number)
    telephone = actions.unmask_requester(found.pk, request.POST.get("reason", ""), actor=viewer)
    return _matter(request, found, telephone=telephone)


@office_page
@require_GET
def photo(request: HttpRequest, number: str, photo_id: int) -> HttpResponse:
    """A photo of a matter that the viewer may see."""
    viewer = viewer_of(request)
    return photo_response(request, queries.matter_for(viewer, number), viewer, photo_id)


@office_page
@require_GET
def proof(request: HttpRequest, number: str, entry_id: int) -> HttpResponse:
    """Where one record stands in the journal."""
    viewer = viewer_of(request)
    return proof_response(request, [queries.matter_for(viewer, number).pk], entry_id, viewer)
