"""Adding many places in few statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from yuanba.kernel.authority import Viewer
from yuanba.kernel.errors import Missing
from yuanba.kernel.journal.append import chain
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.keys import reserve
from yuanba.kernel.paths import child_path
from yuanba.places.actions.ground import (
    check_code,
    check_fits,
    check_point,
    exact,
    lock_parents,
    lock_tree,
    mark_changed,
    require_in_use,
    require_power,
    tree_change,
)
from yuanba.places.datum import Point
from yuanba.places.door_codes import ALWAYS, new_door_code
from yuanba.places.kinds import PlaceKind
from yuanba.places.models import Place, PlaceAlias
from yuanba.places.names import clean_name

CHUNK = 500


@dataclass(frozen=True, slots=True)
class NewPlace:
    """A place to be added inside the existing place `parent_id` (None: a root). ``point`` is WGS-84."""

    parent_id: int | None
    kind: str
    name: str
    code: str = ""
    point: Point | None = None
    households_count: int | None = None
    unmanaged: bool = False
    aliases: tuple[str, ...] = ()


def add_places(new: Sequence[NewPlace], *, actor: Viewer, at: datetime) -> list[Place]:
    """Add `new`, each with its journal entry, in their order.

    Locks the parents in the order of their paths. Raises `Missing` for an unknown parent, `Denied` outside
    the actor's territory, `NotAllowed` inside a retired place, `Invalid` for a value that can't be. A name or
    code that is taken already raises IntegrityError: whoever adds many has looked before.
    """
    with tree_change():
        parents = _lock_parents(new, actor)
        places = _number(new, parents, actor)
        entries = [
            chain(place, kind="place.added", actor=actor.actor, at=at, data=_told(place, one))
            for place, one in zip(places, new, strict=True)
        ]
        Place.objects.bulk_create(places, batch_size=CHUNK)
        Entry.objects.bulk_create(entries, batch_size=CHUNK)
        PlaceAlias.objects.bulk_create(
            PlaceAlias(place=place, name=clean_name(alias, field="alias"))
            for place, one in zip(places, new, strict=True)
            for alias in dict.fromkeys(one.aliases)
        )
        Place.objects.bulk_update(parents.values(), ["child_count"], batch_size=CHUNK)
        mark_changed()
        return places


def _number(new: Sequence[NewPlace], parents: dict[int, Place], actor: Viewer) -> list[Place]:
    """The rows of `new`, each with the next number under its locked parent or at the locked root."""
    tree = None
    if any(one.parent_id is None for one in new):
        require_power(actor, "")
        tree = lock_tree()
    places = []
    for pk, one in zip(reserve(Place, len(new)), new, strict=True):
        if one.parent_id is not None:
            parent = parents[one.parent_id]
            places.append(_place(pk, one, parent, parent.child_count))
            parent.child_count += 1
        elif tree is not None:
            places.append(_place(pk, one, None, tree.root_count))
            tree.root_count += 1
    if tree is not None:
        tree.save(update_fields=["root_count"])
    return places


def _lock_parents(new: Sequence[NewPlace], actor: Viewer) -> dict[int, Place]:
    wanted = {one.parent_id for one in new if one.parent_id is not None}
    found = lock_parents(wanted)
    if len(found) < len(wanted):
        raise Missing(_("There is no such place."))
    for parent in found.values():
        require_power(actor, parent.path)
        require_in_use(parent)
    return found


def _place(pk: int, new: NewPlace, parent: Place | None, number: int) -> Place:
    check_fits(parent.kind if parent else None, new.kind)
    point = check_point(new.point)
    street_id, community_id = (parent.street_id, parent.community_id) if parent else (None, None)
    return Place(
        pk=pk,
        parent=parent,
        kind=new.kind,
        name=clean_name(new.name),
        code=check_code(new.code, new.kind, parent.code if parent else ""),
        path=child_path(parent.path if parent else "", number),
        street_id=pk if new.kind == PlaceKind.STREET else street_id,
        community_id=pk if new.kind == PlaceKind.COMMUNITY else community_id,
        lon=point and point.lon,
        lat=point and point.lat,
        households_count=new.households_count,
        unmanaged=new.unmanaged,
        door_code=new_door_code() if new.kind in ALWAYS else "",
    )


def _told(place: Place, new: NewPlace) -> dict[str, object]:
    """What the journal keeps of a new place. A household's name stays out: it may be a family's."""
    told: dict[str, object] = {"kind": place.kind, "path": place.path}
    if place.kind != PlaceKind.HOUSEHOLD:
        told["name"] = place.name
    if place.code:
        told["code"] = place.code
    if new.point is not None:
        told["point"] = exact(new.point)
    if new.households_count is not None:
        told["households_count"] = new.households_count
    if new.unmanaged:
        told["unmanaged"] = True
    if new.aliases:
        told["aliases"] = list(new.aliases)
    return told
