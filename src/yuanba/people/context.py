"""What every page shows of whoever is signed in."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from yuanba.people.helping import help_address
from yuanba.people.middleware import viewer_of
from yuanba.web.shapes import NavItem


def account(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `viewer`, `account_items` for the account menu of `web/account.html`, and `help_url`, which is
    worked out only where it is drawn.
    """
    items = []
    if hasattr(request, "user") and request.user.is_authenticated:
        items = [
            NavItem(_("My posts and sign-in"), reverse("people:profile"), "post"),
            NavItem(_("Second factor"), reverse("mfa_index"), "shield"),
        ]
        if request.user.is_staff:
            items.append(NavItem(_("Back office"), reverse("admin:index"), "settings"))
    help_url = SimpleLazyObject(lambda: help_address(request))
    return {"viewer": viewer_of(request), "account_items": items, "help_url": help_url}
