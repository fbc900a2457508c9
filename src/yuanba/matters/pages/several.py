"""Several matters with one press: claimed, dispatched as suggested, or what was just done to them taken back.

Never answers, refusals or closings: those are said of one matter, to one resident.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from yuanba.kernel.authority import Viewer
from yuanba.kernel.errors import DomainError, Invalid, Missing
from yuanba.kernel.idempotency import Kept, digest, once
from yuanba.matters import actions, queries
from yuanba.matters.models import Matter
from yuanba.matters.pages.frame import BY_CLOCK, desk_context, office_page, version_of
from yuanba.matters.pages.looking import list_left
from yuanba.matters.pages.queues import dispatch_if_clear
from yuanba.matters.pages.slips import forget_undo, offer_undo
from yuanba.people.middleware import viewer_of

MOST = 100
Act = Callable[[Matter, int | None, Viewer], Matter]
_DAMAGED = gettext_lazy("This form is damaged. Reload the page and try again.")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one matter: its version afterwards, or why nothing was done to it."""

    number: str
    version: int = 0
    refused: str = ""


def _claim(matter: Matter, version: int | None, viewer: Viewer) -> Matter:
    return actions.claim_matter(matter.pk, actor=viewer, version=version)


def _undo(matter: Matter, version: int | None, viewer: Viewer) -> Matter:
    return actions.undo(matter.pk, actor=viewer, version=version)


def _picked(request: HttpRequest) -> tuple[str, list[tuple[str, str]]]:
    """The key of the form, and each number picked with the version it was seen in. Raises `Invalid`."""
    try:
        key = str(uuid.UUID(request.POST.get("key", "")))
    except ValueError:
        raise Invalid(_DAMAGED, field="key") from None
    found: dict[str, str] = {}
    for text in request.POST.getlist("pick"):
        number, _colon, version = text.partition(":")
        if not number or "/" in number:
            raise Invalid(_DAMAGED, field="pick")
        found[number] = version or request.POST.get(f"version-{number}", "")
    if len(found) > MOST:
        raise Invalid(_("At most %(most)d at a time.") % {"most": MOST}, field="pick", code="too_many")
    return key, list(found.items())


def _each(request: HttpRequest, act: Act, *, quiet: frozenset[str]) -> list[Outcome]:
    """Do it to each matter picked, in a transaction of its own, and once however often the form arrives."""
    viewer = viewer_of(request)
    key, picked = _picked(request)
    return [_one(viewer, act, f"{key}/{number}", number, version, quiet) for number, version in picked]


def _one(viewer: Viewer, act: Act, key: str, number: str, version: str, quiet: frozenset[str]) -> Outcome:
    def work() -> Kept:
        matter = queries.matter_for(viewer, number)
        made = act(matter, version_of(version, matter, quiet=quiet), viewer)
        return Kept(200, str(made.version))

    try:
        same = digest(act.__name__.encode(), number.encode(), version.encode())
        return Outcome(number, version=int(once(viewer.hand, key, same, work).response))
    except DomainError as error:
        return Outcome(number, refused=error.message)


def _answer(
    request: HttpRequest, outcomes: Sequence[Outcome], said: Callable[[int], str], *, undo: bool = True
) -> HttpResponse:
    """Back to the list when all went through; else what did and what did not, and why."""
    made = [each for each in outcomes if not each.refused]
    back = list_left(request) or reverse("matters:desk")
    if not outcomes:
        messages.info(request, _("Tick at least one."))
        return HttpResponseRedirect(back)
    if made and undo:
        offer_undo(request, said(len(made)), [(each.number, each.version) for each in made])
    if len(made) == len(outcomes):
        if not undo:
            messages.success(request, said(len(made)))
        return HttpResponseRedirect(back)
    context = desk_context(request, "") | {
        "said": said(len(made)) if made else "",
        "made": made,
        "refused": [each for each in outcomes if each.refused],
        "back": back,
    }
    return render(request, "matters/several_done.html", context)


def _claimed(count: int) -> str:
    return ngettext("%(n)d matter is claimed.", "%(n)d matters are claimed.", count) % {"n": count}


def _dispatched(count: int) -> str:
    said = ngettext(
        "%(n)d matter went where it was suggested.", "%(n)d matters went where they were suggested.", count
    )
    return said % {"n": count}


def _undone(count: int) -> str:
    return ngettext("%(n)d step was undone.", "%(n)d steps were undone.", count) % {"n": count}


@office_page
@require_http_methods(["POST"])
def several(request: HttpRequest, step: str) -> HttpResponse:
    """Claim, or dispatch as suggested, all matters that are ticked."""
    if step == "claim":
        return _answer(request, _each(request, _claim, quiet=BY_CLOCK), _claimed)
    if step == "take":
        return _answer(request, _each(request, dispatch_if_clear, quiet=BY_CLOCK), _dispatched)
    raise Missing(_("There is no such step."))


@office_page
@require_http_methods(["POST"])
def undo(request: HttpRequest) -> HttpResponse:
    """Take back what was just done, if nobody has acted on it since."""
    outcomes = _each(request, _undo, quiet=frozenset())
    forget_undo(request)
    return _answer(request, outcomes, _undone, undo=False)
