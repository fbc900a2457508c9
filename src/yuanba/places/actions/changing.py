"""Changes to a place that stands already. Each returns the place as it is afterwards."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Viewer
from yuanba.kernel.errors import Invalid, NotAllowed
from yuanba.kernel.journal.append import append
from yuanba.places.actions.ground import (
    check_code,
    check_point,
    exact,
    lock_place,
    mark_changed,
    require_in_use,
    tree_change,
)
from yuanba.places.datum import Point
from yuanba.places.door_codes import new_door_code
from yuanba.places.kinds import WITH_DOOR, PlaceKind
from yuanba.places.models import Place, PlaceAlias, PlaceCode
from yuanba.places.names import clean_name


def _write(place: Place, kind: str, actor: Viewer, at: datetime, data: dict[str, Any]) -> Place:
    append(place, kind=kind, actor=actor.actor, at=at, data=data)
    place.save()
    mark_changed()
    return place


def rename_place(place: Place, name: str, *, keep_alias: bool = True, actor: Viewer, at: datetime) -> Place:
    """Give a place another name; the old one goes on being understood unless `keep_alias` is False.

    Raises `Invalid` when a sibling of the same kind has the name.
    """
    cleaned = clean_name(name)
    try:
        with tree_change():
            place = lock_place(place, actor)
            require_in_use(place)
            old, place.name = place.name, cleaned
            if old == cleaned:
                return place
            if keep_alias:
                PlaceAlias.objects.get_or_create(place=place, name=old)
            PlaceAlias.objects.filter(place=place, name=cleaned).delete()
            private = place.kind == PlaceKind.HOUSEHOLD
            return _write(place, "place.renamed", actor, at, {} if private else {"from": old, "to": cleaned})
    except IntegrityError:
        raise Invalid(
            _("There is already a place of this kind called %(name)s here.") % {"name": cleaned},
            code="name_taken",
            field="name",
        ) from None


def add_alias(place: Place, name: str, *, actor: Viewer, at: datetime) -> Place:
    """Note a name that residents use; adding one twice changes nothing."""
    cleaned = clean_name(name)
    with tree_change():
        place = lock_place(place, actor)
        require_in_use(place)
        _alias, created = PlaceAlias.objects.get_or_create(place=place, name=cleaned)
        return _write(place, "place.alias_added", actor, at, {"name": cleaned}) if created else place


def remove_alias(place: Place, name: str, *, actor: Viewer, at: datetime) -> Place:
    """Take a wrong or misleading name away again."""
    with tree_change():
        place = lock_place(place, actor)
        removed, _kinds = PlaceAlias.objects.filter(place=place, name=name).delete()
        return _write(place, "place.alias_removed", actor, at, {"name": name}) if removed else place


def change_place(
    place: Place,
    *,
    point: Point | None = None,
    households_count: int | None = None,
    unmanaged: bool | None = None,
    actor: Viewer,
    at: datetime,
) -> Place:
    """Set what is given, leaving the rest: where the place is (WGS-84), its size, who manages it."""
    check_point(point)
    with tree_change():
        place = lock_place(place, actor)
        require_in_use(place)
        told: dict[str, Any] = {}
        if point is not None and (place.lon, place.lat) != tuple(point):
            place.lon, place.lat = point
            told["point"] = exact(point)
        if households_count is not None and place.households_count != households_count:
            place.households_count = told["households_count"] = households_count
        if unmanaged is not None and place.unmanaged != unmanaged:
            place.unmanaged = told["unmanaged"] = unmanaged
        return _write(place, "place.changed", actor, at, told) if told else place


def recode_place(place: Place, code: str, *, from_on: date, actor: Viewer, at: datetime) -> Place:
    """Give a place the code of a new edition, valid from `from_on`; the old one stays findable.

    Raises `Invalid` (field ``code``) when it does not fit the place or another place has it.
    """
    try:
        with tree_change():
            place = lock_place(place, actor)
            require_in_use(place)
            parent_code = place.parent.code if place.parent else ""
            old, place.code = place.code, check_code(code, place.kind, parent_code)
            if old == place.code:
                return place
            if old:
                _keep_code(place, old, from_on - timedelta(days=1))
            told = {"from": old, "to": place.code, "on": from_on.isoformat()}
            return _write(place, "place.recoded", actor, at, told)
    except IntegrityError:
        message = _("Another place has the code %(code)s.") % {"code": code}
        raise Invalid(message, code="code_taken", field="code") from None


def _keep_code(place: Place, code: str, valid_to: date) -> None:
    last = place.former_codes.order_by("-valid_to").first()
    valid_from = last.valid_to + timedelta(days=1) if last else None
    if valid_from and valid_from > valid_to:
        raise Invalid(_("The place had another code on that day already."), field="from_on")
    PlaceCode.objects.create(place=place, code=code, valid_from=valid_from, valid_to=valid_to)


def retire_place(
    place: Place, *, on: date, replaced_by: Place | None = None, actor: Viewer, at: datetime
) -> Place:
    """Take a place out of use from `on`: torn down, merged, renumbered. Its history and its matters stay.

    Raises `NotAllowed` while something inside it is in use, `Invalid` for a successor that can't be one.
    """
    with tree_change():
        place = lock_place(place, actor)
        require_in_use(place)
        if Place.objects.filter(parent=place, retired_on=None).exists():
            raise NotAllowed(
                _("Places inside it are still in use. Retire or replace them first."), code="not_empty"
            )
        if replaced_by is not None:
            if replaced_by.pk == place.pk or replaced_by.retired_on is not None:
                raise Invalid(_("The successor must be another place in use."), field="replaced_by")
            place.replaced_by = replaced_by
        place.retired_on = on
        told: dict[str, Any] = {"on": on.isoformat()}
        if replaced_by is not None:
            told["replaced_by"] = replaced_by.pk
        return _write(place, "place.retired", actor, at, told)


def give_door_code(place: Place, *, renew: bool = False, actor: Viewer, at: datetime) -> Place:
    """Give a place a door code; with `renew` a new one, after which the old QR code leads nowhere.

    The code itself stays out of the journal, which many may read: only who stands at the door should know it.
    """
    with tree_change():
        place = lock_place(place, actor)
        require_in_use(place)
        if place.kind not in WITH_DOOR:
            raise NotAllowed(_("A place of this kind has no door code."), code="no_door")
        if place.door_code and not renew:
            return place
        place.door_code = new_door_code()
        return _write(place, "place.door_code_given", actor, at, {"renewed": renew})
