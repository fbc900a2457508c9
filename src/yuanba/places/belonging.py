"""Rules and places belong to one district: a playbook comes into force only where its places are."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from yuanba.kernel.errors import NotAllowed
from yuanba.places.kinds import PlaceKind
from yuanba.places.models import Place
from yuanba.places.queries import roots
from yuanba.playbooks.actions import before_publishing
from yuanba.playbooks.queries import newest_edition
from yuanba.playbooks.schema import District, Playbook


@before_publishing
def check_district(playbook: Playbook) -> None:
    """Raises `NotAllowed` when districts stand at the root and none has the playbook's code; those without a
    code are not asked. Raises it as well when another district is served here and its places are in use: official
    lists are whole provinces', so that the playbook's own places may have come in beside them.
    """
    standing = list(roots().filter(kind=PlaceKind.DISTRICT).exclude(code=""))
    newest = newest_edition()
    _check_places(playbook.district, standing)
    if newest is not None:
        _check_served(playbook.district, newest.playbook.district, standing)


def _check_places(district: District, standing: Sequence[Place]) -> None:
    if standing and not any(_is_of(place, district) for place in standing):
        raise NotAllowed(
            _("This playbook is for %(name)s (%(code)s), but the places here are those of %(standing)s.")
            % {
                "name": district.name,
                "code": district.code6,
                "standing": "、".join(f"{place.name} {place.code[:6]}" for place in standing),
            },
            code="other_district",
        )


def _check_served(district: District, served: District, standing: Sequence[Place]) -> None:
    """A whole city's playbook and one of a county in it are no strangers."""
    if set(district.codes) & set(served.codes) or not any(_is_of(place, served) for place in standing):
        return
    raise NotAllowed(
        _(
            "This playbook is for %(name)s (%(code)s), but this installation serves %(served)s (%(served_code)s). One "
            "installation serves one district: set up another for %(name)s, or begin again with an empty data "
            "directory and database if nothing has been done here yet."
        )
        % {
            "name": district.name,
            "code": district.code6,
            "served": served.name,
            "served_code": served.code6,
        },
        code="other_district",
    )


def _is_of(place: Place, district: District) -> bool:
    return place.code[:6] in district.codes
