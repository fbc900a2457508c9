"""Posts give powers over subtrees; nobody has rights of their own.

One rule gives two answers: `Scope.covers` says whether a power reaches one subject, `Scope.condition` which
rows it reaches. Both walk the same grants, so a list can never show what a page would refuse.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Protocol

from django.db.models import Q
from django.utils.translation import gettext as _

from yuanba.kernel.errors import Denied
from yuanba.kernel.paths import ancestors_and_self, contains, subtree_range


class Power(StrEnum):
    """Everything a post can be allowed to do. A playbook's post kinds name them by these codes."""

    SEE = "see"
    SEE_REQUESTER = "see_requester"
    UNMASK = "unmask"
    RECEIVE = "receive"
    TRIAGE = "triage"
    DISPATCH = "dispatch"
    CLAIM = "claim"
    HANDLE = "handle"
    ANSWER = "answer"
    REFUSE = "refuse"
    ASK_INFORMATION = "ask_information"
    CLIMB = "climb"
    HAND_DOWN = "hand_down"
    RECALL = "recall"
    TAKE_OVER = "take_over"
    ADMIT = "admit"
    WHISTLE = "whistle"
    JOIN = "join"
    MERGE = "merge"
    SPLIT = "split"
    SUPERVISE = "supervise"
    REQUEST_PAUSE = "request_pause"
    DECIDE_PAUSE = "decide_pause"
    ARBITRATE = "arbitrate"
    OUT_OF_SCOPE = "out_of_scope"
    CLOSE = "close"
    PROPOSE_EXCLUSION = "propose_exclusion"
    DECIDE_EXCLUSION = "decide_exclusion"
    EXPORT = "export"
    MANAGE_PLACES = "manage_places"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_POSTS = "manage_posts"
    MANAGE_PLAYBOOK = "manage_playbook"
    SEE_BOARD = "see_board"
    OPERATE = "operate"


@dataclass(frozen=True, slots=True)
class Territory:
    """A place whose subtree a holding reaches; kind and key let lists use the matching index."""

    place_id: int
    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Holding:
    """One post held now: what it may do for its organization (`own`), in its territory, and in the whole
    district. ``around`` are the paths of the offices that stand for the place of a post without organization.
    """

    post_id: int
    kind: str
    title: str
    organization_id: int | None = None
    organization_path: str = ""
    territory: Territory | None = None
    own: frozenset[str] = frozenset()
    inside: frozenset[str] = frozenset()
    district: frozenset[str] = frozenset()
    around: tuple[str, ...] = ()

    @property
    def offices(self) -> tuple[str, ...]:
        """The paths of the organizations that this post works for, or beside in their place."""
        return (self.organization_path, *self.around)


class Subject(Protocol):
    """What a scope needs to know of a row to decide on it."""

    @property
    def place_path(self) -> str: ...

    @property
    def owner_id(self) -> int: ...

    @property
    def accused_path(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Fields:
    """The columns under which a table answers a scope's questions; an empty name means it has no such column."""

    path: str = "place_path"
    street: str = "street_id"
    community: str = "community_id"
    owner: str = "owner_id"
    accused: str = "accused_path"


@dataclass(frozen=True)
class Scope:
    """How far one power of one viewer reaches."""

    everywhere: bool
    territories: tuple[Territory, ...]
    organizations: frozenset[int]
    barred: frozenset[str]

    @property
    def empty(self) -> bool:
        return not (self.everywhere or self.territories or self.organizations)

    def covers_place(self, path: str) -> bool:
        return self.everywhere or any(contains(territory.path, path) for territory in self.territories)

    def covers(self, subject: Subject) -> bool:
        """Whether the power reaches this one row."""
        if subject.accused_path and subject.accused_path in self.barred:
            return False
        return subject.owner_id in self.organizations or self.covers_place(subject.place_path)

    def condition(self, fields: Fields = Fields()) -> Q:
        """The same answer for a whole table, as a filter. An empty scope matches nothing."""
        reach = Q() if self.everywhere else self._reach(fields)
        if fields.accused and self.barred:
            reach &= ~Q(**{f"{fields.accused}__in": sorted(self.barred)})
        return reach

    def _reach(self, fields: Fields) -> Q:
        reach = Q(pk__in=[])
        if self.organizations and fields.owner:
            reach |= Q(**{f"{fields.owner}__in": sorted(self.organizations)})
        for territory in self.territories:
            reach |= _inside(territory, fields)
        return reach


def _inside(territory: Territory, fields: Fields) -> Q:
    """Rows in a territory; streets and communities have a column of their own, because lists of them must be
    ordered by index.
    """
    by_kind = {"street": fields.street, "community": fields.community}
    if column := by_kind.get(territory.kind, ""):
        return Q(**{column: territory.place_id})
    first, past = subtree_range(territory.path)
    return Q(**{f"{fields.path}__gte": first, f"{fields.path}__lt": past})


@dataclass(frozen=True)
class Viewer:
    """Who is acting or looking, with the posts that are theirs now.

    ``actor`` is how the journal names them: a reference without personal data, such as ``post:12/person:5``.
    ``matter_id`` is set for a resident who opened their own matter by its secret link, and reaches nothing
    else.
    """

    actor: str
    account_id: int | None = None
    person_id: int | None = None
    holdings: tuple[Holding, ...] = ()
    matter_id: int | None = None
    powers_everywhere: frozenset[str] = frozenset()

    @property
    def hand(self) -> str:
        """Who is behind this viewer, whichever of their posts acts."""
        return hand_of(self.actor)

    @cached_property
    def organizations(self) -> frozenset[int]:
        return frozenset(held.organization_id for held in self.holdings if held.organization_id is not None)

    @cached_property
    def posts(self) -> frozenset[int]:
        """The posts held; a key of an organization holds none."""
        return frozenset(held.post_id for held in self.holdings if held.post_id)

    @cached_property
    def _barred(self) -> frozenset[str]:
        """Paths of organizations that this viewer works for, beside or under: matters accusing them are hidden
        from the viewer.
        """
        return frozenset(
            path for held in self.holdings for office in held.offices for path in ancestors_and_self(office)
        )

    @cached_property
    def powers(self) -> frozenset[str]:
        """Every power the viewer has anywhere; for menus, never for decisions."""
        held = (held.own | held.inside | held.district for held in self.holdings)
        return self.powers_everywhere.union(*held)

    def scope(self, power: str) -> Scope:
        """How far `power` reaches for this viewer."""
        return Scope(
            everywhere=power in self.powers_everywhere
            or any(power in held.district for held in self.holdings),
            territories=tuple(
                held.territory
                for held in self.holdings
                if held.territory is not None and power in held.inside
            ),
            organizations=frozenset(
                held.organization_id
                for held in self.holdings
                if held.organization_id is not None and power in held.own
            ),
            barred=self._barred,
        )

    def may(self, power: str, subject: Subject) -> bool:
        return self.scope(power).covers(subject)

    def require(self, power: str) -> None:
        """Raises `Denied` unless the viewer has `power` somewhere; rows are narrowed by `scope` all the same."""
        if power not in self.powers:
            raise Denied(_("Your post does not include this."))

    def holding_for(self, power: str, subject: Subject) -> Holding | None:
        """The holding by which the viewer has `power` over this one row, for naming the post that acts."""
        for held in self.holdings:
            if replace(self, holdings=(held,), powers_everywhere=frozenset()).may(power, subject):
                return held
        return None

    def works_for(self, organization_path: str) -> bool:
        """Whether one of the viewer's posts is at the organization of that path, below it, or in the place that
        it stands for.
        """
        return any(contains(organization_path, office) for held in self.holdings for office in held.offices)


def hand_of(actor: str) -> str:
    """Who is behind an actor of the journal, through whichever post or account: the person; else the account, the
    key or the program.
    """
    return actor.rpartition("/")[2] if "/person:" in actor else actor


NOBODY = Viewer(actor="nobody")


def system(name: str, powers: Iterable[str] = tuple(Power)) -> Viewer:
    """A viewer for work no person started: the clock, an import, the operator's command line."""
    return Viewer(actor=f"system/{name}", powers_everywhere=frozenset(powers))
