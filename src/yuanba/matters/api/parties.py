"""What called organizations do: check in (报到) and report."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Router

from yuanba.kernel.errors import Missing
from yuanba.matters import actions
from yuanba.matters.api import bodies
from yuanba.matters.api.answers import Answer, write
from yuanba.matters.api.auth import ApiRequest
from yuanba.matters.api.matters import fetch
from yuanba.matters.api.moves import NOTHING, Number
from yuanba.matters.api.shapes import PartyOut, Problem
from yuanba.matters.api.showing import party_out
from yuanba.matters.models import Party

router = Router(tags=["parties"])
ANSWERS = {200: PartyOut, 403: Problem, 404: Problem, 409: Problem, 422: Problem}
PartyKey = Path[bodies.Key]


def _of(request: ApiRequest, number: str, party_id: int) -> int:
    """The party's key, if it belongs to that matter and the caller may see it. Raises `Missing`."""
    matter = fetch(request.auth, number)
    if not Party.objects.filter(pk=party_id, matter=matter).exists():
        raise Missing(_("There is no such call."))
    return party_id


@router.post("/check_in", response=ANSWERS)
def check_in(
    request: ApiRequest,
    number: Number,
    party_id: PartyKey,
    body: bodies.Nothing = NOTHING,  # noqa: ARG001
) -> HttpResponse:
    """Say that the called organization has come; twice changes nothing."""

    def work() -> Answer:
        party = actions.check_in(_of(request, number, party_id), actor=request.auth.viewer)
        return Answer(party_out(party))

    return write(request, work)


@router.post("/report", response=ANSWERS)
def report(request: ApiRequest, number: Number, party_id: PartyKey, body: bodies.ReportIn) -> HttpResponse:
    """Report what the called organization did, after it checked in."""

    def work() -> Answer:
        key = _of(request, number, party_id)
        return Answer(party_out(actions.report_back(key, body.report, actor=request.auth.viewer)))

    return write(request, work)
