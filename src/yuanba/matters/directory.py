"""The offices that matters can go to, held in memory for work on many matters at once."""

from dataclasses import dataclass

from yuanba.kernel.errors import Invalid
from yuanba.kernel.paths import ancestors_and_self
from yuanba.matters.owners import OUTSIDE, SORTERS
from yuanba.people.models import Organization
from yuanba.places.models import Place
from yuanba.places.queries import full_name

_UP = {"community": SORTERS, "street": SORTERS[1:]}


@dataclass(frozen=True, slots=True)
class Office:
    """One organization as the directory knows it."""

    pk: int
    kind: str
    code: str
    called: str
    path: str


class Directory:
    """A snapshot of open offices by code and by the place they stand for; make a new one for each batch of
    work.
    """

    def __init__(self) -> None:
        self._departments: dict[str, Office] = {}
        self._at: dict[tuple[str, str], Office] = {}
        self._places: dict[int, Place] = {}
        self._names: dict[int, str] = {}
        rows = Organization.objects.filter(closed_on=None).order_by("pk").select_related("place")
        for row in rows.iterator(chunk_size=2000):
            office = Office(row.pk, row.kind, row.code, row.called, row.path)
            if row.kind == "department":
                self._departments[row.code] = office
            elif row.place is not None:
                self._at.setdefault((row.kind, row.place.path), office)

    def find(self, kind: str, department: str | None, place_path: str) -> Office | None:
        """The nearest open office of `kind` going up from a place; a department by its code, else what is
        above.
        """
        if kind == "department" and department is not None:
            for code in (department, f"department-{department}"):
                if code in self._departments:
                    return self._departments[code]
        for wanted in _UP.get(kind, SORTERS[2:]):
            for path in reversed(ancestors_and_self(place_path)):
                if (wanted, path) in self._at:
                    return self._at[wanted, path]
        return None

    def sorter(self, place_path: str) -> Office:
        """Who sorts requests from a place, by the rule of `owners.first_owner`. Raises `Invalid`."""
        office = self.find("community", None, place_path)
        if office is None:
            raise Invalid(OUTSIDE, field="place", code="outside")
        return office

    def place(self, place_id: int) -> Place:
        """A place, remembered. Raises Place.DoesNotExist."""
        if place_id not in self._places:
            self._places[place_id] = Place.objects.get(pk=place_id)
        return self._places[place_id]

    def place_name(self, place_id: int) -> str:
        """A place's name as people say it, remembered."""
        if place_id not in self._names:
            self._names[place_id] = full_name(self.place(place_id))
        return self._names[place_id]
