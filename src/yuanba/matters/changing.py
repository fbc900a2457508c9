"""How every move of a matter is made: locked, authorised, checked against the flow, timed, journaled, told.

An action opens `changing`, alters the matter inside, and the rest follows on leaving: the clock advances by
the events the action noted, one journal entry is appended, the row is saved and one message put in the
outbox, all in one transaction.

Locks are taken in one order everywhere, so that no two moves wait for each other in a circle: matters by
ascending key, all that a move touches before it writes anything; then what belongs to them. No lock is one on the
key (`no_key`): whoever refers to a locked row need not wait, else every reference would be a lock out of order.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yuanba.kernel.as_one import as_one
from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.clock import Event, Resumed, StageStarted, Stopped
from yuanba.kernel.errors import Denied, Missing, NotAllowed, Stale
from yuanba.kernel.flow import Move
from yuanba.kernel.journal.append import append
from yuanba.kernel.kept import KeptRow, KeptSelect
from yuanba.kernel.outbox.queue import put
from yuanba.matters import clockwork
from yuanba.matters.flow import ENDED, FLOW, RESIDENT, RULE, STAGE_OF, State
from yuanba.matters.models import Matter, Note
from yuanba.matters.owners import speaker_of
from yuanba.matters.retention import time_requesters
from yuanba.matters.seeing import can_see
from yuanba.matters.tallying import (
    ENDS,
    Counted,
    Key,
    Life,
    Where,
    add,
    as_rows,
    count_standing,
    is_request,
    measures_of,
    where_of,
)

CHANGED = "matter.changed"
MEANWHILE = gettext_lazy("Somebody changed this matter meanwhile. Look at it again, then decide.")
MATTERS = KeptRow(Matter)
NOTING = frozenset({Power.HANDLE, Power.TRIAGE, Power.SUPERVISE})


@dataclass(frozen=True, slots=True)
class Row:
    """What decides whose post reaches a matter, as it was before the move."""

    place_path: str
    owner_id: int
    accused_path: str


@dataclass(slots=True)
class Change:
    """One move in progress. Its fields become the journal entry; ``data`` must not hold personal data.

    ``counts`` are the differences that the move makes in the counts of requests.
    """

    matter: Matter
    move: Move
    actor: Viewer
    at: datetime
    state_before: str
    events: list[Event] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)
    notices: list[dict[str, Any]] = field(default_factory=list)
    counts: Counter[Key] = field(default_factory=Counter)
    where_before: Where = field(init=False)
    was_open: bool = field(init=False)
    matter_before: Row = field(init=False)

    def __post_init__(self) -> None:
        self.where_before, self.was_open = where_of(self.matter), self.matter.is_open
        self.matter_before = Row(self.matter.place_path, self.matter.owner_id, self.matter.accused_path)

    @property
    def post_id(self) -> int | None:
        """The post that acts, when a person does; a key of an organization acts without one."""
        found = (self.actor.holding_for(power, self.matter_before) for power in self.move.powers)
        held = next(filter(None, found), None)
        return (held.post_id or None) if held else None

    def to(self, state: str, *, anew: bool = False) -> None:
        """Lead the matter to `state`, and its stage clock to the stage that belongs to it; `anew` for a new owner,
        which gets its own time even where that stage was running.
        """
        self.matter.state = State(state)
        if state in ENDED:
            # A merged matter's own clock stopped when it joined its lead.
            self.events += [] if self.matter.stopped_at else [Stopped(at=self.at)]
            self.matter.state_before = ""
            return
        if anew and self.matter.paused_at is not None:
            # A pause was granted to the owner before: the next one's time runs.
            self.events.append(Resumed(at=self.at))
        stage = STAGE_OF.get(State(state))
        if stage is not None and (stage != self.matter.stage or anew):
            self.events.append(StageStarted(at=self.at, stage=stage))

    def tell_requester(self, kind: str, *, own: bool = False, **params: str) -> None:
        """Tell whoever asked; those who joined the matter as well, unless it is their `own` alone."""
        self.notices.append(
            {"to": "requester", "kind": kind, "params": params, **({"own": True} if own else {})}
        )

    def tell_organization(self, organization_id: int, kind: str, **params: str) -> None:
        self.notices.append({"to": "organization", "id": organization_id, "kind": kind, "params": params})

    def tell_post(self, post_id: int, kind: str, **params: str) -> None:
        self.notices.append({"to": "post", "id": post_id, "kind": kind, "params": params})

    def note(self, kind: Note.Kind, text: str) -> Note:
        """Keep words beside the entry; the entry names the note, so erasing its text leaves the chain whole."""
        note = Note.objects.create(
            matter=self.matter,
            kind=kind,
            text=text,
            post_id=self.post_id,
            entry_seq=self.matter.version + 1,
            at=self.at,
        )
        self.data["note"] = note.pk
        return note

    def count(self, counted: Iterable[Counted], step: int = 1) -> None:
        """Count days and measures of this request, or with -1 take them back."""
        add(self.counts, where_of(self.matter), counted, step)

    def count_life(self, where: Where, before: Life | None, after: Life) -> None:
        """Count what changed in what became of an answer for one request."""
        add(self.counts, where, measures_of(before) if before is not None else (), -1)
        add(self.counts, where, measures_of(after))

    def finish(self) -> None:
        matter = self.matter
        if self.events:
            clockwork.advance(matter, self.events)
            self.data["clock"] = [event.to_data() for event in self.events]
        if matter.state != self.state_before:
            self.data |= {"from": self.state_before, "to": str(matter.state)}
        clockwork.set_alarm(matter)
        append(matter, kind=self.move.name, actor=self.actor.actor, at=self.at, data=self.data)
        MATTERS.update(matter)
        time_requesters(matter, self.state_before, actor=self.actor, at=self.at)
        message = {
            "from": self.state_before,
            # To whom it fell now, who may turn out to be nobody.
            "given": "owner" in self.data or "new_round" in self.data,
            "called": self.data.get("called", []),
            "notices": self.notices,
        }
        count_standing(matter, self.where_before, self.was_open, self.counts)
        if matter.state != self.state_before and matter.state in ENDS and is_request(matter):
            self.count([(timezone.localdate(self.at), str(matter.state))])
        put_change(self, matter, self.counts, message)


def put_change(change: Change, matter: Matter, counts: Counter[Key], message: dict[str, Any]) -> None:
    """Put into the outbox what a move made of a matter, its own or another that changed with it: how the counts
    change, and whom to tell.
    """
    told = {"move": change.move.name, "seq": matter.version, "to": str(matter.state)}
    put(CHANGED, matter.pk, told | {"counts": as_rows(counts)} | message, at=change.at)


@contextmanager
def changing(
    matter_id: int,
    name: str,
    *,
    actor: Viewer,
    version: int | None = None,
    at: datetime | None = None,
    row: Matter | None = None,
) -> Iterator[Change]:
    """Open a move on a matter; everything inside and after happens in one transaction or not at all.

    ``row`` is the matter's row where the caller has locked it together with others. Raises `Missing` when the
    actor may not know of the matter, `Denied` without the power the move takes,
    `Stale` when `version` is not the present one, `NotAllowed` (with the allowed moves) when the flow has no
    such move here.
    """
    with as_one():
        matter = row or locked(matter_id)
        if not can_see(actor, matter):
            raise Missing(_("There is no such matter."))
        if not may_move(actor, FLOW.moves[name], matter):
            raise Denied(_("Your post does not include this."))
        if version is not None and version != matter.version:
            raise Stale(MEANWHILE, current_version=matter.version)
        move = _checked(matter.state, name)
        change = Change(matter, move, actor, clockwork.moment(matter, at), str(matter.state))
        if move.target is not None:
            change.to(move.target)
        try:
            yield change
        except NotAllowed as refused:
            refused.allowed = refused.allowed or _others(change)
            raise
        change.finish()


def _checked(state: str, name: str) -> Move:
    try:
        return FLOW.check(state, name)
    except NotAllowed as refused:
        refused.allowed = tuple(row.name for row in _open_moves(state))
        raise


def _others(change: Change) -> tuple[str, ...]:
    """The moves of the state that were open instead of the one that was refused."""
    return tuple(row.name for row in _open_moves(change.state_before) if row != change.move)


def _open_moves(state: str) -> list[Move]:
    """What somebody can do in a state; what only the clock does helps nobody who was refused, nor does undoing."""
    return [row for row in FLOW.allowed(state) if row.power != RULE and row.name != "undo"]


def locked(matter_id: int) -> Matter:
    """The matter's row with its owner and place, locked until the transaction ends. Raises `Missing`."""
    return lock_together([matter_id])[matter_id]


def lock_together(keys: Iterable[int]) -> dict[int, Matter]:
    """Several matters' rows by key, with their owners and places, locked in the one order. Raises `Missing` when one
    is not there.

    Weak enough (``FOR NO KEY UPDATE``) that notices and notes about a matter are written meanwhile.
    """
    wanted = sorted(set(keys))
    if len(wanted) == 1:
        rows = all_locked(lambda: _ONE.rows(wanted[0]), 1)
    else:
        rows = all_locked(lambda: list(_locking().filter(pk__in=wanted)), len(wanted))
    found = {row.pk: row for row in rows}
    if len(found) < len(wanted):
        raise Missing(_("There is no such matter."))
    return found


def all_locked(read: Callable[[], list[Matter]], wanted: int) -> list[Matter]:
    """The rows of a locking read that joins owner and place, none of `wanted` left out.

    On PostgreSQL a row that got another owner while we waited for it no longer fits the owner it was joined with,
    and is left out, though locked. The next statement sees it as it is now.
    """
    rows = read()
    return rows if len(rows) >= wanted else read()


def _locking() -> QuerySet[Matter]:
    rows = Matter.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("owner", "place").order_by("pk")


def _with_lead(key: int, again: int) -> QuerySet[Matter]:
    # One value, looked up first: `pk IN (subquery)` beside an OR would read every matter there is.
    lead = Subquery(Matter.objects.filter(pk=again).values("lead")[:1])
    return _locking().filter(Q(pk=key) | Q(pk=lead))


_ONE = KeptSelect(lambda key: _locking().filter(pk=key))
_WITH_LEAD = KeptSelect(_with_lead, 2)


def locked_with_lead(matter_id: int) -> tuple[Matter, Matter | None]:
    """A matter and the one it joined, if any, locked in the one order. Raises `Missing`, and `Stale` when it
    joined another at that very moment.
    """
    rows = all_locked(lambda: _WITH_LEAD.rows(matter_id, matter_id), 1)
    found = {row.pk: row for row in rows}
    matter = found.get(matter_id)
    if matter is None:
        raise Missing(_("There is no such matter."))
    if matter.lead_id is None:
        return matter, None
    if matter.lead_id not in found:
        raise Stale(MEANWHILE, current_version=matter.version)
    return matter, found[matter.lead_id]


def may_move(actor: Viewer, move: Move, matter: Matter) -> bool:
    """Whether the actor has what the move takes, apart from the matter's state."""
    if move.power == RESIDENT:
        return actor.matter_id == matter.pk or records_for_resident(actor, move, matter)
    if move.power == RULE:
        return actor.actor.startswith("system/")
    if move.power == Power.SEE:
        own = move.name == "hide_photos" and actor.matter_id == matter.pk
        return own or (_speaks_for_office(actor) and can_see(actor, matter))
    if move.name == "release":
        return matter.supervisor_id in actor.posts
    return any(actor.may(power, matter) for power in move.powers)


def _speaks_for_office(actor: Viewer) -> bool:
    """Whoever holds a post may write a note on what they see; a key only when it works on matters, for its words
    may go to the resident as the office's.
    """
    return bool(actor.posts or actor.powers & NOTING)


def records_for_resident(actor: Viewer, move: Move, matter: Matter) -> bool:
    """Staff may record what a resident said in a call back, but never the office that is being judged or one
    under it, and never that a request was withdrawn: that takes the resident's own hand. A key records nothing for
    anybody: a program that brought a request in holds the secret of its link.

    A part has no resident of its own: the owner of the whole speaks for it.
    """
    if matter.part_of is not None:
        return actor.may(Power.HANDLE, matter.part_of) or _speaks_for_part(actor, matter)
    if move.name == "withdraw" or not actor.posts or not actor.may(Power.RECEIVE, matter):
        return False
    judged = (matter.lead or matter).owner
    return judged.pk not in actor.organizations and (
        judged.parent_id is None or not actor.works_for(judged.path)
    )


def _speaks_for_part(actor: Viewer, part: Matter) -> bool:
    """Whether the actor's office speaks for a part that complains about the owner of its whole; what residents say
    is recorded by those who handle or receive there.
    """
    powers = actor.powers & {Power.HANDLE, Power.RECEIVE}
    return bool(powers) and speaker_of(part).pk in actor.organizations
