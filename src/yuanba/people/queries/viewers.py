"""From an account to a viewer: which posts its person holds today and what the playbook lets them do."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.utils import timezone

from yuanba.kernel import authority
from yuanba.kernel.authority import NOBODY, Power, Territory, Viewer
from yuanba.kernel.errors import Missing
from yuanba.kernel.paths import ancestors_and_self
from yuanba.people.models import Account, Holding, Organization, OrganizationKind
from yuanba.people.queries.posts import held_on
from yuanba.playbooks.queries import current_playbook
from yuanba.playbooks.schema import Playbook, Powers

# Operators keep the house running; what residents said is not theirs to read.
_OPERATOR = frozenset({Power.OPERATE})
_ADMINISTRATOR = _OPERATOR | {
    Power.MANAGE_PLACES,
    Power.MANAGE_PEOPLE,
    Power.MANAGE_POSTS,
    Power.MANAGE_PLAYBOOK,
}
_NOTHING = Powers()
# Who stands for a place; a complaint about one of them is kept from all who work there.
_LOCAL = (OrganizationKind.DISTRICT, OrganizationKind.STREET, OrganizationKind.COMMUNITY)


class _Row(NamedTuple):
    """One post held, joined with one of its paired places."""

    post_id: int
    kind: str
    title: str
    organization_id: int | None
    organization_path: str | None
    organization_place: int | None
    organization_place_kind: str | None
    organization_place_path: str | None
    place_id: int | None
    place_kind: str | None
    place_path: str | None
    paired_id: int | None
    paired_kind: str | None
    paired_path: str | None


_COLUMNS = (
    "post_id",
    "post__kind",
    "post__title",
    "post__organization_id",
    "post__organization__path",
    "post__organization__place_id",
    "post__organization__place__kind",
    "post__organization__place__path",
    "post__place_id",
    "post__place__kind",
    "post__place__path",
    "post__territories__place_id",
    "post__territories__place__kind",
    "post__territories__place__path",
)


def viewer_for(account: Account, today: date | None = None) -> Viewer:
    """Who `account` is today: two queries at most, one when its person holds no post, and one more for posts
    that belong to a place and to no organization.

    Powers are read anew each time, so a holding that ended gives nothing from its last day on. A disabled
    account is nobody. Staff accounts get the operator's powers, which reach no matter.
    """
    if not account.is_active:
        return NOBODY
    rows = _rows(account.person_id, today or timezone.localdate()) if account.person_id else []
    return Viewer(
        actor=_actor(account, {row.post_id for row in rows}),
        account_id=account.pk,
        person_id=account.person_id,
        holdings=tuple(_holdings(rows)),
        powers_everywhere=_staff_powers(account),
    )


def works_on_matters(viewer: Viewer) -> bool:
    """Whether a post of theirs opens the desk. Whoever runs the system sees no matter, wherever their post is
    (GB/T 22239-2019, three kinds of officer).
    """
    return bool({Power.SEE, Power.TRIAGE} & viewer.powers)


def _rows(person_id: int, today: date) -> list[_Row]:
    held = Holding.objects.filter(held_on(today), person_id=person_id, post__abolished_on=None)
    return [_Row(*row) for row in held.order_by("post_id", "post__territories__id").values_list(*_COLUMNS)]


def _actor(account: Account, posts: set[int]) -> str:
    """The post that acts where there is only one; entries of actions name it where there are several."""
    if len(posts) == 1:
        return f"post:{posts.pop()}/person:{account.person_id}"
    return f"account:{account.pk}" + (f"/person:{account.person_id}" if account.person_id else "")


def _staff_powers(account: Account) -> frozenset[str]:
    if account.is_superuser:
        return frozenset(_ADMINISTRATOR)
    return frozenset(_OPERATOR) if account.is_staff else frozenset()


def _holdings(rows: list[_Row]) -> Iterable[authority.Holding]:
    """One holding for each place that a post serves; a post with no place has one without territory."""
    playbook = _playbook() if rows else None
    offices = _offices_at(rows)
    seen: set[tuple[int, int]] = set()
    for row in rows:
        powers = _powers(playbook, row.kind)
        for territory in _territories(row):
            key = (row.post_id, territory.place_id if territory else 0)
            if key in seen:
                continue
            seen.add(key)
            yield authority.Holding(
                post_id=row.post_id,
                kind=row.kind,
                title=row.title,
                organization_id=row.organization_id,
                organization_path=row.organization_path or "",
                territory=territory,
                own=frozenset(powers.own),
                inside=frozenset(powers.territory),
                district=frozenset(powers.district),
                around=_around(row, territory, offices),
            )


def _offices_at(rows: list[_Row]) -> dict[str, str]:
    """Paths of the offices that stand for the places of posts without organization and all around them, by path
    of place.
    """
    served = [place for row in rows if row.organization_id is None for place in _territories(row) if place]
    if not served:
        return {}
    around = {path for place in served for path in ancestors_and_self(place.path)}
    found = Organization.objects.filter(closed_on=None, kind__in=_LOCAL, place__path__in=around)
    return dict(found.values_list("place__path", "path"))


def _around(row: _Row, territory: Territory | None, offices: dict[str, str]) -> tuple[str, ...]:
    if row.organization_id is not None or territory is None:
        return ()
    return tuple(offices[path] for path in ancestors_and_self(territory.path) if path in offices)


def _territories(row: _Row) -> list[Territory | None]:
    """The post's own and paired places, else its organization's."""
    own = _territory(row.place_id, row.place_kind, row.place_path)
    paired = _territory(row.paired_id, row.paired_kind, row.paired_path)
    found = [territory for territory in (own, paired) if territory is not None]
    if found:
        return list(found)
    return [_territory(row.organization_place, row.organization_place_kind, row.organization_place_path)]


def _territory(place_id: int | None, kind: str | None, path: str | None) -> Territory | None:
    return None if place_id is None else Territory(place_id, kind or "", path or "")


def _playbook() -> Playbook | None:
    try:
        return current_playbook().playbook
    except Missing:
        return None


def _powers(playbook: Playbook | None, kind: str) -> Powers:
    """What the playbook in force gives a kind of post: nothing when it no longer knows the kind."""
    try:
        return playbook.post(kind).powers if playbook else _NOTHING
    except KeyError:
        return _NOTHING
