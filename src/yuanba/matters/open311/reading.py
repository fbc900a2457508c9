"""GET requests: what was reported and what became of it, for everyone."""

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from yuanba.kernel.errors import Invalid, Missing
from yuanba.matters.models import Matter
from yuanba.matters.open311.arguments import Arguments
from yuanba.matters.open311.errors import door
from yuanba.matters.open311.extensions import extended
from yuanba.matters.open311.public import PublicRequest, number_missing, public_matters, shown
from yuanba.matters.open311.rendering import Value, moment, render
from yuanba.matters.queries import key_of_number

SPAN = timedelta(days=90)
MOST = 1000
# Pages are counted, as other cities' servers do, so deep ones cost more: beyond this, ask for fewer days.
DEEPEST = 20_000


def list_requests(form: str, arguments: Arguments) -> HttpResponse:
    """The requests asked for by number, else those of a span of at most 90 days, newest first."""
    numbers = arguments.listed("service_request_id")
    found = _by_number(numbers) if numbers else _by_filter(arguments)
    return _answer(form, arguments, found)


@door("GET")
def one_request(_request: HttpRequest, form: str, arguments: Arguments, number: str) -> HttpResponse:
    """One request, in a list of one as the standard says."""
    found = _by_number([number])
    if not found:
        raise Missing(number_missing(number))
    return _answer(form, arguments, found)


@door("GET")
def token(_request: HttpRequest, _form: str, _arguments: Arguments, token: str) -> HttpResponse:
    """Requests get their number at once, so no token was ever given out."""
    message = _("The token %(token)s is not found: this endpoint gives numbers at once and no tokens.")
    raise Missing(message % {"token": token[:40]})


def _answer(form: str, arguments: Arguments, found: list[Matter]) -> HttpResponse:
    rows = [_fields(each) for each in shown(found)]
    if arguments.flag("extensions"):
        for row, more in zip(rows, extended(found), strict=True):
            row.update(more)
    return render(form, "service_requests", rows)


def _fields(each: PublicRequest) -> dict[str, Value]:
    row: dict[str, Value] = {}
    for name in PublicRequest.__slots__:
        value = getattr(each, name)
        row[name] = moment(value) if isinstance(value, datetime) else value
    return row


def _by_number(numbers: list[str]) -> list[Matter]:
    """The public matters of these numbers, in the order given; unknown ones are left out."""
    keys = {}
    for number in numbers[:MOST]:
        try:
            keys[key_of_number(number)] = number
        except Missing:
            continue
    rows = public_matters().filter(pk__in=keys).in_bulk()
    return [rows[key] for key, number in keys.items() if key in rows and rows[key].number == number]


def _by_filter(arguments: Arguments) -> list[Matter]:
    since, until = _span(arguments)
    rows = public_matters().filter(received_at__gte=since, received_at__lte=until)
    if codes := arguments.listed("service_code"):
        rows = rows.filter(category__in=codes[:MOST])
    if (ended := _ended(arguments)) is not None:
        rows = rows.filter(stopped_at__isnull=not ended)
    size = arguments.number("page_size", 1, MOST) or MOST
    page = arguments.number("page", 1, DEEPEST) or 1
    first = (page - 1) * size
    if first + size > DEEPEST:
        raise Invalid(
            _("There are too many pages. Ask for fewer days with start_date and end_date."), field="page"
        )
    return list(rows.order_by("-received_at", "-pk")[first : first + size])


def _span(arguments: Arguments) -> tuple[datetime, datetime]:
    """From when to when; one date alone begins or ends 90 days. Raises `Invalid` for more than 90."""
    since, until = arguments.moment("start_date"), arguments.moment("end_date")
    if since is None:
        until = until or timezone.now()
        return until - SPAN, until
    until = until or since + SPAN
    if until - since > SPAN:
        raise Invalid(_("start_date and end_date may lie at most 90 days apart."), field="end_date")
    return since, until


def _ended(arguments: Arguments) -> bool | None:
    """True for closed ones, False for open ones, None for all. Raises `Invalid` for another status."""
    wanted = {status.lower() for status in arguments.listed("status")}
    if unknown := wanted - {"open", "closed"}:
        message = _("The status %(status)s is not known. Use open or closed.")
        raise Invalid(message % {"status": min(unknown)[:40]}, field="status")
    return None if len(wanted) != 1 else wanted == {"closed"}
