"""The offices' pages: desk, problem list, triage queue, arbitration, one matter, notices."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import Denied, DomainError, Invalid, Missing, Stale
from yuanba.matters import actions, queries
from yuanba.matters.clockwork import ground_name, playbook_of
from yuanba.matters.exclusions import reason_name, standing
from yuanba.matters.filters import FilterForm
from yuanba.matters.flow import JUDGED
from yuanba.matters.models import Matter
from yuanba.matters.office_forms import AnswerForm, ReportBackForm, UnmaskForm
from yuanba.matters.pages.moves import DOORS, offers
from yuanba.matters.pages.resident import photo_response, photos_of, proof_response, put_errors
from yuanba.matters.presenting import ladder_of, row_of, rows_of
from yuanba.matters.queries import Reach
from yuanba.matters.seeing import can_see, seen_of, sees_requester
from yuanba.matters.story import story_of
from yuanba.people.middleware import viewer_of
from yuanba.people.queries import works_on_matters
from yuanba.places.queries import full_name
from yuanba.web.shapes import NavItem

Page = Callable[..., HttpResponse | StreamingHttpResponse]
# Entries that change nothing of what a form asks about.
BY_CLOCK = frozenset({"alarm"})


def office_page(view: Page) -> Page:
    """For signed-in people with a post that works on matters; others are told so, kindly."""

    @wraps(view)
    @never_cache
    def wrapped(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse | StreamingHttpResponse:
        if not request.user.is_authenticated:
            return _ask_to_sign_in(request)
        if not works_on_matters(viewer_of(request)):
            raise Denied(_("Your account holds no post that works on matters."))
        return view(request, *args, **options)

    return wrapped


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in, and from there back to the page that holds the form: what was typed is kept as a draft
    there.
    """
    address = request.get_full_path()
    if request.method != "GET":
        number = request.resolver_match.kwargs.get("number") if request.resolver_match else None
        address = reverse("matters:matter", args=[number]) if number else reverse("matters:desk")
        messages.info(request, _("You were signed out. What you typed is kept on this device."))
    return redirect_to_login(address)


def nav_for(viewer: Viewer, current: str) -> list[NavItem]:
    """The side navigation: what this viewer's posts can use."""
    lines = [
        ("desk", gettext_lazy("Desk"), "desk", True),
        ("triage", gettext_lazy("To sort"), "inbox", Power.TRIAGE in viewer.powers),
        ("arbitration", gettext_lazy("Arbitration"), "state-arbitration", Power.ARBITRATE in viewer.powers),
        ("problems", gettext_lazy("Problem list"), "list", True),
        ("search", gettext_lazy("Search"), "search", True),
        ("notices", gettext_lazy("Notices"), "bell", True),
    ]
    counts = {"notices": queries.unread_notices(viewer) or None}
    return [
        NavItem(label, reverse(f"matters:{name}"), icon, current=name == current, count=counts.get(name))
        for name, label, icon, shown in lines
        if shown
    ]


def desk_context(request: HttpRequest, current: str) -> dict[str, Any]:
    """What every office page shows around its content."""
    viewer = viewer_of(request)
    held = viewer.holdings[0] if viewer.holdings else None
    return {"nav_items": nav_for(viewer, current), "desk_post": held.title if held else ""}


def _tabs(request: HttpRequest, viewer: Viewer, current: Reach, name: str) -> list[NavItem]:
    kept = request.GET.copy()
    for gone in ("after", "reach"):
        kept.pop(gone, None)
    address = reverse(f"matters:{name}")
    rest = f"&{kept.urlencode()}" if kept else ""
    return [
        NavItem(str(reach.label), f"{address}?reach={reach}{rest}", current=reach == current)
        for reach in queries.reaches(viewer)
    ]


def _list(request: HttpRequest, name: str, read: Any, title: object) -> HttpResponse:
    viewer = viewer_of(request)
    if not queries.reaches(viewer):
        return HttpResponseRedirect(reverse("matters:triage"))
    reach = queries.checked_reach(viewer, request.GET.get("reach", ""))
    form = FilterForm(request.GET, viewer=viewer, reach=reach)
    filters = form.as_filter()
    found = read(viewer, reach, filters, after=request.GET.get("after", ""))
    kept = request.GET.copy()
    kept["after"] = found.next
    context = desk_context(request, name) | {
        "title": title,
        "rows": rows_of(found.rows),
        "next": f"?{kept.urlencode()}" if found.next else "",
        "form": form,
        "active": form.active,
        "tabs": _tabs(request, viewer, reach, name),
        "reach": reach,
        "name": name,
        "may_claim": name == "desk" and reach == Reach.OWN and Power.CLAIM in viewer.powers,
        "may_export": queries.may_export(viewer, reach),
        "done_move": _done_move(request),
    }
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
def triage(request: HttpRequest) -> HttpResponse:
    """What waits for sorting, each with the software's suggestion; one press takes it, or the matter is
    opened.
    """
    viewer = viewer_of(request)
    viewer.require(Power.TRIAGE)
    found = queries.triage_queue(viewer, after=request.GET.get("after", ""), size=15)
    proposals = _proposals(viewer, found.rows)
    cards = [(row, proposals[row.matter.pk]) for row in rows_of(found.rows)]
    context = desk_context(request, "triage") | {
        "cards": cards,
        "next": f"?after={found.next}" if found.next else "",
        "may_dispatch": Power.DISPATCH in viewer.powers,
    }
    return render(request, "matters/triage.html", context)


def _proposals(viewer: Viewer, matters: Sequence[Matter]) -> dict[int, list[dict[str, Any]]]:
    """What the software proposes for each of the matters, without other matters that the viewer may not know of:
    whom one accuses may have been noted only after it was found alike.
    """
    made = {matter.pk: getattr(matter, "suggestion", None) for matter in matters}
    rows = {key: suggestion.proposals if suggestion else [] for key, suggestion in made.items()}
    others = (row["value"] for listed in rows.values() for row in listed if row["aspect"] == "duplicate")
    seen = seen_of(viewer, others)
    return {
        key: [
            row | {"percent": round(row["confidence"] * 100)}
            for row in listed
            if row["aspect"] != "duplicate" or row["value"] in seen
        ]
        for key, listed in rows.items()
    }


@office_page
@require_http_methods(["POST"])
def take_proposal(request: HttpRequest, number: str) -> HttpResponse:
    """Dispatch as suggested, in one press; the suggestion shown must still be the one on record."""
    viewer = viewer_of(request)
    matter = queries.matter_for(viewer, number)
    proposals = {row["aspect"]: row for row in _proposals(viewer, [matter])[matter.pk]}
    if "owner" not in proposals:
        raise Missing(_("There is no suggestion to take. Open the matter and decide."))
    from yuanba.people.models import Organization

    owner = Organization.objects.get(pk=proposals["owner"]["value"])
    sorting = actions.Sorting(category=matter.category or None, tier=matter.tier)
    version = _version(request, matter, quiet=BY_CLOCK)
    try:
        actions.dispatch_matter(matter.pk, owner, sorting, actor=viewer, version=version)
    except Denied:
        raise
    except DomainError as error:
        messages.error(request, f"{number}: {error.message}")
    else:
        went = _("%(number)s went to %(owner)s.") % {"number": number, "owner": owner.called}
        messages.success(request, went)
    return HttpResponseRedirect(reverse("matters:triage"))


@office_page
@require_GET
def arbitration(request: HttpRequest) -> HttpResponse:
    """Disputes about who handles a matter."""
    viewer = viewer_of(request)
    viewer.require(Power.ARBITRATE)
    found = queries.arbitration_list(viewer, after=request.GET.get("after", ""))
    reasons = queries.refusal_reasons(found.rows)
    context = desk_context(request, "arbitration") | {
        "cards": [(row, reasons.get(row.matter.pk, [])) for row in rows_of(found.rows)],
        "next": f"?after={found.next}" if found.next else "",
    }
    return render(request, "matters/arbitration.html", context)


@office_page
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """What the viewer's organizations and posts were told."""
    from yuanba.matters.telling import render as words

    viewer = viewer_of(request)
    found = queries.notices_for(viewer, after=request.GET.get("after", ""))
    lines = [(notice, words(notice, get_language() or "", with_link=False)) for notice in found.rows]
    context = desk_context(request, "notices") | {
        "lines": lines,
        "next": f"?after={found.next}" if found.next else "",
        "unread": sum(1 for notice in found.rows if notice.read_at is None),
        "newest": found.rows[0].pk if found.rows else 0,
    }
    return render(request, "matters/notices.html", context)


@office_page
@require_http_methods(["POST"])
def read_notices(request: HttpRequest) -> HttpResponse:
    """Mark everything up to the newest notice that was shown as read."""
    newest = request.POST.get("newest", "")
    if newest.isascii() and newest.isdigit() and len(newest) < 19:
        actions.read_notices(int(newest), actor=viewer_of(request))
    return HttpResponseRedirect(reverse("matters:notices"))


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
    offered = offers(found, viewer, failed)
    pending = found.time_requests.filter(approved=None).select_related("decider").first()
    left_out = standing(found) if found.state in JUDGED else None
    requester = found.requester if sees_requester(viewer, found) else None
    links, parts = list(found.links.select_related("other")), list(found.parts.select_related("owner"))
    others = {*(link.other_id for link in links), *(part.pk for part in parts), found.lead_id or 0} - {0}
    seen = seen_of(viewer, others)
    context = desk_context(request, "") | {
        "matter": found,
        "row": row_of(found, full_name(found.place)),
        "offers": offered,
        "main_offers": [offer for offer in offered if offer.door.main],
        "more_offers": [offer for offer in offered if not offer.door.main],
        "failed": set(failed or ()),
        "report_form": report or ReportBackForm(),
        "done_move": _done_move(request),
        "requester": requester,
        "unmask_form": UnmaskForm() if actions.may_unmask(viewer, found) else None,
        "telephone": telephone,
        "requester_hidden": found.requester_id is not None and requester is None,
        "proposals": _proposals(viewer, [found])[found.pk],
        "suggestion": getattr(found, "suggestion", None),
        "ladder": ladder_of(found),
        "story": story_of(found, viewer),
        "photos": photos_of(found, "matters:photo", found.number),
        "parties": found.parties.select_related("organization").order_by("pk"),
        "mine": viewer.scope(Power.HANDLE).organizations,
        "pending": pending,
        "pending_ground": ground_name(found, pending.ground) if pending else "",
        "exclusion": left_out,
        "exclusion_reason": reason_name(left_out) if left_out else "",
        "links": [link for link in links if link.other_id in seen],
        "parts": [part for part in parts if part.pk in seen],
        "lead": found.lead if found.lead_id in seen else None,
        "joined": found.merged.count(),
        "playbook": playbook_of(found).playbook,
    }
    return render(request, "matters/matter.html", context, status=status)


@office_page
@require_http_methods(["POST"])
def make_move(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """Make one move; a form that can't be used comes back with everything typed."""
    viewer = viewer_of(request)
    found = queries.matter_for(viewer, number)
    door = DOORS.get(move)
    if door is None:
        raise Missing(_("There is no such step."))
    form = door.form(request.POST, matter=found, viewer=viewer, prefix=move)
    if form.is_valid():
        version = _version(request, found, quiet=BY_CLOCK | {"suggested"})
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
        messages.success(request, _("Done."))
        found.refresh_from_db()
        back = _back(request, number) if can_see(viewer, found) else reverse("matters:desk")
        return HttpResponseRedirect(f"{back}?done={number}/{move}")
    return _matter(request, found, {move: form}, 422)


def _version(request: HttpRequest, matter: Matter, *, quiet: frozenset[str]) -> int | None:
    """The version that the form was filled in on, or the present one when only `quiet` entries came since: a
    warning by the clock must not take away what somebody has typed.
    """
    text = request.POST.get("version", "")
    seen = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None
    if seen is None or seen >= matter.version:
        return seen
    return matter.version if queries.kinds_since(matter, seen) <= quiet else seen


def _back(request: HttpRequest, number: str) -> str:
    return (
        reverse("matters:desk")
        if request.POST.get("back") == "desk"
        else reverse("matters:matter", args=[number])
    )


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
    return HttpResponseRedirect(reverse("matters:matter", args=[number]))


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
    return photo_response(request, queries.matter_for(viewer_of(request), number), photo_id)


@office_page
@require_GET
def proof(request: HttpRequest, number: str, entry_id: int) -> HttpResponse:
    """Where one record stands in the journal."""
    viewer = viewer_of(request)
    return proof_response(request, [queries.matter_for(viewer, number).pk], entry_id, viewer)
