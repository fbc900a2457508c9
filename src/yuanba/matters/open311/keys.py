"""Who may send requests: holders of an API key, sent as the standard says or in a header."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import Denied
from yuanba.matters.open311.arguments import Arguments
from yuanba.people.queries import viewer_for_key


@dataclass(frozen=True, slots=True)
class Client:
    """A program with a key; `source` is what its requests are filed under."""

    viewer: Viewer

    @property
    def name(self) -> str:
        return self.viewer.actor

    @property
    def source(self) -> str:
        return f"open311:{self.name.removeprefix('key:')}"


def client_of(request: HttpRequest, arguments: Arguments) -> Client:
    """The client that sends this. Raises `Denied` without a key in force that may bring requests in."""
    bearer = request.headers.get("Authorization", "")
    raw = (
        arguments.text("api_key")
        or request.headers.get("X-API-Key", "")
        or (bearer[7:].strip() if bearer[:7].lower() == "bearer " else "")
    )
    if not raw:
        raise Denied(_("The api_key is missing."))
    access = viewer_for_key(raw)
    if access is None:
        raise Denied(_("This api_key is not valid."))
    if Power.RECEIVE not in access.viewer.powers:
        raise Denied(_("This api_key may not send requests."))
    return Client(access.viewer)
