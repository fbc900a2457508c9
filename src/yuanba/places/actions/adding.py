"""Adding one place, from a page or a program."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Viewer
from yuanba.kernel.errors import Invalid
from yuanba.places.actions.bulk import NewPlace, add_places
from yuanba.places.datum import Point
from yuanba.places.models import Place


def add_place(
    parent: Place | None,
    kind: str,
    name: str,
    *,
    code: str = "",
    point: Point | None = None,
    households_count: int | None = None,
    unmanaged: bool = False,
    aliases: Iterable[str] = (),
    actor: Viewer,
    at: datetime,
) -> Place:
    """Add a place inside `parent` (None: a root) as its last child; buildings and units get a door code.

    ``point`` is WGS-84. Raises `Invalid` for a kind that can't stand there, a wrong or taken code, a name
    that a sibling has; `NotAllowed` inside a retired place; `Denied` outside the actor's territory.
    """
    new = NewPlace(
        parent.pk if parent else None, kind, name, code, point, households_count, unmanaged, tuple(aliases)
    )
    try:
        return add_places([new], actor=actor, at=at)[0]
    except IntegrityError:
        raise _taken(name, code) from None


def _taken(name: str, code: str) -> Invalid:
    if code and Place.objects.filter(code=code.strip().ljust(12, "0")).exists():
        return Invalid(
            _("Another place has the code %(code)s.") % {"code": code}, code="code_taken", field="code"
        )
    return Invalid(
        _("There is already a place of this kind called %(name)s here.") % {"name": name},
        code="name_taken",
        field="name",
    )
