"""What every page shows of whoever is signed in."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yuanba.people.middleware import viewer_of
from yuanba.web.shapes import NavItem


def account(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `viewer`, and `account_items` for the account menu of `web/account.html`."""
    items = []
    if hasattr(request, "user") and request.user.is_authenticated:
        items = [
            NavItem(_("My posts and sign-in"), reverse("people:profile"), "post"),
            NavItem(_("Second factor"), reverse("mfa_index"), "shield"),
        ]
        if request.user.is_staff:
            items.append(NavItem(_("Back office"), reverse("admin:index"), "settings"))
    return {"viewer": viewer_of(request), "account_items": items}
