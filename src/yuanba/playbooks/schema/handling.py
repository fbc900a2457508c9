"""What happens between dispatch and close: escalation, refusals, pauses, whistles, merging, closing."""

from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from yuanba.kernel import clock
from yuanba.playbooks.schema.base import Code, Limit, Name, Part, Sentence, Share, Sourced

GateElement = Literal["addresses_request", "what_was_done", "by_whom", "when"]
Days = Annotated[int, Field(ge=0, le=3660)]
Times = Annotated[int, Field(ge=0, le=20)]


class TierDelay(Part):
    """A different delay for one tier."""

    tier: Code
    """The tier."""
    plus: Limit
    """How long after the limit."""


class EscalationStep(Part):
    """One step; taken once per stage, in order."""

    code: Literal["warning", "overdue", "supervision", "leader"]
    """Which step."""
    name: Name
    """What it is called here."""
    at: Literal["warn_at", "limit"]
    """warn_at: at the tier's warning share; limit: when the limit has passed."""
    plus: Limit | None = None
    """How long after that; empty means at once."""
    plus_by_tier: tuple[TierDelay, ...] = ()
    """Tiers with another delay."""
    by: Literal["owner", "level_above", "leader_above"]
    """Who is told and has to act."""

    def delay(self, tier: str) -> clock.Limit | None:
        """What passes before this step for a matter of `tier`; None means at once."""
        return next((row.plus for row in self.plus_by_tier if row.tier == tier), self.plus)


class Escalation(Sourced):
    """What the clock does on its own."""

    steps: Annotated[tuple[EscalationStep, ...], Field(min_length=1, max_length=4)]
    """The steps, in order."""

    @field_validator("steps")
    @classmethod
    def _in_order(cls, steps: tuple[EscalationStep, ...]) -> tuple[EscalationStep, ...]:
        order = ["warning", "overdue", "supervision", "leader"]
        places = [order.index(step.code) for step in steps]
        if places != sorted(set(places)):
            raise PydanticCustomError("steps_order", "steps order")
        return steps


class RefusalReason(Part):
    """A reason for which an office may send a matter back. The legal basis is always asked for."""

    code: Code
    """Code."""
    name: Name
    """The reason."""
    basis_hint: Sentence
    """What kind of legal basis to name, and where it is usually found."""


class Refusals(Sourced):
    """Sending a dispatch back."""

    reasons: Annotated[tuple[RefusalReason, ...], Field(min_length=1)]
    """Reasons to choose from."""
    within: Limit
    """From dispatched until an office may still refuse."""
    before_arbitration: Annotated[int, Field(ge=1, le=5)]
    """After this many refusals the centre decides."""
    arbitration_limit: Limit
    """How long the centre may take to decide."""


class PauseReason(Part):
    """A ground on which the clock may stand still."""

    code: Code
    """Code."""
    name: Name
    """The ground."""


class Pauses(Sourced):
    """Stopping the clock, always approved by the power above."""

    reasons: Annotated[tuple[PauseReason, ...], Field(min_length=1)]
    """Grounds to choose from."""
    review_every: Limit
    """How often a standing pause is looked at again."""


class Whistle(Sourced):
    """A street calls departments to the spot."""

    check_in_within: Limit
    """From called until a department says it is coming."""
    report_within: Limit
    """From called until it reports what it did."""
    max_departments: Annotated[int, Field(ge=1, le=30)]
    """How many departments one whistle may call."""


class Merge(Sourced):
    """Many requests, one trouble."""

    confirm_share: Share
    """Share of the requesters who must say it is solved before the whole is closed as solved."""
    suggest_within_days: Days
    """How far back similar matters are looked for."""


class Closing(Sourced):
    """How a matter ends, may come back, and is watched."""

    remind_after: Limit
    """From answered until the resident is reminded to confirm."""
    silent_after: Limit
    """The resident's time: from answered until a matter without any answer is closed by this rule, and counted as
    such.
    """
    strike_off_within: Limit | None = None
    """From confirmed until it is struck off, and then again and again until it is; empty: as `silent_after`."""
    max_reopens: Times
    """How often a resident may say it is not solved before the level above takes it."""
    reopen_window_days: Days
    """Days after closing in which it may be reopened."""
    watch_recurrence_days: Days
    """Days in which a new matter of the same kind at the same place is linked and raises an alarm."""

    @property
    def strike_off_limit(self) -> Limit:
        """How long striking off may take."""
        return self.strike_off_within or self.silent_after


class AnswerGate(Sourced):
    """What an answer must contain before it goes out. A person may override it with a reason."""

    required: Annotated[tuple[GateElement, ...], Field(min_length=1)]
    """What is looked for."""
    min_characters: Annotated[int, Field(ge=0, le=500)]
    """Shorter answers are pointed out."""
    empty_phrases: tuple[Name, ...]
    """Phrases that say nothing."""


class Channel(Part):
    """A proper channel outside."""

    code: Code
    """Code."""
    name: Name
    """What it is for."""
    where: Sentence
    """Where to go: office, telephone or address."""


class OutOfScopeOutcome(Sourced):
    """One way a request can turn out not to belong here."""

    code: Literal[
        "emergency_transfer",
        "legal_channel",
        "duplicate_no_new_fact",
        "secret_or_privacy",
        "beyond_duty",
        "unlawful_or_immoral",
    ]
    """Which of the six (Beijing ordinance, Article 11)."""
    name: Name
    """Its name."""
    text: Sentence
    """What the resident is told."""
    right_place: Sentence
    """Where to go instead, or what happens next."""
    channels: tuple[Channel, ...] = ()
    """Particular channels to choose from."""
