"""What every change to the tree checks and leaves behind."""

import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import Denied, Invalid, Missing, NotAllowed
from yuanba.places.codes import read_code
from yuanba.places.datum import Point
from yuanba.places.kinds import CODED, PARENTS, PlaceKind, may_hold
from yuanba.places.models import Place, PlaceTree


def require_power(actor: Viewer, path: str) -> None:
    """Raises `Denied` unless `actor` may change places at `path`; the root (empty) takes power everywhere."""
    if not actor.scope(Power.MANAGE_PLACES).covers_place(path):
        raise Denied(_("Your post does not include changing places here."))


def lock_place(place: Place, actor: Viewer) -> Place:
    """The place's row, locked, once `actor` is known to be allowed to change it."""
    locked = Place.objects.select_for_update(of=("self",), no_key=True).filter(pk=place.pk).first()
    if locked is None:
        raise Missing(_("There is no such place."))
    require_power(actor, locked.path)
    return locked


def require_in_use(place: Place) -> None:
    if place.retired_on is not None:
        raise NotAllowed(_("%(name)s is no longer in use.") % {"name": place.name}, code="place_retired")


def lock_parents(ids: Collection[int | None]) -> dict[int, Place]:
    """The places `ids`, locked by path so that nobody else adds to them; None stands for the root."""
    rows = Place.objects.select_for_update(of=("self",), no_key=True).filter(
        pk__in=[pk for pk in ids if pk is not None]
    )
    found = {place.pk: place for place in rows.order_by("path")}
    if None in ids:
        lock_tree()
    return found


def lock_tree() -> PlaceTree:
    """The tree's one row, locked until the transaction ends: always the last lock taken."""
    PlaceTree.objects.get_or_create(pk=1)
    return PlaceTree.objects.select_for_update().get(pk=1)


_inside: ContextVar[list[bool] | None] = ContextVar("tree_change", default=None)


@contextmanager
def tree_change() -> Iterator[None]:
    """One transaction over the tree; the outermost of several tells once, at its end, that names changed.

    So the tree's row is locked after every place's, and two that change the tree at once never deadlock.
    """
    if _inside.get() is not None:
        with transaction.atomic():
            yield
        return
    marks: list[bool] = []
    token = _inside.set(marks)
    try:
        with transaction.atomic():
            yield
            if marks:
                lock_tree()
                PlaceTree.objects.filter(pk=1).update(revision=secrets.randbits(62))
    finally:
        _inside.reset(token)


def mark_changed() -> None:
    """Note in the running `tree_change` that copies of the names are out of date."""
    marks = _inside.get()
    if marks is None:
        raise RuntimeError("the tree changes inside tree_change()")
    marks.append(True)


def check_fits(parent_kind: str | None, kind: str) -> None:
    """Raises `Invalid` (field ``kind``) when a place of `kind` can't stand there."""
    if kind not in PARENTS:
        raise Invalid(_("There is no such kind of place."), field="kind")
    if may_hold(parent_kind, kind):
        return
    child = PlaceKind(kind).label
    if parent_kind is None:
        raise Invalid(_("%(child)s: name the place that it is in.") % {"child": child}, field="kind")
    raise Invalid(
        _("%(child)s can't stand directly inside %(parent)s.")
        % {"child": child, "parent": PlaceKind(parent_kind).label},
        field="kind",
    )


def check_code(text: str, kind: str, parent_code: str) -> str:
    """The 12 digits of a code that fits `kind` and lies inside the parent's; empty stays empty.

    Raises `Invalid` (field ``code``).
    """
    if not text:
        return ""
    if kind not in CODED:
        raise Invalid(_("Only administrative levels and communities have a statistics code."), field="code")
    code = read_code(text)
    if code.kind != kind:
        raise Invalid(
            _("%(code)s is the code of another level (%(level)s).")
            % {"code": code.digits, "level": code.kind.label},
            field="code",
        )
    if parent_code and not code.lies_in(read_code(parent_code)):
        raise Invalid(
            _("%(code)s does not lie in %(parent)s.") % {"code": code.digits, "parent": parent_code},
            field="code",
        )
    return code.digits


def check_point(point: Point | None) -> Point | None:
    """Raises `Invalid` unless the WGS-84 point exists on earth."""
    if point is None:
        return None
    if not -180 <= point.lon <= 180:
        raise Invalid(_("Longitude is from -180 to 180 degrees."), field="lon")
    if not -90 <= point.lat <= 90:
        raise Invalid(_("Latitude is from -90 to 90 degrees."), field="lat")
    return point


def exact(point: Point | None) -> list[str] | None:
    """A point as the journal keeps it: text with seven decimals, about a centimetre."""
    return None if point is None else [f"{point.lon:.7f}", f"{point.lat:.7f}"]
