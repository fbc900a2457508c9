"""A matter in words for pages and exports: names of tier, state, category and place, and what comes next."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yuanba.matters import clockwork
from yuanba.matters.flow import Stage, State
from yuanba.matters.models import Matter, Outcome
from yuanba.matters.seeing import is_unsorted
from yuanba.matters.telling import category_name, filed_under
from yuanba.places.models import Place
from yuanba.places.queries import full_names
from yuanba.web.shapes import LadderStep, StepState

NEXT = {
    State.RECEIVED: gettext_lazy("It is sorted and sent to whoever can solve it."),
    State.TRIAGED: gettext_lazy("It is sent to whoever can solve it."),
    State.DISPATCHED: gettext_lazy("The owner takes it on."),
    State.CLAIMED: gettext_lazy("The owner begins work."),
    State.HANDLING: gettext_lazy("The owner answers what was done."),
    State.ANSWERED: gettext_lazy("The resident says whether it is solved."),
    State.CONFIRMED: gettext_lazy("It is struck off the list."),
    State.ARBITRATION: gettext_lazy("The governance centre decides who handles it."),
    State.AWAITING_INFORMATION: gettext_lazy("The resident adds what was asked."),
    State.CLOSED: gettext_lazy("It is watched, in case the trouble comes back."),
    State.MERGED: gettext_lazy("It is answered together with the matter it joined."),
}

# What the requester does next is said to them, not about them.
NEXT_FOR_RESIDENT = NEXT | {
    State.RECEIVED: gettext_lazy("It is sorted by that day. Then you are told who answers, and by when."),
    State.ANSWERED: gettext_lazy("You say whether it is solved."),
    State.AWAITING_INFORMATION: gettext_lazy("You add what was asked."),
}


DUE_FOR = {
    Stage.TRIAGE: gettext_lazy("To be sorted by"),
    Stage.CLAIM: gettext_lazy("To be claimed by"),
    Stage.HANDLING: gettext_lazy("To be handled by"),
    Stage.CONFIRM: gettext_lazy("The resident's word by"),
    Stage.ARBITRATION: gettext_lazy("To be decided by"),
    Stage.STRIKE_OFF: gettext_lazy("To be struck off by"),
}
ANSWER_BY = gettext_lazy("To be answered by")


@dataclass(frozen=True, slots=True)
class Row:
    """One matter as lists show it."""

    matter: Matter
    number: str
    title: str
    tier: str
    level: int
    state: str
    state_label: str
    category: str
    owner: str
    place: str
    due: datetime
    received: datetime
    paused: bool
    over: bool
    tone: str
    next_step: str
    due_for: str = ""
    """What the day is for; empty where it is plain."""
    promised: datetime | None = None
    """The day of the answer that was promised, where the day shown is that of a step."""
    again: bool = False
    """Whether it is at work again because the resident said that an answer solved nothing; offices are told."""


def rows_of(matters: Iterable[Matter]) -> list[Row]:
    """Lists' rows: one query for all place names, whatever their number."""
    listed = list(matters)
    names = full_names([matter.place for matter in listed])
    return [row_of(matter, names[matter.place_id]) for matter in listed]


def row_of(matter: Matter, place: str) -> Row:
    playbook = clockwork.playbook_of(matter).playbook
    state = State(matter.state)
    return Row(
        matter=matter,
        number=matter.number,
        title=matter.title,
        tier=playbook.tier(matter.tier).name,
        level=playbook.tier_rank(matter.tier) + 1,
        state=str(state),
        state_label=str(state.label) if matter.paused_at is None else str(_("Paused")),
        category=filed_under(matter),
        owner=matter.owner.called,
        place=place,
        # What has ended shows when it did: its deadline is nobody's business any more.
        due=matter.stopped_at or matter.due_at,
        received=matter.received_at,
        paused=matter.paused_at is not None,
        over=not matter.is_open,
        tone=tone_of(matter, timezone.now()),
        next_step=str(NEXT.get(state, "")),
        due_for=due_for(matter),
        promised=_promised_besides(matter),
        again=matter.round > 1 and matter.is_open and state not in clockwork.ANSWER_GIVEN,
    )


def due_for(matter: Matter) -> str:
    """What the deadline that counts now is for, in words: the step under way, or the whole answer; empty for what has
    ended.
    """
    if not matter.is_open:
        return ""
    if matter.state not in clockwork.ANSWER_GIVEN and matter.due_at == matter.total_due_at:
        return str(ANSWER_BY)
    return str(DUE_FOR[Stage(matter.stage)])


def _promised_besides(matter: Matter) -> datetime | None:
    promised = clockwork.promised_at(matter)
    running = matter.is_open and matter.paused_at is None and not is_unsorted(matter)
    told = running and matter.part_of_id is None and promised != matter.due_at
    return promised if told else None


def called_rows(matters: Iterable[Matter]) -> list[Row]:
    """Rows for whoever was called to help (`queries.with_calls`): the day to check in, or to report, where either is
    still waited for.
    """
    return [_of_call(row) for row in rows_of(matters)]


def _of_call(row: Row) -> Row:
    matter = row.matter
    came = getattr(matter, "call_checked_in_at", None) is not None
    due: datetime | None = getattr(matter, "call_report_due_at" if came else "call_check_in_due_at", None)
    if row.over or due is None:
        return row
    words = _("To be reported by") if came else _("To check in by")
    # Its own clock runs on while the owner's stands still; how pressing it is shows by the time that is left.
    return replace(row, due=due, due_for=words, tone="", paused=False, promised=None)


def promised_row(matter: Matter, place: str) -> Row:
    """The row with the day that its requester was promised, in place of that of the step under way. Before somebody has
    sorted it nothing is promised but that: the software's guess at its tier, and so at the day, may not hold.
    """
    row = row_of(matter, place)
    if is_unsorted(matter):
        return replace(row, tier="", tone="", promised=None, again=False)
    tone = row.tone if matter.state in clockwork.RESIDENTS_TIME else ""
    due = matter.stopped_at or clockwork.promised_at(matter)
    return replace(row, due=due, tone=tone, due_for="", promised=None, again=False)


def next_for_resident(matter: Matter) -> str:
    """What comes next, in words to the requester."""
    return str(NEXT_FOR_RESIDENT.get(State(matter.state), ""))


def public_rows(matters: Iterable[Matter]) -> list[Row]:
    """Rows for everyone, with the day that was promised: the category in place of the resident's words as title, and
    no place nearer than the estate; of private life not even the category, and no place nearer than the community.
    What has ended tells how.
    """
    listed = list(matters)
    coarse = {matter.pk for matter in listed if is_private(matter)}
    places = {matter.pk: public_place(matter.place, coarse=matter.pk in coarse) for matter in listed}
    names = full_names(places.values())
    rows = (promised_row(matter, names[places[matter.pk].pk]) for matter in listed)
    return [
        replace(
            row,
            title=_public_title(row.matter),
            category="",
            state_label=str(Outcome(row.matter.outcome).label) if row.over else row.state_label,
        )
        for row in rows
    ]


def _public_title(matter: Matter) -> str:
    if is_unsorted(matter):
        return _("Not sorted yet")
    return _("A matter of private life") if is_private(matter) else category_name(matter)


def is_private(matter: Matter) -> bool:
    """Whether its kind alone would tell of somebody's private life, by the playbook under which it was opened;
    what nobody has sorted yet may.
    """
    if is_unsorted(matter):
        return True
    try:
        return clockwork.playbook_of(matter).playbook.category(matter.category).sensitive
    except KeyError:
        return True


def tone_of(matter: Matter, now: datetime) -> str:
    """How pressing the deadline is: late, soon or calm; judged by the matter's own clock. Nobody is late by the
    resident's time.
    """
    if now > matter.due_at and matter.state not in clockwork.RESIDENTS_TIME:
        return "late"
    return "soon" if now >= matter.warns_at else "calm"


def ladder_of(matter: Matter, been: Collection[str]) -> list[LadderStep]:
    """The levels a matter can climb, with the one that has it now. ``been`` are the kinds of offices that have had it
    (`story.whole_story`): what it went past, as a complaint does past those it is about, it never was at.
    """
    playbook = clockwork.playbook_of(matter).playbook
    kinds = ["community", "street", "department", "district"]
    here = {"centre": "district"}.get(matter.owner.kind, matter.owner.kind)
    if here not in kinds:
        kinds.insert(0, here)
    names = {item.kind: item.name for item in playbook.organizations.kinds}
    at = kinds.index(here)
    return [
        LadderStep(
            label=names.get(kind) or playbook.level_name(kind),  # type: ignore[call-overload]
            state=_step_state(place - at, kind in been),
            detail=matter.owner.called if place == at else "",
        )
        for place, kind in enumerate(kinds)
        if kind != "department" or here == "department"
    ]


def _step_state(above: int, has_been: bool) -> StepState:
    """Of a level so many steps above the one that has the matter, below it for less than none."""
    if above >= 0:
        return "ahead" if above else "current"
    return "passed" if has_been else "skipped"


def public_place(place: Place, *, coarse: bool = False) -> Place:
    """Where the public may know a matter is: never nearer than the estate, or the community for `coarse`."""
    near = {"household", "unit", "building"} | ({"estate", "area"} if coarse else set())
    while place.kind in near and place.parent is not None:
        place = place.parent
    return place
