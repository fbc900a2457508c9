"""What the public lists of a place show, and what protects somebody by staying out of them."""

from django.db.models import QuerySet

from yuanba.matters.models import Matter
from yuanba.matters.queries import at_place
from yuanba.matters.rates import COUNTED
from yuanba.matters.seeing import UNSORTED
from yuanba.places.kinds import PlaceKind
from yuanba.places.models import Place
from yuanba.playbooks.queries import current_playbook


def public_list(place: Place) -> QuerySet[Matter]:
    """What the board of a place lists."""
    return shown_at(place.kind).filter(at_place(place))


def shown_at(kind: str) -> QuerySet[Matter]:
    """What boards of this kind of place may list, of the whole district: never what protects somebody. An estate's or
    a square's leaves out private life and what nobody has sorted yet; a building's lists nothing, its neighbours know
    each other.
    """
    rows = Matter.objects.filter(confidential=False, accused=None, part_of=None)
    if kind in COUNTED:
        return rows
    if kind == PlaceKind.BUILDING:
        return rows.none()
    kinds = current_playbook().playbook.all_categories()
    private = ["", *(each.code for each in kinds if each.sensitive)]
    return rows.exclude(UNSORTED).exclude(category__in=private)
