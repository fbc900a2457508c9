"""Whom a row says it complains about, as one of our offices.

Exports of hotlines and petition offices have a column for that (被反映单位). An office named there must neither get
the matter nor learn of it (信访工作条例, 2022, articles 30 and 46), whatever the words of the request sound
like.
"""

from yuanba.kernel.paths import ancestors_and_self
from yuanba.kernel.sheets.columns import shaped
from yuanba.people.importing.offices import is_called
from yuanba.people.models import Organization, OrganizationKind

_SHORTEST = 3
_LOCAL = (OrganizationKind.STREET, OrganizationKind.COMMUNITY)


class Offices:
    """The open offices by the names they go by. The district itself is none: complaints about it belong above."""

    def __init__(self) -> None:
        rows = Organization.objects.filter(closed_on=None, parent__isnull=False)
        self._open = list(rows.select_related("place").order_by("path"))
        self._by_path = {office.path: office for office in self._open}
        self._told: dict[str, Organization | None] = {}

    def meant(self, name: str) -> Organization | None:
        """The office that `name` means or, as in 玉城社区居委会工作人员, begins with; where it may be one of several,
        the office above them all, so that none of them gets it. None for a name that is nobody's here.
        """
        if name not in self._told:
            self._told[name] = self._find(name)
        return self._told[name]

    def _find(self, name: str) -> Organization | None:
        found = [office for office in self._open if is_called(office, name)] or self._beginning(shaped(name))
        if len(found) < 2:
            return found[0] if found else None
        shared = set.intersection(*(set(ancestors_and_self(office.path)) for office in found))
        return self._by_path.get(max(shared & self._by_path.keys(), key=len, default=""), found[0])

    def _beginning(self, name: str) -> list[Organization]:
        """Those whose own name, or that of the place they stand for, `name` begins with; of these the longest."""
        sizes: dict[int, list[Organization]] = {}
        for office in self._open:
            place = office.place.name if office.place is not None and office.kind in _LOCAL else ""
            for own in {shaped(office.name), shaped(office.short_name), shaped(place)}:
                if len(own) >= _SHORTEST and name.startswith(own):
                    sizes.setdefault(len(own), []).append(office)
        return sizes[max(sizes)] if sizes else []
