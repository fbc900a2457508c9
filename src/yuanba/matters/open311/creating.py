"""POST requests: a report from a foreign client becomes a matter like any other."""

from collections.abc import Callable
from hashlib import sha256
from typing import TypeVar

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from yuanba.kernel.errors import Invalid, SeveralInvalid
from yuanba.kernel.files.photos import accept_photo
from yuanba.kernel.files.storing import store
from yuanba.matters import actions
from yuanba.matters.api.answers import write_once
from yuanba.matters.limiting import check_rate
from yuanba.matters.locating import Where, check_ground, find_place
from yuanba.matters.models import Channel
from yuanba.matters.open311.answers import answers_to
from yuanba.matters.open311.arguments import Arguments
from yuanba.matters.open311.keys import Client, client_of
from yuanba.matters.open311.links import media_links
from yuanba.matters.open311.rendering import render
from yuanba.matters.open311.services import service_notice, service_of
from yuanba.matters.reporting import Contact, Report
from yuanba.places.models import Place
from yuanba.playbooks.queries import current_playbook
from yuanba.playbooks.schema import Category, Playbook

DESCRIPTION_LENGTH = 4000
T = TypeVar("T")


def create(request: HttpRequest, form: str, arguments: Arguments) -> HttpResponse:
    """Create a request; its number is known at once, so no token is ever needed."""
    client = client_of(request, arguments)
    check_rate("open311", key=client.name)
    report = _report(request, client, arguments)
    sent = sha256(repr((sorted(arguments.form.lists()), report.photos)).encode()).digest()
    return write_once(request, client.name, lambda: sent, lambda: _created(form, report, client))


def _created(form: str, report: Report, client: Client) -> HttpResponse:
    receipt = actions.receive(report, actor=client.viewer)
    shown = {
        "service_request_id": receipt.matter.number,
        "service_notice": service_notice(receipt),
        "account_id": None,
    }
    return render(form, "service_requests", [shown])


def _report(request: HttpRequest, client: Client, arguments: Arguments) -> Report:
    """The report. Everything is looked at before the first refusal: `Missing`, `Denied`, `SeveralInvalid`."""
    playbook = current_playbook().playbook
    kind = _service(playbook, arguments)
    tries = _Tries()
    description = tries.of(lambda: _description(arguments), "")
    answers = tries.of(lambda: answers_to(kind, arguments), list[str]())
    links = tries.of(lambda: media_links(arguments), list[str]())
    place = tries.of(lambda: _place(arguments), None)
    if place is None or tries.errors:
        raise SeveralInvalid(tries.errors)
    check_ground(client.viewer, place)
    return Report(
        text="\n".join([description or kind.name, *answers, *links]),
        place=place,
        channel=Channel.OPEN311,
        contact=_contact(arguments),
        category=kind.code,
        address=arguments.text("address_string"),
        lon=arguments.degrees("long", 180),
        lat=arguments.degrees("lat", 90),
        source=client.source,
        photos=_photos(request, playbook),
    )


class _Tries:
    """Goes on after a refusal, so that a client hears of all its mistakes at once."""

    def __init__(self) -> None:
        self.errors: list[Invalid] = []

    def of(self, work: Callable[[], T], otherwise: T) -> T:
        try:
            return work()
        except SeveralInvalid as several:
            self.errors += several.errors
        except Invalid as error:
            self.errors.append(error)
        return otherwise


def _service(playbook: Playbook, arguments: Arguments) -> Category:
    code = arguments.text("service_code")
    if not code:
        raise Invalid(_("The service_code was not provided."), field="service_code")
    return service_of(playbook, code)


def _description(arguments: Arguments) -> str:
    words = arguments.text("description")
    if len(words) > DESCRIPTION_LENGTH:
        raise Invalid(
            _("The description has %(length)d characters; at most %(limit)d fit.")
            % {"length": len(words), "limit": DESCRIPTION_LENGTH},
            field="description",
        )
    return words


def _place(arguments: Arguments) -> Place:
    """The place by address_id, else by an address that names one, else by the point."""
    lon, lat = arguments.degrees("long", 180), arguments.degrees("lat", 90)
    address = arguments.text("address_string")[:200]
    named = arguments.text("address_id")
    if not (named or address or lon is not None or lat is not None):
        raise Invalid(
            _("Say where it is: lat and long, or address_string, or address_id."), field="address_string"
        )
    return find_place(_where(named, lon, lat, address))


def _where(named: str, lon: float | None, lat: float | None, address: str) -> Where:
    """What an address_id can be: a 12-digit code, a place's id as we give it out, or the code on a door."""
    if named.isascii() and named.isdigit():
        if len(named) == 12:
            return Where(code=named)
        if len(named) < 10:
            return Where(place_id=int(named))
    return Where(door_code=named, lon=lon, lat=lat, address=address)


def _contact(arguments: Arguments) -> Contact:
    """Who reports; device_id and account_id are not kept, for nothing here needs them."""
    first, last = arguments.text("first_name"), arguments.text("last_name")
    chinese = any("\u3400" <= sign <= "\u9fff" for sign in last)
    return Contact(
        name=f"{last}{first}" if chinese else f"{first} {last}".strip(),
        phone=arguments.text("phone"),
        email=arguments.text("email"),
    )


def _photos(request: HttpRequest, playbook: Playbook) -> tuple[int, ...]:
    """The photos of a multipart request, whatever their field is called. Raises `Invalid`."""
    uploads = [(name, file) for name, files in request.FILES.lists() for file in files]
    most = playbook.report_page.max_photos
    if len(uploads) > most:
        raise Invalid(_("At most %(most)d photos fit.") % {"most": most}, field="media")
    stored = [store(accept_photo(file, field=name)) for name, file in uploads]
    return tuple(dict.fromkeys(row.pk for row in stored))
