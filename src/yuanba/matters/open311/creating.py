"""POST requests: a report from a foreign client becomes a matter like any other."""

from hashlib import sha256

from django.core.validators import URLValidator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from yuanba.kernel.errors import Invalid, SeveralInvalid
from yuanba.matters import actions
from yuanba.matters.api.answers import write_once
from yuanba.matters.limiting import check_rate
from yuanba.matters.models import Channel
from yuanba.matters.open311.arguments import Arguments
from yuanba.matters.open311.keys import Client, client_of
from yuanba.matters.open311.notices import service_notice
from yuanba.matters.open311.rendering import render
from yuanba.matters.open311.services import service_of
from yuanba.matters.reporting import Report
from yuanba.playbooks.queries import current_playbook
from yuanba.playbooks.schema import Category, Playbook

DESCRIPTION_LENGTH = 4000
MEDIA_URL_LENGTH = 500
MOST_MEDIA_URLS = 10
_is_web_address = URLValidator(schemes=["http", "https"])


def create(request: HttpRequest, form: str, arguments: Arguments) -> HttpResponse:
    """Create a request; its number is known at once, so no token is ever needed."""
    client = client_of(request, arguments)
    check_rate("open311", key=client.name)
    report, photos = _report(request, client, arguments)
    sent = sha256(repr(sorted(arguments.form.lists())).encode() + repr(photos).encode()).digest()
    return write_once(request, client.name, lambda: sent, lambda: _created(form, report, client))


def _created(form: str, report: Report, client: Client) -> HttpResponse:
    receipt = actions.receive(report, actor=client.viewer)
    shown = {"service_request_id": receipt.matter.number, "service_notice": service_notice(receipt)}
    return render(form, "service_requests", [shown | {"account_id": None}], 201)


def _report(request: HttpRequest, client: Client, arguments: Arguments) -> tuple[Report, tuple[int, ...]]:
    """The report, every argument looked at before the first refusal. Raises `Missing`, `SeveralInvalid`."""
    playbook = current_playbook().playbook
    kind = _service(playbook, arguments)
    errors: list[Invalid] = []
    description = _checked(errors, lambda: _description(arguments), "")
    answers = _checked(errors, lambda: _answers(kind, arguments), [])
    links = _checked(errors, lambda: _links(arguments), [])
    place = _checked(errors, lambda: _place(client, arguments), None)
    if errors or place is None:
        raise SeveralInvalid(errors)
    photos = _photos(request, playbook)
    report = Report(
        text="\n".join([description or kind.name, *answers, *links]),
        place=place,
        channel=Channel.OPEN311,
        contact=_contact(arguments),
        category=kind.code,
        address=arguments.text("address_string"),
        lon=arguments.degrees("long", 180),
        lat=arguments.degrees("lat", 90),
        source=client.source,
        photos=photos,
    )
    return report, photos


def _checked[T](errors: list[Invalid], work: object, otherwise: T) -> T:
    raise NotImplementedError


def _service(playbook: Playbook, arguments: Arguments) -> Category:
    code = arguments.text("service_code")
    if not code:
        raise Invalid(_("The service_code was not provided."), field="service_code")
    return service_of(playbook, code)
