"""Finding persons without being able to read them: by blind index only."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.crypto import blind_indexes, normalise_phone
from yuanba.kernel.errors import Missing
from yuanba.people.models import Person
from yuanba.people.models.persons import PHONE_PURPOSE
from yuanba.people.reach import require_everywhere

LIMIT = 20


def persons_with_phone(viewer: Viewer, phone: str) -> list[Person]:
    """Persons with this number, however it is written, newest first; takes `manage_people` in the whole
    district.

    Raises `Invalid` for what is no number. While keys are being changed, rows under old keys are found as
    well.
    """
    require_everywhere(viewer, Power.MANAGE_PEOPLE)
    number = normalise_phone(phone)
    if not number:
        return []
    rows = Person.objects.filter(phone_index__in=blind_indexes(number, PHONE_PURPOSE))
    return list(rows.order_by("-pk")[:LIMIT])


def person_of(viewer: Viewer) -> Person:
    """The viewer's own person. Raises `Missing` for a viewer who is nobody in particular."""
    person = Person.objects.filter(pk=viewer.person_id).first() if viewer.person_id else None
    if person is None:
        raise Missing(_("There is no such person."))
    return person


def names_of(keys: Iterable[int]) -> dict[int, str]:
    """Names of officials by key, for records of what they did in office; nobody's who was forgotten since. One query,
    none for no keys.
    """
    wanted = set(keys)
    if not wanted:
        return {}
    return {row.pk: row.name for row in Person.objects.filter(pk__in=wanted).only("name") if row.name}
