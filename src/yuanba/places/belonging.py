"""Rules and places belong to one district: a playbook comes into force only where its places are."""

from django.utils.translation import gettext as _

from yuanba.kernel.errors import NotAllowed
from yuanba.places.kinds import PlaceKind
from yuanba.places.queries import roots
from yuanba.playbooks.actions import before_publishing
from yuanba.playbooks.schema import Playbook


@before_publishing
def check_district(playbook: Playbook) -> None:
    """Raises `NotAllowed` when districts stand at the root and none has the playbook's code; those without a
    code are not asked.
    """
    standing = roots().filter(kind=PlaceKind.DISTRICT).exclude(code="")
    own = {playbook.district.code6, *playbook.district.covers}
    others = [f"{place.name} {place.code[:6]}" for place in standing]
    if others and not own & {place.code[:6] for place in standing}:
        raise NotAllowed(
            _("This playbook is for %(name)s (%(code)s), but the places here are those of %(standing)s.")
            % {
                "name": playbook.district.name,
                "code": playbook.district.code6,
                "standing": "、".join(others),
            },
            code="other_district",
        )
