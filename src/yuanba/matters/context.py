"""What every page shows of the district and of where one can go from here."""

from typing import Any

from django.http import HttpRequest
from django.urls import get_resolver, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from yuanba.kernel.errors import Missing
from yuanba.people.middleware import viewer_of
from yuanba.people.queries import works_on_matters
from yuanba.playbooks.queries import may_draft, playbook_lately
from yuanba.web.shapes import NavItem

# A new playbook's name shows after this long; asking each time would cost every page a query.
KEEP_S = 10.0
_PUBLIC = (
    ("matters:report", _("Report"), "write"),
    ("matters:find", _("My matter"), "search"),
    ("matters:district_board", _("Board"), "trees"),
)


def district(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `district_name`, and `nav_items` for pages that have no navigation of their own.

    Both are worked out only when a template draws them.
    """
    if not _is_ours(request):
        return {}
    return {
        "district_name": SimpleLazyObject(district_name),
        "nav_items": SimpleLazyObject(lambda: public_nav(request)),
    }


def _is_ours(request: HttpRequest) -> bool:
    """Whether the addresses in use include this room's; a site of other rooms only shows none of them."""
    return "matters" in get_resolver(getattr(request, "urlconf", None)).namespace_dict


def district_name() -> str:
    """The district's name in the playbook in force; empty while there is none."""
    try:
        return playbook_lately(KEEP_S).playbook.district.name
    except Missing:
        return ""


def public_nav(request: HttpRequest) -> list[NavItem]:
    """Where residents can go; whoever works here gets the way to the desk as well."""
    lines = list(_PUBLIC)
    if hasattr(request, "user") and request.user.is_authenticated:
        viewer = viewer_of(request)
        if works_on_matters(viewer):
            lines.insert(0, ("matters:desk", _("Desk"), "desk"))
        elif may_draft(viewer):
            lines.insert(0, ("matters:playbook", _("Playbook"), "rules"))
    items = [(reverse(name), label, icon) for name, label, icon in lines]
    return [NavItem(label, url, icon, current=request.path == url) for url, label, icon in items]
