"""The matter's states and moves: the one table that decides what can happen next.

Drawn into docs/matter-flow.md by ``yuanba docs flow``; walked row by row in tests.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yuanba.kernel.authority import Power
from yuanba.kernel.flow import Flow, Move


class State(models.TextChoices):
    RECEIVED = "received", _("Received")
    TRIAGED = "triaged", _("Sorted")
    DISPATCHED = "dispatched", _("Dispatched")
    CLAIMED = "claimed", _("Claimed")
    HANDLING = "handling", _("In progress")
    ANSWERED = "answered", _("Answered")
    CONFIRMED = "confirmed", _("Confirmed")
    CLOSED = "closed", _("Closed")
    ARBITRATION = "arbitration", _("In arbitration")
    AWAITING_INFORMATION = "awaiting_information", _("Waiting for information")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    OUT_OF_SCOPE = "out_of_scope", _("Not for this office")
    MERGED = "merged", _("Joined with another")


ENDED = frozenset({State.CLOSED, State.WITHDRAWN, State.OUT_OF_SCOPE, State.MERGED})
OPEN = frozenset(State) - ENDED
WITH_TRIAGE = frozenset({State.RECEIVED, State.TRIAGED})
AT_WORK = frozenset({State.DISPATCHED, State.CLAIMED, State.HANDLING})
TAKEN = frozenset({State.CLAIMED, State.HANDLING})
# What the rates are made of: the closed, and those that were closed together with the one they joined.
JUDGED = frozenset({State.CLOSED, State.MERGED})
# Where a dispatch or a claim leads: what was a slip is taken back there.
WITH_SLIPS = frozenset({State.TRIAGED, State.DISPATCHED, State.CLAIMED})
IN_HAND = WITH_TRIAGE | AT_WORK | {State.AWAITING_INFORMATION, State.ARBITRATION}

# A resident's moves take no post: the secret link to their own matter is what allows them.
RESIDENT = "resident"
# Moves that only the published rules make, by the clock.
RULE = "rule"


class Stage(models.TextChoices):
    """What the stage clock is running for; the playbook's tiers set a limit for each."""

    TRIAGE = "triage", _("Sorting")
    CLAIM = "claim", _("Claiming")
    HANDLING = "handling", _("Handling")
    CONFIRM = "confirm", _("Confirming")
    ARBITRATION = "arbitration", _("Arbitration")
    STRIKE_OFF = "strike_off", _("Striking off")


STAGE_OF = {
    State.RECEIVED: Stage.TRIAGE,
    State.TRIAGED: Stage.TRIAGE,
    State.ARBITRATION: Stage.ARBITRATION,
    State.DISPATCHED: Stage.CLAIM,
    State.CLAIMED: Stage.HANDLING,
    State.HANDLING: Stage.HANDLING,
    State.ANSWERED: Stage.CONFIRM,
    State.CONFIRMED: Stage.STRIKE_OFF,
}

FLOW = Flow(
    [
        Move("triage", WITH_TRIAGE, State.TRIAGED, Power.TRIAGE, _("Sort")),
        Move("dispatch", WITH_TRIAGE, None, Power.DISPATCH, _("Dispatch")),
        Move(
            "out_of_scope", WITH_TRIAGE, State.OUT_OF_SCOPE, Power.OUT_OF_SCOPE, _("Point to the right place")
        ),
        Move(
            "follow_elsewhere",
            frozenset({State.MERGED}),
            State.OUT_OF_SCOPE,
            RULE,
            _("Point to the right place with the matter it joined"),
        ),
        Move("claim", frozenset({State.DISPATCHED}), State.CLAIMED, Power.CLAIM, _("Claim")),
        Move("refuse", frozenset({State.DISPATCHED}), None, Power.REFUSE, _("Refuse")),
        Move(
            "arbitrate",
            frozenset({State.ARBITRATION}),
            None,
            Power.ARBITRATE,
            _("Decide who handles it"),
        ),
        Move("start", frozenset({State.CLAIMED}), State.HANDLING, Power.HANDLE, _("Start work")),
        Move("answer", TAKEN, State.ANSWERED, Power.ANSWER, _("Answer")),
        Move(
            "ask_information",
            WITH_TRIAGE | TAKEN,
            State.AWAITING_INFORMATION,
            Power.ASK_INFORMATION,
            _("Ask for more"),
        ),
        Move(
            "supply_information",
            frozenset({State.AWAITING_INFORMATION}),
            None,
            RESIDENT,
            _("Add what was asked"),
        ),
        Move(
            "go_on",
            frozenset({State.AWAITING_INFORMATION}),
            None,
            RULE,
            _("Go on without a reply"),
        ),
        Move("climb", AT_WORK, None, Power.CLIMB, _("Pass up")),
        Move("hand_down", AT_WORK, None, Power.HAND_DOWN, _("Hand down")),
        # Whoever made the last move, at once, while nobody has acted since: see actions/undoing.py.
        Move("undo", WITH_SLIPS, None, Power.SEE, _("Undo")),
        Move("recall", AT_WORK | {State.AWAITING_INFORMATION}, None, Power.RECALL, _("Call back")),
        Move("propose_dispatch", WITH_TRIAGE, None, Power.DISPATCH, _("Propose to push down")),
        Move("propose_hand_down", AT_WORK, None, Power.HAND_DOWN, _("Propose to push down")),
        Move("decide_push_down", WITH_TRIAGE | AT_WORK, None, Power.ADMIT, _("Decide on pushing down")),
        Move("take_over", WITH_TRIAGE | AT_WORK, None, Power.TAKE_OVER, _("Take over")),
        Move("whistle", TAKEN, None, Power.WHISTLE, _("Call departments")),
        Move("join", TAKEN, None, Power.JOIN, _("Bring in")),
        Move("split", WITH_TRIAGE | TAKEN, None, Power.SPLIT, _("Split")),
        Move("merge", IN_HAND, State.MERGED, Power.MERGE, _("Join with another")),
        Move("request_time", TAKEN, None, Power.REQUEST_PAUSE, _("Ask for more time or a pause")),
        Move("decide_time", TAKEN, None, Power.DECIDE_PAUSE, _("Decide the request for time")),
        Move("resume", TAKEN, None, Power.HANDLE, _("Resume"), also=Power.DECIDE_PAUSE),
        Move("supervise", OPEN, None, Power.SUPERVISE, _("Supervise")),
        Move("release", OPEN, None, Power.SUPERVISE, _("Release")),
        Move("comment", frozenset(State), None, Power.SEE, _("Note")),
        Move("hide_photos", frozenset(State), None, Power.SEE, _("Show its photos to everyone no more")),
        Move("confirm", frozenset({State.ANSWERED, State.MERGED}), None, RESIDENT, _("Solved")),
        Move(
            "not_solved",
            frozenset({State.ANSWERED, State.CONFIRMED, State.CLOSED, State.MERGED}),
            None,
            RESIDENT,
            _("Not solved"),
        ),
        Move("withdraw", OPEN | {State.MERGED}, State.WITHDRAWN, RESIDENT, _("Withdraw")),
        Move("close", frozenset({State.CONFIRMED}), State.CLOSED, Power.CLOSE, _("Strike off")),
        Move(
            "propose_exclusion",
            JUDGED,
            None,
            Power.PROPOSE_EXCLUSION,
            _("Propose to leave out of the rates"),
        ),
        Move(
            "decide_exclusion", JUDGED, None, Power.DECIDE_EXCLUSION, _("Decide on leaving out of the rates")
        ),
        Move(
            "count_verdict",
            frozenset({State.ANSWERED, State.CONFIRMED, State.CLOSED}),
            None,
            RULE,
            _("Count what residents say"),
        ),
        Move(
            "close_unanswered", frozenset({State.ANSWERED}), State.CLOSED, RULE, _("Close without an answer")
        ),
    ]
)
