"""What every page of the offices stands in: who may come, the navigation, and the version a form was filled in on."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import Denied
from yuanba.matters import queries
from yuanba.matters.calls import is_concerned
from yuanba.matters.models import Matter
from yuanba.matters.pages.slips import undo_offered
from yuanba.matters.supervision import sees_watches
from yuanba.people.middleware import viewer_of
from yuanba.people.queries import works_on_matters
from yuanba.playbooks.queries import may_draft
from yuanba.web.shapes import NavItem

# Entries that change nothing of what a form asks about.
BY_CLOCK = frozenset({"alarm"})
Page = Callable[..., HttpResponse | StreamingHttpResponse]
KEYS = {"bring_in": "n"}
"""The letters that open a page from any other of the offices'."""


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


def rules_page(view: Page) -> Page:
    """For those who work on matters, whom the rules bind, and those who keep the rules."""

    @wraps(view)
    @never_cache
    def wrapped(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse | StreamingHttpResponse:
        if not request.user.is_authenticated:
            return _ask_to_sign_in(request)
        viewer = viewer_of(request)
        if not works_on_matters(viewer) and not may_draft(viewer):
            raise Denied(_("Your account holds no post that works on matters."))
        return view(request, *args, **options)

    return wrapped


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in, and from there back to the page that holds the form: what was typed is kept as a draft
    there.
    """
    address = request.get_full_path()
    if "HX-Request" in request.headers:
        # A part of a page: the whole page goes, instead of the sign-in appearing inside it.
        return HttpResponse(headers={"HX-Redirect": redirect_to_login(_page_of_form(request))["Location"]})
    if request.method != "GET":
        address = _page_of_form(request)
        messages.info(request, _("You were signed out. What you typed is kept on this device."))
    return redirect_to_login(address)


def _page_of_form(request: HttpRequest) -> str:
    """Where the form stands that was sent."""
    match = request.resolver_match
    if match is not None and "number" in match.kwargs:
        return reverse("matters:matter", args=[match.kwargs["number"]])
    if match is not None and match.url_name == "bring_in":
        return reverse("matters:bring_in")
    if match is not None and match.route.startswith("playbook/draft/"):
        return reverse("matters:draft")
    return reverse("matters:desk")


def nav_for(viewer: Viewer, current: str) -> list[NavItem]:
    """The side navigation: what this viewer's posts can use."""
    lines = [
        ("desk", gettext_lazy("Desk"), "desk", True),
        ("bring_in", gettext_lazy("Take down"), "plus", Power.RECEIVE in viewer.powers),
        ("triage", gettext_lazy("To sort"), "inbox", Power.TRIAGE in viewer.powers),
        ("arbitration", gettext_lazy("Arbitration"), "state-arbitration", Power.ARBITRATE in viewer.powers),
        ("leader", gettext_lazy("My streets"), "street", Power.SUPERVISE in viewer.powers),
        ("whistles", gettext_lazy("Whistles"), "whistle", is_concerned(viewer)),
        ("problems", gettext_lazy("Problem list"), "list", True),
        ("supervision", gettext_lazy("Supervision"), "supervise", sees_watches(viewer)),
        ("search", gettext_lazy("Search"), "search", True),
        ("notices", gettext_lazy("Notices"), "bell", True),
        ("playbook", gettext_lazy("Playbook"), "rules", may_draft(viewer)),
    ]
    if not works_on_matters(viewer):
        return _nav_of_keepers(current)
    counts = {"notices": queries.unread_notices(viewer) or None}
    return [
        NavItem(
            label,
            reverse(f"matters:{name}"),
            icon,
            current=name == current,
            count=counts.get(name),
            key=KEYS.get(name, ""),
        )
        for name, label, icon, shown in lines
        if shown
    ]


def _nav_of_keepers(current: str) -> list[NavItem]:
    """The navigation of those who keep the system and read no matters."""
    playbook = NavItem(
        gettext_lazy("Playbook"), reverse("matters:playbook"), "rules", current=current == "playbook"
    )
    return [playbook, NavItem(gettext_lazy("Back office"), reverse("admin:index"), "settings")]


def desk_context(request: HttpRequest, current: str) -> dict[str, Any]:
    """What every office page shows around its content."""
    viewer = viewer_of(request)
    held = viewer.holdings[0] if viewer.holdings else None
    return {
        "nav_items": nav_for(viewer, current),
        "desk_post": held.title if held else "",
        "undo": undo_offered(request),
    }


def version_seen(request: HttpRequest, matter: Matter, *, quiet: frozenset[str]) -> int | None:
    """The version that the form was filled in on, or the present one when only `quiet` entries came since: a
    warning by the clock must not take away what somebody has typed.
    """
    return version_of(request.POST.get("version", ""), matter, quiet=quiet)


def version_of(text: str, matter: Matter, *, quiet: frozenset[str]) -> int | None:
    """The same for a version that a form sent under another name; None for what is none."""
    seen = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None
    if seen is None or seen >= matter.version:
        return seen
    return matter.version if queries.kinds_since(matter, seen) <= quiet else seen
