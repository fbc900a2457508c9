"""Every open organization at hand, found by code or by name however it is called."""

import difflib
import re

from django.utils.translation import gettext as _

from yuanba.kernel.errors import Invalid
from yuanba.kernel.paths import ancestors_and_self
from yuanba.kernel.sheets.columns import shaped
from yuanba.people.importing.lines import OfficeLine
from yuanba.people.models import Organization, OrganizationKind
from yuanba.places.kinds import PlaceKind
from yuanba.places.names import spoken_name

MEMORY = 1_000
# A party committee is named after the same place and is another organization.
_OF_PLACE = re.compile(r"(?:办事处|人民政府|政府)$")
LOCAL = (OrganizationKind.COMMUNITY, OrganizationKind.STREET, OrganizationKind.DISTRICT)


class Offices:
    """Hundreds, thousands at most: all are kept. Those that a dry run would found have keys below zero."""

    def __init__(self) -> None:
        self.codes = set(Organization.objects.values_list("code", flat=True))
        self._by_code: dict[str, Organization] = {}
        self._named: dict[str, list[Organization]] = {}
        self._loosely: dict[str, list[Organization]] = {}
        self._standing: dict[tuple[int, str], Organization] = {}
        self._local: dict[str, Organization] = {}
        self._roots: list[Organization] = []
        self._told: dict[str, str] = {}
        for office in Organization.objects.filter(closed_on=None).select_related("place").order_by("path"):
            self.add(office)

    def add(self, office: Organization) -> None:
        self.codes.add(office.code)
        self._by_code[office.code] = office
        for name in {shaped(office.name), shaped(office.short_name)} - {""}:
            self._named.setdefault(name, []).append(office)
        self._loosely.setdefault(_loose(office.name), []).append(office)
        if office.parent_id is None:
            self._roots.append(office)
        if office.place is not None:
            self._standing.setdefault((office.place.pk, office.kind), office)
            if office.kind in LOCAL:
                self._local[office.place.path] = office

    def find(self, line: OfficeLine, parent: Organization | None = None) -> Organization | None:
        """The one a line means. Raises `Invalid` (field ``name``) when several could be meant."""
        if office := self._by_code.get(line.code or line.name.lower()):
            return office
        if not line.name:
            return None
        alike = self._named.get(shaped(line.name), [])
        if not alike:
            loosely = self._loosely.get(_loose(line.name), [])
            alike = [office for office in loosely if line.kind in ("", office.kind)]
        kind, above = line.kind, parent.pk if parent else None
        narrowed = [office for office in alike if kind in ("", office.kind)] or alike
        if above is not None:
            narrowed = [office for office in narrowed if office.parent_id == above] or narrowed
        if len(narrowed) > 1:
            message = _("%(count)d organizations are called %(name)s. Give the code of the one meant.")
            raise Invalid(message % {"count": len(narrowed), "name": line.name[:40]}, field="name")
        return narrowed[0] if narrowed else None

    def called(self, text: str) -> Organization | None:
        """By code or name alone. Raises `Invalid` as `find`."""
        return self.find(OfficeLine(0, text))

    def standing_for(self, place_id: int, kind: str) -> Organization | None:
        return self._standing.get((place_id, kind))

    def nearest_above(self, path: str, *, strictly: bool) -> Organization | None:
        """The community, street or district office that stands for this path or for what it lies in."""
        paths = ancestors_and_self(path)
        for above in reversed(paths[:-1] if strictly else paths):
            if office := self._local.get(above):
                return office
        return self._roots[0] if len(self._roots) == 1 else None

    def unknown(self, name: str) -> str:
        """A sentence that there is none of this name, with the nearest one."""
        if name not in self._told:
            if len(self._told) > MEMORY:
                self._told.clear()
            told = _("There is no organization called %(name)s.") % {"name": name[:40]}
            near = difflib.get_close_matches(shaped(name), self._named, n=1)
            meant = (_("Did you mean “%(name)s”?") % {"name": self._named[one][0].name} for one in near)
            self._told[name] = " ".join([told, *meant])
        return self._told[name]


def is_called(office: Organization, name: str) -> bool:
    """Whether people who write `name` may mean this office; nobody means one who writes nothing."""
    known = {shaped(office.name), shaped(office.short_name), shaped(office.code)} - {""}
    loose = _loose(name)
    return shaped(name) in known or (bool(loose) and loose == _loose(office.name))


def _loose(name: str) -> str:
    """What remains of a name when offices are called after their place: 沙河街道 of 沙河街道办事处."""
    return shaped(spoken_name(_OF_PLACE.sub("", name), PlaceKind.COMMUNITY))
