"""What an API key may be given, and the powers each scope stands for. The one table; docs and help read it.

No scope reveals who asked (`see_requester`, `unmask`): a key that leaks must not leak residents.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import Invalid

P = Power

SCOPES: Mapping[str, frozenset[Power]] = MappingProxyType(
    {
        # Bring requests in and follow the public record of them.
        "report": frozenset({P.RECEIVE}),
        # Read matters, boards and figures, without requesters.
        "read": frozenset({P.SEE, P.SEE_BOARD}),
        # Sort and send: everything before somebody claims, and everything that changes the owner.
        "dispatch": frozenset(
            {
                P.SEE,
                P.TRIAGE,
                P.DISPATCH,
                P.CLIMB,
                P.HAND_DOWN,
                P.RECALL,
                P.TAKE_OVER,
                P.ADMIT,
                P.WHISTLE,
                P.JOIN,
                P.MERGE,
                P.SPLIT,
                P.SUPERVISE,
                P.ARBITRATE,
                P.DECIDE_PAUSE,
                P.OUT_OF_SCOPE,
            }
        ),
        # Work on what was dispatched.
        "handle": frozenset(
            {
                P.SEE,
                P.CLAIM,
                P.HANDLE,
                P.ANSWER,
                P.REFUSE,
                P.ASK_INFORMATION,
                P.CLIMB,
                P.JOIN,
                P.REQUEST_PAUSE,
            }
        ),
        # Record the resident's verdict and close.
        "close": frozenset({P.SEE, P.CLOSE}),
        # What an Open311 client needs: post requests, read the public ones.
        "open311": frozenset({P.RECEIVE, P.SEE_BOARD}),
        # Keep the ground: places, people, posts, playbook; read metrics and exports.
        "admin": frozenset(
            {
                P.OPERATE,
                P.SEE_BOARD,
                P.EXPORT,
                P.MANAGE_PLACES,
                P.MANAGE_PEOPLE,
                P.MANAGE_POSTS,
                P.MANAGE_PLAYBOOK,
            }
        ),
    }
)

SAID: Mapping[str, str | Promise] = MappingProxyType(
    {
        "report": gettext_lazy("Bring requests in"),
        "read": gettext_lazy("Read matters, boards and figures, without requesters"),
        "dispatch": gettext_lazy("Sort and dispatch, pass up and hand down, call departments"),
        "handle": gettext_lazy("Claim matters, work on them and answer"),
        "close": gettext_lazy("Record what residents say, and close"),
        "open311": gettext_lazy("Open311 clients: bring requests in, read the public ones"),
        "admin": gettext_lazy("Keep places, people, posts and playbook; read metrics and exports"),
    }
)
"""What each scope lets a key do, in words."""

# These reach no matter, so whoever runs the system may give them.
_BY_OPERATORS = frozenset({"report", "open311", "admin"})


def givable_by(actor: Viewer) -> list[str]:
    """The scopes that this operator may give a key: beyond those that reach no matter, only ones whose every
    power they have in the whole district themselves.
    """
    return [
        name
        for name, powers in SCOPES.items()
        if name in _BY_OPERATORS or all(actor.scope(power).everywhere for power in powers)
    ]


def powers_of(scopes: Iterable[str]) -> frozenset[str]:
    """The powers that `scopes` stand for together; an unknown name, left from an older release, stands for
    none.
    """
    return frozenset().union(*(SCOPES.get(name, frozenset()) for name in scopes))


def check_scopes(scopes: Iterable[str]) -> list[str]:
    """`scopes` sorted and without repeats. Raises `Invalid` for none or an unknown one."""
    names = sorted(set(scopes))
    unknown = [name for name in names if name not in SCOPES]
    if unknown or not names:
        raise Invalid(
            _("Choose scopes from: %(known)s.") % {"known": ", ".join(SCOPES)},
            field="scopes",
            code="unknown_scope",
        )
    return names
