"""Every move that people or programs make, each with its own body; the clock's own moves have no door."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Router

from yuanba.kernel.as_one import as_one
from yuanba.kernel.errors import DomainError, Invalid, Missing
from yuanba.kernel.kept import KeptSelect
from yuanba.matters import actions
from yuanba.matters.actions import Opinion, Part, Reply, Sorting
from yuanba.matters.api import bodies
from yuanba.matters.api.answers import Answer, wanted_version, write
from yuanba.matters.api.auth import ApiRequest
from yuanba.matters.api.matters import fetch, stored_photos
from yuanba.matters.api.shapes import MovedOut, Problem
from yuanba.matters.api.showing import moved_out
from yuanba.matters.models import Matter
from yuanba.matters.queries import key_of_number, number_of
from yuanba.people.models import Organization
from yuanba.places.models import Place
from yuanba.playbooks.decisions import Facts

router = Router(tags=["moves"])
ANSWERS = {200: MovedOut, 403: Problem, 404: Problem, 409: Problem, 412: Problem, 422: Problem}
# Bodies of moves without details are still read, so that a misspelt or misplaced detail is refused.
NOTHING = bodies.Nothing()
NO_OPINION = bodies.OpinionIn()
NO_WORDS = bodies.WithdrawIn()
# The number stands in the address that the router is mounted under.
Number = Path[str]


def _make(
    request: ApiRequest, number: str, action: Callable[..., object], *details: Any, **named: Any
) -> HttpResponse:
    """Make one move with an action of `matters.actions` and answer with where the matter stands then.

    Details that are callables are called inside: they look up what the body names. The matter is not read
    before: the action locks and authorises it, and a number whose day is wrong takes the move back, whatever it
    would have been refused for.
    """
    caller = request.auth

    def work() -> Answer:
        key = key_of_number(number)
        try:
            with as_one():
                given = [detail() if callable(detail) else detail for detail in details]
                version = wanted_version(request)
                matter = _matter_of(action(key, *given, actor=caller.viewer, version=version, **named))
                if matter.number != number:
                    raise Missing(_("There is no such matter."))
        except DomainError as refused:
            # What is refused must not tell of a matter that another number has.
            if isinstance(refused, Missing) or number_of(key) == number:
                raise
            raise Missing(_("There is no such matter.")) from None
        return Answer(moved_out(caller.viewer, matter), version=matter.version)

    return write(request, work)


def _matter_of(made: Any) -> Matter:
    """The matter that moved, from what its action gave: itself, its parts, or a row that belongs to it."""
    if isinstance(made, Matter):
        return made
    matter: Matter = made[0].part_of if isinstance(made, list) else made.matter
    return matter


def organization(code: str, field: str = "owner") -> Organization:
    """The organization with this code. Raises `Invalid` naming the field."""
    found = _BY_CODE.rows(code)
    if not found:
        raise Invalid(_("There is no organization with this code."), field=field, code="unknown_organization")
    return found[0]


_BY_CODE = KeptSelect(lambda code: Organization.objects.filter(code=code))


def _departments(codes: tuple[str, ...]) -> list[Organization]:
    rows = Organization.objects.filter(code__in=codes).order_by("pk")
    found = {row.code: row for row in rows}
    if unknown := [code for code in codes if code not in found]:
        message = _("There is no organization with the code %(code)s.") % {"code": unknown[0]}
        raise Invalid(message, field="departments", code="unknown_organization")
    return [found[code] for code in dict.fromkeys(codes)]


def _sorting(body: bodies.SortingIn) -> Sorting:
    place = Place.objects.filter(pk=body.place_id).first() if body.place_id is not None else None
    if body.place_id is not None and place is None:
        raise Invalid(_("There is no such place."), field="place_id")
    return Sorting(
        category=body.category,
        tier=body.tier,
        place=place,
        accused=organization(body.accused, "accused") if body.accused is not None else None,
        nobody_accused=body.nobody_accused,
        confidential=body.confidential,
        facts=Facts(**body.facts.model_dump()) if body.facts is not None else None,
        tier_reason=body.tier_reason,
    )


@router.post("/triage", response=ANSWERS)
def triage(request: ApiRequest, number: Number, body: bodies.SortingIn) -> HttpResponse:
    """Decide category, tier, place, and who is complained about."""
    return _make(request, number, actions.triage_matter, lambda: _sorting(body))


@router.post("/dispatch", response=ANSWERS)
def dispatch(request: ApiRequest, number: Number, body: bodies.DispatchIn) -> HttpResponse:
    """Give the matter to its owner."""
    sorting = body.sorting
    return _make(
        request,
        number,
        actions.dispatch_matter,
        lambda: organization(body.owner),
        lambda: _sorting(sorting) if sorting is not None else None,
    )


@router.post("/out_of_scope", response=ANSWERS)
def out_of_scope(request: ApiRequest, number: Number, body: bodies.ElsewhereIn) -> HttpResponse:
    """Point the resident to the right place."""
    return _make(request, number, actions.point_elsewhere, body.outcome, body.reason, channel=body.channel)


@router.post("/claim", response=ANSWERS)
def claim(request: ApiRequest, number: Number, body: bodies.Nothing = NOTHING) -> HttpResponse:  # noqa: ARG001
    """Take the matter on (认领)."""
    return _make(request, number, actions.claim_matter)


@router.post("/refuse", response=ANSWERS)
def refuse(request: ApiRequest, number: Number, body: bodies.RefusalIn) -> HttpResponse:
    """Send the dispatch back with a reason and its legal basis."""
    return _make(request, number, actions.refuse_dispatch, body.reason, body.explanation, body.legal_basis)


@router.post("/arbitrate", response=ANSWERS)
def arbitrate(request: ApiRequest, number: Number, body: bodies.GivenTo) -> HttpResponse:
    """Decide a dispute about who handles the matter."""
    return _make(request, number, actions.arbitrate, lambda: organization(body.owner), body.reason)


@router.post("/start", response=ANSWERS)
def start(request: ApiRequest, number: Number, body: bodies.Nothing = NOTHING) -> HttpResponse:  # noqa: ARG001
    """Say that work has begun."""
    return _make(request, number, actions.start_work)


@router.post("/answer", response=ANSWERS)
def answer(request: ApiRequest, number: Number, body: bodies.AnswerIn) -> HttpResponse:
    """Tell the resident what was done. The quality gate's findings come back as 422 with code `gate`."""
    return _make(request, number, actions.answer_matter, lambda: _reply(body))


def _reply(body: bodies.AnswerIn) -> Reply:
    return Reply(
        body.text,
        body.done_by,
        body.done_on,
        body.override_reason,
        stored_photos(body.photos),
        body.photos_public,
        body.request_photos_public,
    )


@router.post("/ask_information", response=ANSWERS)
def ask_information(request: ApiRequest, number: Number, body: bodies.QuestionIn) -> HttpResponse:
    """Ask the resident for what is missing; the clock stands still until they reply."""
    return _make(request, number, actions.ask_information, body.question)


@router.post("/climb", response=ANSWERS)
def climb(request: ApiRequest, number: Number, body: bodies.ClimbIn) -> HttpResponse:
    """Pass the matter to the level above (上移)."""
    return _make(request, number, actions.climb, body.reason, tier=body.tier)


@router.post("/hand_down", response=ANSWERS)
def hand_down(request: ApiRequest, number: Number, body: bodies.GivenTo) -> HttpResponse:
    """Give the matter to an organization below its owner."""
    return _make(request, number, actions.hand_down, lambda: organization(body.owner), body.reason)


@router.post("/undo", response=ANSWERS)
def undo(request: ApiRequest, number: Number, body: bodies.Nothing = NOTHING) -> HttpResponse:  # noqa: ARG001
    """Take back the dispatch or claim that the same person has just made, while nobody has acted since."""
    return _make(request, number, actions.undo)


@router.post("/recall", response=ANSWERS)
def recall(request: ApiRequest, number: Number, body: bodies.RecallIn) -> HttpResponse:
    """Call the matter back from its owner to the centre, which sorts it anew."""
    accused = body.accused

    def action(key: int, accused: Organization | None, **named: Any) -> Matter:
        return actions.recall(key, body.reason, accused=accused, **named)

    return _make(
        request,
        number,
        action,
        lambda: organization(accused, "accused") if accused is not None else None,
    )


@router.post("/propose_dispatch", response=ANSWERS)
def propose_dispatch(request: ApiRequest, number: Number, body: bodies.GivenTo) -> HttpResponse:
    """Propose to dispatch something off the communities' list to one; a second person decides."""
    return _make(request, number, actions.propose_dispatch, lambda: organization(body.owner), body.reason)


@router.post("/propose_hand_down", response=ANSWERS)
def propose_hand_down(request: ApiRequest, number: Number, body: bodies.GivenTo) -> HttpResponse:
    """Propose to hand something off the communities' list down to one; a second person decides."""
    return _make(request, number, actions.propose_hand_down, lambda: organization(body.owner), body.reason)


@router.post("/decide_push_down", response=ANSWERS)
def decide_push_down(request: ApiRequest, number: Number, body: bodies.DecisionIn) -> HttpResponse:
    """Agree that it goes down to the community, or turn it down: another person than proposed it."""
    return _make(request, number, actions.decide_push_down, approve=body.approve, reason=body.reason)


@router.post("/take_over", response=ANSWERS)
def take_over(request: ApiRequest, number: Number, body: bodies.ReasonIn) -> HttpResponse:
    """Take the matter to the level above while nobody holds a post at its owner."""
    return _make(request, number, actions.take_over, body.reason)


@router.post("/whistle", response=ANSWERS)
def whistle(request: ApiRequest, number: Number, body: bodies.WhistleIn) -> HttpResponse:
    """Call departments to the spot (吹哨); each must check in and report."""
    return _make(
        request,
        number,
        actions.whistle,
        lambda: _departments(body.departments),
        body.reason,
        meet_at=body.meet_at,
    )


@router.post("/join", response=ANSWERS)
def join(request: ApiRequest, number: Number, body: bodies.JoinIn) -> HttpResponse:
    """Bring another organization in to work on the matter with its owner."""
    return _make(
        request, number, actions.join, lambda: organization(body.organization, "organization"), body.task
    )


@router.post("/split", response=ANSWERS)
def split(request: ApiRequest, number: Number, body: bodies.SplitIn) -> HttpResponse:
    """Split the matter into parts with owners of their own."""
    parts = [Part(part.text, part.category) for part in body.parts]
    return _make(request, number, actions.split_matter, parts)


@router.post("/merge", response=ANSWERS)
def merge(request: ApiRequest, number: Number, body: bodies.MergeIn) -> HttpResponse:
    """Handle the matter together with another that asks for the same."""
    return _make(request, number, actions.merge_into, lambda: fetch(request.auth, body.lead).pk)


@router.post("/request_time", response=ANSWERS)
def request_time(request: ApiRequest, number: Number, body: bodies.TimeIn) -> HttpResponse:
    """Ask the power above for a pause on one of the playbook's `pause_grounds`, or for `limit` more."""
    if body.kind == "pause":
        return _make(request, number, actions.request_pause, body.ground, body.reason)
    return _make(request, number, actions.request_extension, body.limit, body.reason)


@router.post("/decide_time", response=ANSWERS)
def decide_time(request: ApiRequest, number: Number, body: bodies.DecisionIn) -> HttpResponse:
    """Approve or turn down the waiting request for time."""
    return _make(request, number, actions.decide_time, approve=body.approve, reason=body.reason)


@router.post("/resume", response=ANSWERS)
def resume(request: ApiRequest, number: Number, body: bodies.Nothing = NOTHING) -> HttpResponse:  # noqa: ARG001
    """Let a paused clock run again."""
    return _make(request, number, actions.resume)


@router.post("/supervise", response=ANSWERS)
def supervise(request: ApiRequest, number: Number, body: bodies.Nothing = NOTHING) -> HttpResponse:  # noqa: ARG001
    """Take the matter under personal watch (一包到底); needs a person in a leading post."""
    return _make(request, number, actions.supervise)


@router.post("/release", response=ANSWERS)
def release(request: ApiRequest, number: Number, body: bodies.Nothing = NOTHING) -> HttpResponse:  # noqa: ARG001
    """Give up a watch."""
    return _make(request, number, actions.release)


@router.post("/comment", response=ANSWERS)
def comment(request: ApiRequest, number: Number, body: bodies.CommentIn) -> HttpResponse:
    """Write a note; never moves a clock."""
    return _make(
        request,
        number,
        actions.comment,
        body.text,
        to_resident=body.to_resident,
        only_requester=body.only_requester,
    )


@router.post("/close", response=ANSWERS)
def close(request: ApiRequest, number: Number, body: bodies.Nothing = NOTHING) -> HttpResponse:  # noqa: ARG001
    """Strike a confirmed matter off (销号)."""
    return _make(request, number, actions.close_matter)


@router.post("/propose_exclusion", response=ANSWERS)
def propose_exclusion(request: ApiRequest, number: Number, body: bodies.ExclusionIn) -> HttpResponse:
    """Propose to leave a closed matter out of the rates; needs a person, no key."""
    return _make(request, number, actions.propose_exclusion, body.reason, body.explanation)


@router.post("/decide_exclusion", response=ANSWERS)
def decide_exclusion(request: ApiRequest, number: Number, body: bodies.DecisionIn) -> HttpResponse:
    """Agree that it is left out of the rates, or turn it down: another person, at the level above or the centre."""
    return _make(request, number, actions.decide_exclusion, approve=body.approve, reason=body.reason)


@router.post("/supply_information", response=ANSWERS)
def supply_information(request: ApiRequest, number: Number, body: bodies.TextIn) -> HttpResponse:
    """The resident's reply to a question."""
    return _make(request, number, actions.supply_information, body.text)


@router.post("/hide_photos", response=ANSWERS)
def hide_photos(
    request: ApiRequest,
    number: Number,
    body: bodies.Nothing = NOTHING,  # noqa: ARG001
) -> HttpResponse:
    """Take back that everybody may see the matter's photos."""
    return _make(request, number, actions.hide_photos)


@router.post("/confirm", response=ANSWERS)
def confirm(request: ApiRequest, number: Number, body: bodies.OpinionIn = NO_OPINION) -> HttpResponse:
    """The resident says it is solved: with their own `X-Track-Key`, or recorded by staff of no owner."""
    return _make(request, number, actions.confirm, Opinion(body.contacted, body.satisfaction, body.said))


@router.post("/not_solved", response=ANSWERS)
def not_solved(request: ApiRequest, number: Number, body: bodies.NotSolvedIn) -> HttpResponse:
    """The resident says it is not solved, and what is missing."""
    return _make(request, number, actions.not_solved, Opinion(body.contacted, body.satisfaction, body.said))


@router.post("/withdraw", response=ANSWERS)
def withdraw(request: ApiRequest, number: Number, body: bodies.WithdrawIn = NO_WORDS) -> HttpResponse:
    """The resident takes the request back."""
    return _make(request, number, actions.withdraw, said=body.said)
