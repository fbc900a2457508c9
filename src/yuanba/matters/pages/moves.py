"""Every move of the flow as a form and what it does: the matter's page is drawn from this table."""

from collections.abc import Callable, Container
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone

from yuanba.kernel.authority import Viewer
from yuanba.kernel.flow import Move
from yuanba.matters import actions, office_forms, queries, sort_forms
from yuanba.matters.actions import Opinion, Part, Reply, Sorting
from yuanba.matters.answer_forms import AnswerForm
from yuanba.matters.approving import is_own, refusers_of
from yuanba.matters.clockwork import playbook_of
from yuanba.matters.exclusions import judged, may_decide, standing
from yuanba.matters.flow import State
from yuanba.matters.models import Matter, PushDown
from yuanba.matters.office_forms import MoveForm
from yuanba.matters.owners import is_vacant, staffed, stands_over

Act = Callable[[Matter, dict[str, Any], Viewer, int | None], object]


@dataclass(frozen=True, slots=True)
class Door:
    """How a move is offered: its form, what it does, its icon, and whether it is the usual next step."""

    form: type[MoveForm]
    act: Act
    icon: str
    main: bool = False


def _sorting(data: dict[str, Any]) -> Sorting:
    return Sorting(
        category=data["category"] or None,
        tier=data["tier"] or None,
        place=data["place"],
        accused=data["accused"],
        nobody_accused=data.get("nobody_accused", False),
        confidential=data["confidential"],
        facts=data["facts"],
        tier_reason=data["tier_reason"],
    )


def _triage(matter: Matter, data: dict[str, Any], viewer: Viewer, version: int | None) -> object:
    return actions.triage_matter(matter.pk, _sorting(data), actor=viewer, version=version)


def _dispatch(matter: Matter, data: dict[str, Any], viewer: Viewer, version: int | None) -> object:
    return actions.dispatch_matter(matter.pk, data["owner"], _sorting(data), actor=viewer, version=version)


def _recall(matter: Matter, data: dict[str, Any], viewer: Viewer, version: int | None) -> object:
    return actions.recall(matter.pk, data["reason"], accused=data["accused"], actor=viewer, version=version)


def _elsewhere(matter: Matter, data: dict[str, Any], viewer: Viewer, version: int | None) -> object:
    return actions.point_elsewhere(
        matter.pk, data["outcome"], data["reason"], channel=data["channel"], actor=viewer, version=version
    )


def _refuse(matter: Matter, data: dict[str, Any], viewer: Viewer, version: int | None) -> object:
    return actions.refuse_dispatch(
        matter.pk, data["reason"], data["explanation"], data["legal_basis"], actor=viewer, version=version
    )


def _answer(matter: Matter, data: dict[str, Any], viewer: Viewer, version: int | None) -> object:
    reply = Reply(
        data["text"],
        data["done_by"],
        data["done_on"],
        data["override_reason"],
        photos=data["photos"],
        photos_public=bool(data.get("photos_public") and data["photos"]),
        request_photos_public=data.get("request_photos_public", False),
    )
    return actions.answer_matter(matter.pk, reply, actor=viewer, version=version)


def _climb(matter: Matter, data: dict[str, Any], viewer: Viewer, version: int | None) -> object:
    return actions.climb(matter.pk, data["reason"], tier=data["tier"] or None, actor=viewer, version=version)


def _whistle(matter: Matter, data: dict[str, Any], viewer: Viewer, version: int | None) -> object:
    return actions.whistle(
        matter.pk,
        list(data["departments"]),
        data["reason"],
        meet_at=data["meet_at"],
        actor=viewer,
        version=version,
    )


def _merge(matter: Matter, data: dict[str, Any], viewer: Viewer, version: int | None) -> object:
    lead = queries.matter_for(viewer, data["lead"])
    return actions.merge_into(matter.pk, lead.pk, actor=viewer, version=version)


def _split(matter: Matter, data: dict[str, Any], viewer: Viewer, version: int | None) -> object:
    parts = [Part(text, category) for text, category in data["parts"]]
    return actions.split_matter(matter.pk, parts, actor=viewer, version=version)


def _ask_time(matter: Matter, data: dict[str, Any], viewer: Viewer, version: int | None) -> object:
    if data["kind"] == "pause":
        return actions.request_pause(matter.pk, data["ground"], data["reason"], actor=viewer, version=version)
    return actions.request_extension(matter.pk, data["limit"], data["reason"], actor=viewer, version=version)


def _decide_time(matter: Matter, data: dict[str, Any], viewer: Viewer, version: int | None) -> object:
    return actions.decide_time(
        matter.pk, approve=data["approve"], reason=data["reason"], actor=viewer, version=version
    )


def _decide_exclusion(matter: Matter, data: dict[str, Any], viewer: Viewer, version: int | None) -> object:
    return actions.decide_exclusion(
        matter.pk, approve=data["approve"], reason=data["reason"], actor=viewer, version=version
    )


def _decide_push_down(matter: Matter, data: dict[str, Any], viewer: Viewer, version: int | None) -> object:
    return actions.decide_push_down(
        matter.pk, approve=data["approve"], reason=data["reason"], actor=viewer, version=version
    )


def _note(matter: Matter, data: dict[str, Any], viewer: Viewer, version: int | None) -> object:
    return actions.comment(
        matter.pk,
        data["text"],
        to_resident=data["to_resident"],
        only_requester=data["only_requester"],
        actor=viewer,
        version=version,
    )


def _opinion(data: dict[str, Any]) -> Opinion:
    return Opinion(contacted=data["contacted"], satisfaction=data["satisfaction"], said=data["said"])


def _plain(act: Callable[..., object]) -> Act:
    return lambda matter, _data, viewer, version: act(matter.pk, actor=viewer, version=version)


def _one(act: Callable[..., object], *names: str) -> Act:
    return lambda matter, data, viewer, version: act(
        matter.pk, *(data[name] for name in names), actor=viewer, version=version
    )


DOORS: dict[str, Door] = {
    "dispatch": Door(sort_forms.DispatchForm, _dispatch, "dispatch", main=True),
    "arbitrate": Door(
        office_forms.OwnerForm, _one(actions.arbitrate, "owner", "reason"), "state-arbitration", main=True
    ),
    "claim": Door(office_forms.NothingForm, _plain(actions.claim_matter), "claim", main=True),
    "answer": Door(AnswerForm, _answer, "state-answered", main=True),
    "close": Door(office_forms.NothingForm, _plain(actions.close_matter), "done", main=True),
    "decide_time": Door(office_forms.DecideForm, _decide_time, "clock", main=True),
    "decide_exclusion": Door(office_forms.DecideForm, _decide_exclusion, "state-arbitration", main=True),
    "decide_push_down": Door(office_forms.DecideForm, _decide_push_down, "hand-down", main=True),
    "start": Door(office_forms.NothingForm, _plain(actions.start_work), "state-handling"),
    "resume": Door(office_forms.NothingForm, _plain(actions.resume), "clock"),
    "triage": Door(sort_forms.SortForm, _triage, "state-triaged"),
    "out_of_scope": Door(office_forms.OutOfScopeForm, _elsewhere, "state-out_of_scope"),
    "refuse": Door(office_forms.RefuseForm, _refuse, "back"),
    "ask_information": Door(
        office_forms.QuestionForm, _one(actions.ask_information, "question"), "state-awaiting_information"
    ),
    "climb": Door(office_forms.ClimbForm, _climb, "climb"),
    "hand_down": Door(office_forms.HandDownForm, _one(actions.hand_down, "owner", "reason"), "hand-down"),
    "undo": Door(office_forms.NothingForm, _plain(actions.undo), "back"),
    "recall": Door(sort_forms.RecallForm, _recall, "back"),
    "propose_dispatch": Door(
        office_forms.PushDownForm, _one(actions.propose_dispatch, "owner", "reason"), "hand-down"
    ),
    "propose_hand_down": Door(
        office_forms.PushDownForm, _one(actions.propose_hand_down, "owner", "reason"), "hand-down"
    ),
    "take_over": Door(office_forms.ReasonForm, _one(actions.take_over, "reason"), "climb", main=True),
    "whistle": Door(office_forms.WhistleForm, _whistle, "whistle"),
    "join": Door(office_forms.JoinForm, _one(actions.join, "organization", "task"), "joint"),
    "request_time": Door(office_forms.TimeForm, _ask_time, "wait"),
    "merge": Door(office_forms.MergeForm, _merge, "merge"),
    "split": Door(office_forms.SplitForm, _split, "split"),
    "supervise": Door(office_forms.NothingForm, _plain(actions.supervise), "supervise"),
    "release": Door(office_forms.NothingForm, _plain(actions.release), "eye-off"),
    "propose_exclusion": Door(
        office_forms.ExclusionForm, _one(actions.propose_exclusion, "reason", "explanation"), "minus"
    ),
    "comment": Door(office_forms.NoteForm, _note, "comment"),
    "hide_photos": Door(office_forms.NothingForm, _plain(actions.hide_photos), "eye-off"),
    "confirm": Door(
        office_forms.CallBackForm,
        lambda matter, data, viewer, version: actions.confirm(
            matter.pk, _opinion(data), actor=viewer, version=version
        ),
        "phone",
    ),
    "not_solved": Door(
        office_forms.CallBackForm,
        lambda matter, data, viewer, version: actions.not_solved(
            matter.pk, _opinion(data), actor=viewer, version=version
        ),
        "reopen",
    ),
    "supply_information": Door(office_forms.ReplyForm, _one(actions.supply_information, "text"), "phone"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A move offered on the page: the flow's row, its door, its form."""

    move: Move
    door: Door
    form: MoveForm


def offers(matter: Matter, viewer: Viewer, failed: dict[str, MoveForm] | None = None) -> list[Offer]:
    """The moves that this viewer may make now, usual ones first; a form that failed comes back as it was
    sent.
    """
    forms = failed or {}
    return [
        Offer(move, door, forms.get(move.name) or door.form(matter=matter, viewer=viewer, prefix=move.name))
        for move, door in open_doors(matter, viewer)
    ]


def open_doors(matter: Matter, viewer: Viewer, leaving_out: Container[str] = ()) -> list[tuple[Move, Door]]:
    """The moves that this viewer may make now and how each is offered, without its form."""
    possible = {move.name: move for move in queries.moves_for(viewer, matter)}
    known = _Known(matter, viewer)
    return [
        (possible[name], door)
        for name, door in DOORS.items()
        if name in possible and name not in leaving_out and (name not in _SENSE or _SENSE[name](known))
    ]


class _Known:
    """What decides whether an open move makes sense, looked up once for all of them."""

    def __init__(self, matter: Matter, viewer: Viewer) -> None:
        self.matter, self.viewer = matter, viewer

    @cached_property
    def stands_over(self) -> bool:
        return stands_over(self.viewer, self.matter.owner)

    @cached_property
    def push_down(self) -> PushDown | None:
        return actions.waiting_push_down(self.matter)

    @property
    def may_propose_down(self) -> bool:
        category = self.matter.category
        off_list = bool(category) and playbook_of(self.matter).playbook.is_off_list(category)
        return off_list and self.push_down is None

    @property
    def may_decide_push_down(self) -> bool:
        return self.push_down is not None and actions.may_decide_push_down(self.viewer, self.push_down)

    @property
    def may_decide_time(self) -> bool:
        rows = self.matter.time_requests.filter(approved=None)
        waiting = rows.select_related("decider", "matter__owner").first()
        return waiting is not None and actions.may_decide_time(self.viewer, waiting)

    @property
    def may_propose_exclusion(self) -> bool:
        matter = self.matter
        ended = judged(matter).state == State.CLOSED and matter.part_of_id is None
        return ended and self.viewer.person_id is not None and standing(matter) is None

    @property
    def may_decide_exclusion(self) -> bool:
        waiting = standing(self.matter)
        return waiting is not None and waiting.approved is None and may_decide(self.viewer, waiting)

    @property
    def is_left_alone(self) -> bool:
        # Whoever works there is somebody there.
        at_owner = self.matter.owner_id in self.viewer.organizations
        return not at_owner and not staffed([self.matter.owner_id])


# Moves that the state allows but that would be refused for what else is known are left out.
_SENSE: dict[str, Callable[[_Known], bool]] = {
    "hide_photos": lambda known: any(photo.released for photo in known.matter.photos.all()),
    "resume": lambda known: actions.may_resume(known.viewer, known.matter),
    "climb": lambda known: (
        known.matter.state != State.DISPATCHED or actions.may_give_back(known.matter, timezone.now())
    ),
    "hand_down": lambda known: known.stands_over,
    "merge": lambda known: known.stands_over,
    "arbitrate": lambda known: not is_own(known.viewer, refusers_of(known.matter)),
    "decide_time": lambda known: known.may_decide_time,
    "propose_dispatch": lambda known: known.may_propose_down,
    "propose_hand_down": lambda known: known.stands_over and known.may_propose_down,
    "decide_push_down": lambda known: known.may_decide_push_down,
    "supervise": lambda known: (
        known.viewer.person_id is not None
        and (known.matter.supervisor is None or is_vacant(known.matter.supervisor))
    ),
    "release": lambda known: known.matter.supervisor_id in {held.post_id for held in known.viewer.holdings},
    "take_over": lambda known: known.is_left_alone,
    "propose_exclusion": lambda known: known.may_propose_exclusion,
    "decide_exclusion": lambda known: known.may_decide_exclusion,
}
