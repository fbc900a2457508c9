"""The offices that matters can go to, held in memory for work on many matters at once."""

from dataclasses import dataclass

from yuanba.kernel.paths import ancestors_and_self
from yuanba.people.models import Organization
from yuanba.places.models import Place

_UP = {"community": ("community", "street", "centre", "district"), "street": ("street", "centre", "district")}


@dataclass(frozen=True, slots=True)
class Office:
    """One organization as the directory knows it."""

    pk: int
    kind: str
    code: str
    called: str
    path: str


class Directory:
    """A snapshot of open offices by code and by the place they stand for; make a new one for each batch of work."""

    def __init__(self) -> None:
        self._departments: dict[str, Office] = {}
        self._at: dict[tuple[str, str], Office] = {}
        self._paths: dict[int, str] = {}
        rows = Organization.objects.filter(closed_on=None).select_related("place")
        for row in rows.iterator(chunk_size=2000):
            office = Office(row.pk, row.kind, row.code, row.called, row.path)
            if row.kind == "department":
                self._departments[row.code] = office
            elif row.place is not None:
                self._at[row.kind, row.place.path] = office

    def find(self, kind: str, department: str | None, place_path: str) -> Office | None:
        """The nearest open office of `kind` going up from a place; a department by its code, else what is above."""
        if kind == "department" and department is not None:
            for code in (department, f"department-{department}"):
                if code in self._departments:
                    return self._departments[code]
        for wanted in _UP.get(kind, ("centre", "district")):
            for path in reversed(ancestors_and_self(place_path)):
                if (wanted, path) in self._at:
                    return self._at[wanted, path]
        return None

    def path_of(self, place_id: int) -> str:
        """The path of a place, remembered. Raises Place.DoesNotExist."""
        if place_id not in self._paths:
            self._paths[place_id] = Place.objects.values_list("path", flat=True).get(pk=place_id)
        return self._paths[place_id]
