"""Organizations out of lines: what a line leaves open is filled in, what it says is checked, then founded."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from yuanba.kernel.authority import Viewer
from yuanba.kernel.errors import DomainError, Invalid
from yuanba.kernel.sheets.columns import shaped
from yuanba.people.actions import add_organization
from yuanba.people.actions.organizations import check_form, check_inside
from yuanba.people.importing.lines import OfficeLine
from yuanba.people.importing.offices import LOCAL, Offices
from yuanba.people.importing.words import Words, place_name
from yuanba.people.models import Organization, OrganizationKind
from yuanba.people.models.organizations import SOLE_KINDS
from yuanba.people.texts import checked_text
from yuanba.places.models import Place
from yuanba.places.written import WrittenPlaces

NO_PARENT = "no_parent"
_ORDER = (*SOLE_KINDS, OrganizationKind.DEPARTMENT, OrganizationKind.PARTY)
_RANK = {kind.value: rank for rank, kind in enumerate(_ORDER)}
_MUST_STAND = (*SOLE_KINDS, OrganizationKind.PARTY)


class Founder:
    """Founds organizations, parents before children in whatever order lines come."""

    def __init__(
        self,
        offices: Offices,
        places: WrittenPlaces,
        words: Words,
        *,
        actor: Viewer,
        at: datetime,
        dry_run: bool,
    ) -> None:
        self._offices, self._places, self._words = offices, places, words
        self._actor, self._at, self._dry_run = actor, at, dry_run
        self.founded = 0

    def found(self, line: OfficeLine) -> Organization:
        """Raises `Invalid` whose field is one of `OfficeLine`."""
        if not line.name:
            raise Invalid(self._offices.unknown(line.code), field="code")
        if not line.kind:
            told = _("To found it, say of which kind it is.")
            raise Invalid(f"{self._offices.unknown(line.name)} {told}", field="name")
        parent = self.parent_of(line)
        place = self.place_of(line, parent)
        if parent is None and line.kind != OrganizationKind.DISTRICT:
            strictly = line.kind in LOCAL
            parent = self._offices.nearest_above(place.path if place else "", strictly=strictly)
        code = line.code or self._new_code(line, place)
        self._check(line, code, parent, place)
        return self._add(line, code, parent, place)

    def parent_of(self, line: OfficeLine) -> Organization | None:
        """The organization above that the line names, None when it names none. Raises `Invalid`."""
        if not line.parent:
            return None
        try:
            parent = self._offices.called(line.parent)
        except Invalid as problem:
            raise Invalid(problem.message, field="parent") from None
        if parent is None:
            raise Invalid(self._offices.unknown(line.parent), field="parent", code=NO_PARENT)
        return parent

    def place_of(self, line: OfficeLine, parent: Organization | None) -> Place | None:
        """The place the line names, or for offices that must stand for one the place they are named after."""
        if not line.place and line.kind not in _MUST_STAND:
            return None
        base = parent.place.path if parent and parent.place else ""
        wanted = (line.place or place_name(line.name), "" if line.place else base)
        found = self._places.find([wanted])[wanted]
        if isinstance(found, Invalid):
            if line.place:
                raise Invalid(found.message, field="place")
            message = _("Say which place it stands for. %(why)s")
            raise Invalid(message % {"why": found.message}, field="place")
        if line.kind in LOCAL and found.kind != line.kind:
            message = _("%(place)s is no place that a %(kind)s can stand for.")
            kind = OrganizationKind(line.kind).label
            raise Invalid(message % {"place": found.name, "kind": kind}, field="place")
        return found

    def _check(self, line: OfficeLine, code: str, parent: Organization | None, place: Place | None) -> None:
        """What the action will check, before it: a dry run says the same."""
        check_form(code, line.kind, place)
        check_inside(parent, place)
        checked_text(line.short_name, "short_name", at_most=40, required=False)
        checked_text(line.phone, "phone", at_most=40, required=False)
        if code in self._offices.codes:
            raise Invalid(_("Another organization has this code."), field="code")
        if place and line.kind in SOLE_KINDS and (other := self._offices.standing_for(place.pk, line.kind)):
            message = _("This place has an organization of this kind already: %(name)s.")
            raise Invalid(message % {"name": other.name}, field="place")

    def _add(
        self, line: OfficeLine, code: str, parent: Organization | None, place: Place | None
    ) -> Organization:
        self.founded += 1
        if self._dry_run:
            office = Organization(
                pk=-self.founded, code=code, name=line.name, kind=line.kind, short_name=line.short_name
            )
            office.parent_id, office.place = (parent.pk if parent else None), place
            office.phone = line.phone
        else:
            office = add_organization(
                code=code,
                name=line.name,
                kind=line.kind,
                parent=parent,
                place=place,
                short_name=line.short_name,
                phone=line.phone,
                actor=self._actor,
                at=self._at,
            )
        self._offices.add(office)
        return office

    def _new_code(self, line: OfficeLine, place: Place | None) -> str:
        """The playbook's code of a department, else one made of the kind and the place's code or a number."""
        known = self._words.department_code(line.name) if line.kind == OrganizationKind.DEPARTMENT else ""
        if known and known not in self._offices.codes:
            return known
        stem = line.kind.replace("_", "-")
        return next(code for code in _codes(stem, place) if code not in self._offices.codes)


class Waiting:
    """Lines whose organization above is still to come, further down in the file."""

    def __init__(self, offices: Offices) -> None:
        self._offices = offices
        self._lines: list[OfficeLine] = []

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, line: OfficeLine) -> None:
        self._lines.append(line)

    def ready(self) -> list[OfficeLine]:
        """Take out those whose organization above stands by now."""
        ready = [line for line in self._lines if self._stands(line)]
        self._lines = [line for line in self._lines if not self._stands(line)]
        return ready

    def _stands(self, line: OfficeLine) -> bool:
        try:
            return self._offices.called(line.parent) is not None
        except Invalid:
            return True

    def refused(self) -> Iterator[tuple[OfficeLine, Invalid]]:
        """Why each of those left over can never be founded: their parents are missing, or lie under them."""
        above = {
            shaped(name): shaped(line.parent)
            for line in self._lines
            for name in (line.name, line.code)
            if name
        }
        for line in self._lines:
            seen, step = {shaped(line.name)}, shaped(line.parent)
            while step in above and step not in seen:
                seen.add(step)
                step = above[step]
            if step in seen:
                message = _("%(name)s and %(parent)s lie under each other.")
                message %= {"name": line.name[:40], "parent": line.parent[:40]}
            else:
                message = self._offices.unknown(line.parent)
            yield line, Invalid(message, field="parent")


def parents_first(
    lines: Iterable[OfficeLine], offices: Offices, take: Callable[[OfficeLine], None]
) -> Iterator[tuple[OfficeLine, Invalid]]:
    """Hand each line to `take`, higher offices first and none before the one it names above itself.

    Yields the lines refused, with the reason.
    """
    waiting = Waiting(offices)
    ready = sorted(lines, key=lambda line: _RANK.get(line.kind, len(_RANK)))
    while ready:
        for line in ready:
            try:
                take(line)
            except DomainError as refusal:
                problem = Invalid(refusal.message, field=refusal.field or "name", code=refusal.code)
                if refusal.code == NO_PARENT:
                    waiting.add(line)
                else:
                    yield line, problem
        ready = waiting.ready()
    yield from waiting.refused()


def _codes(stem: str, place: Place | None) -> Iterator[str]:
    if place and place.code:
        yield f"{stem}-{place.code}"
    number = 0
    while True:
        number += 1
        yield f"{stem}-{number}"
