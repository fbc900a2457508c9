"""The consequences of publishing a draft, as whoever decides about it reads them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.matters.foreseeing import Found
from yuanba.matters.models import Matter
from yuanba.matters.presenting import Row, rows_of
from yuanba.matters.seeing import visible
from yuanba.people.models import Holding, Organization
from yuanba.people.queries.posts import held_on
from yuanba.playbooks.models import Preview
from yuanba.playbooks.reading_aloud.wording import limit_words, office_word, powers_words, share_words
from yuanba.playbooks.schema import Playbook, PostKind, Tier

LISTED = 50
Namer = Callable[[str], str]
Named = tuple[str, tuple[str, ...]]
"""The name of a department, and what names it."""


@dataclass(frozen=True, slots=True)
class Moved:
    """So many matters that would come out otherwise."""

    before: str
    after: str
    count: int


@dataclass(frozen=True, slots=True)
class Listed:
    """One matter whose tier would be another."""

    row: Row
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Matters:
    """What the open matters would come out as: how many as before and otherwise, and the first of those otherwise, as
    far as the viewer may read them.
    """

    same: int
    tiers: tuple[Moved, ...]
    offices: tuple[Moved, ...]
    gone: tuple[tuple[str, int], ...]
    listed: tuple[Listed, ...]
    changed: int


@dataclass(frozen=True, slots=True)
class Value:
    """One value before and after; a dash where there is none."""

    what: str
    before: str
    after: str

    @property
    def differs(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one tier before and after."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class PostChange:
    """What becomes at once of the powers of a kind of post that somebody holds today."""

    name: str
    holders: int
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    unknown: bool


@dataclass(frozen=True, slots=True)
class Consequences:
    """What follows at once for everybody, and what for new matters; ``warnings`` are worth a second thought.

    ``ownerless`` are departments that no open office stands for, with what names them, and ``ownerless_before`` those
    of them that the rules in force name already.
    """

    columns: tuple[str, ...]
    limits: tuple[Limits, ...]
    posts: tuple[PostChange, ...]
    ownerless: tuple[Named, ...]
    ownerless_before: tuple[Named, ...]
    weights: tuple[Value, ...]
    warnings: tuple[str, ...]


def consequences(old: Playbook, new: Playbook, viewer: Viewer, today: date) -> Consequences:
    """What publishing `new` in place of `old` does besides what it would say of open matters; two queries."""
    held, limits = _held(today), tuple(_limits(old, new))
    known = _departments(old).keys()
    missing = _ownerless(new)
    return Consequences(
        columns=tuple(value.what for value in limits[0].values),
        limits=limits,
        posts=tuple(_posts(old, new, held)),
        ownerless=tuple(told for code, told in missing if code not in known),
        ownerless_before=tuple(told for code, told in missing if code in known),
        weights=tuple(_weights(old, new)),
        warnings=tuple(_warnings(new, held, viewer)),
    )


def matters_of(preview: Preview, old: Playbook, new: Playbook, viewer: Viewer) -> Matters:
    """What the preview found, with the first changed matters that the viewer may read."""
    found = Found.from_data(preview.found)
    name = _tier_name(old, new)
    changed = {pair: count for pair, count in found.tiers.items() if pair[0] != pair[1]}
    return Matters(
        same=sum(found.tiers.values()) - sum(changed.values()),
        tiers=_moved(changed, name),
        offices=_moved(found.offices, _office_name(old, new)),
        gone=tuple((_category(old, code), count) for code, count in found.gone.most_common()),
        listed=tuple(_listed(found, name, viewer)),
        changed=sum(changed.values()),
    )


def _tier_name(old: Playbook, new: Playbook) -> Namer:
    names = {tier.code: tier.name for tier in (*new.tiers, *old.tiers)}
    return lambda code: names.get(code, code)  # it may be of an edition older than both


def _office_name(old: Playbook, new: Playbook) -> Namer:
    """What is called what a matter is sent to: a kind of office, or ``department:code``."""
    names = {each.code: each.name for book in (new, old) for each in book.organizations.departments}

    def name(target: str) -> str:
        _kind, colon, department = target.partition(":")
        return names.get(department, department) if colon else office_word(old, target)

    return name


def _moved(counts: Mapping[tuple[str, str], int], name: Namer) -> tuple[Moved, ...]:
    rows = sorted(counts.items(), key=lambda each: -each[1])
    return tuple(Moved(name(old), name(new), count) for (old, new), count in rows)


def _category(playbook: Playbook, code: str) -> str:
    try:
        return playbook.category(code).name
    except KeyError:
        return code


def _listed(found: Found, name: Namer, viewer: Viewer) -> Iterator[Listed]:
    if not found.changed:
        return
    told = {key: (old, new) for key, old, new in found.changed}
    rows = Matter.objects.filter(visible(viewer), pk__in=told).select_related("place", "owner")
    for row in rows_of(rows.order_by("due_at", "pk")[:LISTED]):
        old, new = told[row.matter.pk]
        yield Listed(row, name(old), name(new))


def _limits(old: Playbook, new: Playbook) -> Iterator[Limits]:
    before = {tier.code: tier for tier in old.tiers}
    after = {tier.code: tier for tier in new.tiers}
    for code in dict.fromkeys((*after, *before)):
        told = zip(_limits_of(before.get(code)), _limits_of(after.get(code)), strict=True)
        values = tuple(Value(what, first, second) for (what, first), (_what, second) in told)
        yield Limits((after.get(code) or before[code]).name, values)


def _limits_of(tier: Tier | None) -> tuple[tuple[str, str], ...]:
    limits = tier.limits if tier else None
    return (
        (_("Until sorted"), limit_words(limits.triage if limits else None)),
        (_("Until claimed"), limit_words(limits.claim if limits else None)),
        (_("Until answered, once claimed"), limit_words(limits.handling if limits else None)),
        (_("Promised to the resident"), limit_words(limits.total if limits else None)),
    )


def _held(today: date) -> dict[str, int]:
    """How many posts of each kind somebody holds today."""
    rows = (
        Holding.objects.filter(held_on(today), post__abolished_on=None).order_by().values_list("post__kind")
    )
    return dict(rows.annotate(held=Count("pk")))


def _posts(old: Playbook, new: Playbook, held: dict[str, int]) -> Iterator[PostChange]:
    for kind, holders in sorted(held.items()):
        before, after = _post(old, kind), _post(new, kind)
        if before is None:
            continue
        powers = frozenset[Power]() if after is None else after.powers.anywhere
        gained, lost = _inorder(powers - before.powers.anywhere), _inorder(before.powers.anywhere - powers)
        if gained or lost or after is None:
            yield PostChange(before.name, holders, powers_words(gained), powers_words(lost), after is None)


def _post(playbook: Playbook, kind: str) -> PostKind | None:
    return next((post for post in playbook.posts if post.code == kind), None)


def _inorder(powers: Iterable[Power]) -> list[Power]:
    return sorted(powers, key=list(Power).index)


def _departments(playbook: Playbook) -> dict[str, list[str]]:
    """Departments that categories or dispatch rows name, by code, with what names them."""
    named: dict[str, list[str]] = {}
    for item in playbook.all_categories():
        if item.department is not None:
            named.setdefault(item.department, []).append(item.name)
    for row in playbook.dispatch.rows:
        _kind, colon, department = row.to.partition(":")
        if colon:
            named.setdefault(department, []).append(f"{row.id} {row.text}")
    return named


def _ownerless(new: Playbook) -> list[tuple[str, Named]]:
    """Departments that the draft names and that have no open office here, by code."""
    named = _departments(new)
    codes = [code for each in named for code in (each, f"department-{each}")]
    rows = Organization.objects.filter(closed_on=None, kind="department", code__in=codes)
    known = set(rows.values_list("code", flat=True))
    return [
        (code, (new.department(code).name, tuple(names)))
        for code, names in named.items()
        if not known & {code, f"department-{code}"}
    ]


def _weights(old: Playbook, new: Playbook) -> Iterator[Value]:
    names = {
        "response": _("Weight of the response rate"),
        "resolution": _("Weight of the resolution rate"),
        "satisfaction": _("Weight of the satisfaction rate"),
    }
    for code, name in names.items():
        before, after = getattr(old.rates.weights, code), getattr(new.rates.weights, code)
        if before != after:
            yield Value(name, share_words(before), share_words(after))


def _warnings(new: Playbook, held: dict[str, int], viewer: Viewer) -> Iterator[str]:
    publishers = {post.code for post in new.posts if Power.MANAGE_PLAYBOOK in post.powers.anywhere}
    if not publishers & held.keys():
        yield _("Nobody who holds a post today could publish the next edition: only the command line could.")
    mine = {holding.kind for holding in viewer.holdings}
    may = Power.MANAGE_PLAYBOOK in viewer.powers and Power.MANAGE_PLAYBOOK not in viewer.powers_everywhere
    if may and not publishers & mine:
        yield _("You yourself could not publish the next edition.")
