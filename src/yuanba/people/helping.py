"""Which help page fits whoever is signed in."""

from django.http import HttpRequest

from yuanba.kernel.authority import Power, Viewer
from yuanba.people.middleware import viewer_of
from yuanba.people.queries import works_on_matters
from yuanba.web import helping


def role_of(viewer: Viewer) -> str:
    """The help page of the viewer's posts, told by what they may do: a district names its posts as it likes.
    Empty for somebody without one.
    """
    powers = viewer.powers
    if not works_on_matters(viewer):
        return "operator" if Power.OPERATE in powers else ""
    if powers & {Power.ARBITRATE, Power.RECALL, Power.OUT_OF_SCOPE}:
        return "centre"
    if Power.SUPERVISE in powers and Power.CLAIM not in powers:
        return "leader"
    if not any(held.inside for held in viewer.holdings):
        return "department" if Power.CLAIM in powers else ""
    if Power.WHISTLE in powers:
        return "street"
    return "community" if Power.TRIAGE in powers else "building-head"


def help_address(request: HttpRequest) -> str:
    """Where the page asked for is explained to whoever asks."""
    signed_in = hasattr(request, "user") and request.user.is_authenticated
    page = request.resolver_match.view_name if request.resolver_match else ""
    return helping.address_for(page, role_of(viewer_of(request)) if signed_in else "")
