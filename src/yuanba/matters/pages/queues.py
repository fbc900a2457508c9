"""What waits for a decision: requests to sort, and disputes about who handles a matter."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import Denied, DomainError, Invalid, Missing
from yuanba.matters import actions, queries
from yuanba.matters.flow import WITH_TRIAGE, State
from yuanba.matters.models import Matter
from yuanba.matters.owners import arrival_at
from yuanba.matters.pages.frame import BY_CLOCK, desk_context, office_page, version_seen
from yuanba.matters.pages.slips import offer_for
from yuanba.matters.presenting import rows_of
from yuanba.matters.seeing import seen_of
from yuanba.people.middleware import viewer_of
from yuanba.people.models import Organization
from yuanba.places.kinds import PlaceKind
from yuanba.playbooks.decisions import Facts

HIGH = 0.8
"""From what confidence on a suggestion may be taken together with others."""


@office_page
@require_GET
def triage(request: HttpRequest) -> HttpResponse:
    """What waits for sorting, each with the software's suggestion; one press takes it, or the matter is
    opened.
    """
    viewer = viewer_of(request)
    viewer.require(Power.TRIAGE)
    found = queries.triage_queue(viewer, after=request.GET.get("after", ""), size=15)
    proposals = proposals_for(viewer, found.rows)
    may_dispatch = Power.DISPATCH in viewer.powers
    cards = [
        (row, listed, may_dispatch and is_clear(row.matter, listed), names_an_office(listed))
        for row in rows_of(found.rows)
        for listed in [proposals[row.matter.pk]]
    ]
    context = desk_context(request, "triage") | {
        "cards": cards,
        "next": f"?after={found.next}" if found.next else "",
        "may_dispatch": may_dispatch,
        "several": sum(clear for _row, _listed, clear, _named in cards),
        "several_key": uuid.uuid4(),
        "here": request.get_full_path(),
    }
    return render(request, "matters/triage.html", context)


def proposals_for(viewer: Viewer, matters: Sequence[Matter]) -> dict[int, list[dict[str, Any]]]:
    """What the software proposes for each of the matters, without other matters that the viewer may not know of:
    whom one accuses may have been noted only after it was found alike.
    """
    made = {matter.pk: getattr(matter, "suggestion", None) for matter in matters}
    rows = {key: suggestion.proposals if suggestion else [] for key, suggestion in made.items()}
    others = (row["value"] for listed in rows.values() for row in listed if row["aspect"] == "duplicate")
    seen = seen_of(viewer, others)
    stays = _staying(matters, rows)
    return {
        key: [
            row
            | {"percent": round(row["confidence"] * 100)}
            | ({"stays": stays[key]} if row["aspect"] == "owner" and key in stays else {})
            for row in listed
            if row["aspect"] != "duplicate" or row["value"] in seen
        ]
        for key, listed in rows.items()
    }


def _staying(matters: Sequence[Matter], rows: dict[int, list[dict[str, Any]]]) -> dict[int, str]:
    """The matters for which no office is found but the one that has them to dispatch, which can't send them to
    itself; each with what is missing: the place, or an office for it.
    """
    found = [
        matter
        for matter in matters
        if matter.state in WITH_TRIAGE
        and any(row["aspect"] == "owner" and row["value"] == matter.owner_id for row in rows[matter.pk])
    ]
    offices = {matter.owner_id: matter.owner for matter in found}
    sorting = {key for key, office in offices.items() if arrival_at(office) == State.TRIAGED}
    return {
        matter.pk: "place" if _is_nowhere(matter, rows[matter.pk]) else "office"
        for matter in found
        if matter.owner_id in sorting
    }


def _is_nowhere(matter: Matter, listed: Sequence[dict[str, Any]]) -> bool:
    return matter.place.kind == PlaceKind.DISTRICT and all(row["aspect"] != "place" for row in listed)


def names_an_office(proposals: Sequence[dict[str, Any]]) -> bool:
    """Whether there is an office among what is proposed to which the matter can go from where it is."""
    return any(row["aspect"] == "owner" and not row.get("stays") for row in proposals)


@office_page
@require_http_methods(["POST"])
def take_proposal(request: HttpRequest, number: str) -> HttpResponse:
    """Dispatch as suggested, in one press; the suggestion shown must still be the one on record."""
    viewer = viewer_of(request)
    matter = queries.matter_for(viewer, number)
    version = version_seen(request, matter, quiet=BY_CLOCK)
    try:
        made = dispatch_as_suggested(matter, version, viewer)
    except (Denied, Missing):
        raise
    except DomainError as error:
        messages.error(request, f"{number}: {error.message}")
    else:
        offer_for(request, sent_to(made), made)
    return HttpResponseRedirect(reverse("matters:triage"))


def dispatch_as_suggested(matter: Matter, version: int | None, viewer: Viewer) -> Matter:
    """Dispatch a matter to the office that the software proposes. Raises `Missing` where it proposes none."""
    listed = proposals_for(viewer, [matter])[matter.pk]
    if not names_an_office(listed):
        raise Missing(_("There is no suggestion to take. Open the matter and decide."))
    proposals = {row["aspect"]: row for row in listed}
    owner = Organization.objects.get(pk=proposals["owner"]["value"])
    sorting = _as_it_stands(matter)
    return actions.dispatch_matter(matter.pk, owner, sorting, actor=viewer, version=version)


def dispatch_if_clear(matter: Matter, version: int | None, viewer: Viewer) -> Matter:
    """The same for one of several taken together. Raises `Invalid` where a person should look first."""
    if not is_clear(matter, proposals_for(viewer, [matter])[matter.pk]):
        raise Invalid(
            _("The suggestion is not clear enough to be taken with others. Look at it and decide."),
            code="not_clear",
        )
    return dispatch_as_suggested(matter, version, viewer)


def sent_to(matter: Matter) -> str:
    """That a matter was dispatched, and to whom, in words."""
    return _("%(number)s went to %(owner)s.") % {"number": matter.number, "owner": matter.owner.called}


def is_clear(matter: Matter, proposals: Sequence[dict[str, Any]]) -> bool:
    """Whether what is proposed may be taken unread with others: sure of kind, place and owner, nothing that it may
    repeat, and nothing about an office or a protected request, which are sent one by one.
    """
    sure = {row["aspect"]: row["confidence"] for row in proposals}
    if matter.confidential or matter.accused_path or "duplicate" in sure or not names_an_office(proposals):
        return False
    return all(confidence >= HIGH for aspect, confidence in sure.items() if aspect != "tier")


def _as_it_stands(matter: Matter) -> actions.Sorting:
    """The suggestion's category with the table's tier; a matter that was sorted before keeps its own."""
    if matter.state == State.RECEIVED:
        return actions.Sorting(category=matter.category or None, facts=Facts())
    return actions.Sorting(category=matter.category or None, tier=matter.tier)


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
