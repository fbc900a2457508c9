"""Service discovery: where this endpoint is, and how to get a key."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from yuanba.matters.open311.arguments import Arguments
from yuanba.matters.open311.errors import door
from yuanba.matters.open311.rendering import moment, render
from yuanba.playbooks.queries import current_playbook

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"


@door("GET")
def discovery(_request: HttpRequest, form: str, _arguments: Arguments) -> HttpResponse:
    """The discovery document; it changes when another playbook, and so other services, come into force."""
    edition = current_playbook()
    changeset = moment(edition.published_at)
    endpoint = {
        "specification": SPECIFICATION,
        "url": f"{settings.BASE_URL}/open311/v2",
        "changeset": changeset,
        "type": "test" if settings.DEMO else "production",
        "formats": ["text/xml", "application/json"],
    }
    shown = {
        "changeset": changeset,
        "contact": _("%(centre)s, %(address)s")
        % {"centre": edition.playbook.organizations.centre, "address": settings.BASE_URL},
        "key_service": _("Keys are given out by %(centre)s; ask there, and say what for.")
        % {"centre": edition.playbook.organizations.centre},
        "endpoints": [endpoint],
    }
    return render(form, "discovery", shown)
