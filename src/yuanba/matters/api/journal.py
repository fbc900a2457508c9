"""Checking the journal from outside: the published roots, and the proof that an entry is under its day's."""

from datetime import date
from typing import Annotated

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Query, Router
from pydantic import Field

from yuanba.kernel.authority import Power
from yuanba.kernel.errors import Missing
from yuanba.kernel.journal.models import DailyRoot, Entry
from yuanba.kernel.journal.proof import prove
from yuanba.matters.api.answers import Answer, send
from yuanba.matters.api.auth import ApiRequest
from yuanba.matters.api.bodies import Body, Key
from yuanba.matters.api.parsing import check_query
from yuanba.matters.api.shapes import Problem, ProofOut, RootOut, Roots
from yuanba.matters.models import Matter
from yuanba.matters.pages.visitors import check_proving
from yuanba.matters.seeing import can_see
from yuanba.matters.story import may_prove

router = Router(tags=["journal"])


class RootsIn(Body):
    after: date | None = None
    size: Annotated[int, Field(ge=1, le=400)] = 100


@router.get("/roots", auth=None, response={200: Roots, 422: Problem})
def list_roots(request: ApiRequest, wanted: Query[RootsIn]) -> HttpResponse:
    """The sealed days, oldest first, after the day in `after`. Public: the more keep them, the better."""
    check_query(request, wanted)
    rows = DailyRoot.objects.order_by("day")
    if wanted.after is not None:
        rows = rows.filter(day__gt=wanted.after)
    found = list(rows[: wanted.size + 1])
    shown = [
        RootOut(row.day, row.entries, row.root, row.chained, row.sealed_at) for row in found[: wanted.size]
    ]
    after = shown[-1].day.isoformat() if len(found) > wanted.size else ""
    return send(Answer(Roots(shown, after)))


@router.get("/entries/{entry_id}/proof", response={200: ProofOut, 404: Problem, 409: Problem})
def read_proof(request: ApiRequest, entry_id: Path[Key]) -> HttpResponse:
    """The inclusion proof of an entry of a matter that the caller may see; 409 until its day is sealed."""
    _check_sees(request, entry_id)
    proof = prove(entry_id)
    shown = ProofOut(
        proof.document, proof.hash, proof.day, proof.index, proof.entries, list(proof.siblings), proof.root
    )
    return send(Answer(shown))


def _check_sees(request: ApiRequest, entry_id: int) -> None:
    """Raises `Missing` for an entry about something that the caller may not know of."""
    caller = request.auth
    entry = Entry.objects.filter(pk=entry_id).first()
    if entry is not None and entry.subject_kind == Matter.journal_kind:
        matter = Matter.objects.filter(pk=entry.subject_id).first()
        if matter is not None and can_see(caller.viewer, matter) and may_prove(entry, caller.viewer):
            if caller.kind == "resident":
                check_proving(request)
            return
    elif entry is not None and caller.viewer.scope(Power.OPERATE).everywhere:
        return
    raise Missing(_("There is no such journal entry."))
