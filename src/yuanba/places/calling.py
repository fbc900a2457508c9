"""Finding places by how their names begin, for a search box: three indexed questions, no dictionary.

`resolve` understands whole messages and keeps every name in memory for it; a box in which somebody types
needs neither.
"""

from django.db.models import Q

from yuanba.places.kinds import PlaceKind
from yuanba.places.models import Place
from yuanba.places.queries import in_use, subtree

_LAST = "\U0010ffff"
_LONGEST = 40
_WHOLES = 5
SHORTEST = 2


def places_called(text: str, *, limit: int = 6) -> list[Place]:
    """Places whose name or other name begins with `text`; for one that names a place and then something inside it,
    such as 玉城家园3栋, what is inside. Households are left out: a list of them is a list of homes.
    """
    said = "".join(text.split())[:_LONGEST]
    if len(said) < SHORTEST:
        return []
    rows = in_use().exclude(kind=PlaceKind.HOUSEHOLD).order_by("path")
    heads = [said[:end] for end in range(SHORTEST, len(said))]
    inside = Q(pk__in=[])
    for whole in rows.filter(Q(name__in=heads) | Q(aliases__name__in=heads)).distinct()[:_WHOLES]:
        called = max((head for head in heads if whole.name.startswith(head)), key=len, default="")
        inside |= subtree(whole.path) & _begins(said[len(called) :]) if called else Q(pk__in=[])
    found = list(rows.filter(inside)[:limit])
    return found or list(rows.filter(_begins(said) | _begins(said, "aliases__name")).distinct()[:limit])


def _begins(text: str, column: str = "name") -> Q:
    """A prefix as a range, which both databases answer from a plain index; LIKE needs one of its own on PostgreSQL."""
    return Q(**{f"{column}__gte": text, f"{column}__lt": text + _LAST})
