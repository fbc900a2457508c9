"""Places as people write them into one cell: a code, a name, or the way down (沙河街道/玉城社区/玉城家园/3栋)."""

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_

from django.db.models import Q
from django.utils.translation import gettext as _

from yuanba.kernel.errors import Invalid
from yuanba.kernel.paths import contains
from yuanba.places.codes import read_code
from yuanba.places.kinds import PlaceKind
from yuanba.places.models import Place, PlaceAlias, PlaceCode
from yuanba.places.names import name_key, spellings
from yuanba.places.queries import HAS_CODE, in_use, subtree

REMEMBERED = 5_000
RANGES = 200
"""Subtrees asked for in one statement; SQLite takes expressions a thousand deep."""
_STEPS = re.compile(r"[/\\>→|]+")
_SPACE = re.compile(r"\s+")
_SPELLED = (PlaceKind.COMMUNITY, PlaceKind.BUILDING, PlaceKind.UNIT)
# Whoever writes an address begins above the district; the tree need not.
_ABOVE = re.compile(r".+(?:省|市|自治区)")

Wanted = tuple[str, str]
"""(what the cell says, path of the place to look in; empty: everywhere)."""
Found = Place | Invalid


@dataclass(slots=True)
class _Way:
    """How far one cell's way has been walked."""

    wanted: Wanted
    steps: list[str]
    at: Place | None = None
    problem: Invalid | None = None

    @property
    def base(self) -> str:
        return self.at.path if self.at else self.wanted[1]

    @property
    def names(self) -> frozenset[str]:
        return _spelled(self.steps[0])


class WrittenPlaces:
    """Finds what many cells name at once: a few queries for a batch, none for what it remembers."""

    def __init__(self) -> None:
        self._remembered: dict[Wanted, Found] = {}
        self._upper: list[str] | None = None
        self._told: dict[str, str] = {}

    def find(self, wanted: Iterable[Wanted]) -> dict[Wanted, Found]:
        """The place in use that each cell means, or the refusal that says why none is meant for certain."""
        asked = set(wanted)
        fresh = [want for want in sorted(asked) if want not in self._remembered]
        if len(self._remembered) + len(fresh) > REMEMBERED:
            self._remembered = {want: self._remembered[want] for want in asked & self._remembered.keys()}
            self._told.clear()
        coded = [want for want in fresh if _is_code(want[0])]
        self._remembered.update(self._by_code(coded))
        self._remembered.update(
            self._walk([_Way(want, _steps(want[0])) for want in fresh if want not in coded])
        )
        return {want: self._remembered[want] for want in asked}

    def _by_code(self, wanted: Sequence[Wanted]) -> Iterator[tuple[Wanted, Found]]:
        codes: dict[Wanted, str] = {}
        for want in wanted:
            try:
                codes[want] = read_code(want[0]).digits
            except Invalid as problem:
                yield want, problem
        if not codes:
            return
        rows = in_use().filter(HAS_CODE, code__in=set(codes.values()))
        places = {place.code: place for place in rows}
        missing = set(codes.values()) - places.keys()
        former = PlaceCode.objects.filter(code__in=missing, place__retired_on=None).order_by("valid_to")
        places |= {one.code: one.place for one in former.select_related("place")}
        for want, code in codes.items():
            yield (
                want,
                places.get(code) or Invalid(_("No place here has the code %(code)s.") % {"code": want[0]}),
            )

    def _walk(self, ways: list[_Way]) -> Iterator[tuple[Wanted, Found]]:
        while moving := [way for way in ways if way.steps and way.problem is None]:
            found = _named_below(moving)
            for way in moving:
                self._take(way, found.get(id(way), []))
        for way in ways:
            problem = way.problem or Invalid(_("No place is named."))
            yield way.wanted, way.at if way.at is not None and way.problem is None else problem

    def _take(self, way: _Way, found: list[Place]) -> None:
        """Take one step: to the place directly inside, else to the only one further down."""
        step = way.steps.pop(0)
        parent_id = way.at.pk if way.at else None
        inside = [place for place in found if parent_id is not None and place.parent_id == parent_id]
        nearest = inside or found
        meant = [place for place in nearest if place.name == step] or nearest
        if len(meant) == 1:
            way.at = meant[0]
        elif meant:
            message = _("%(count)d places here are called %(name)s. Write the way down to it, or its code.")
            way.problem = Invalid(message % {"count": len(meant), "name": step[:40]})
        elif way.at is not None or not way.steps or not _ABOVE.fullmatch(step):
            way.problem = Invalid(self._unknown(step, way.at))

    def _unknown(self, step: str, inside: Place | None) -> str:
        if self._upper is None:
            kinds = (PlaceKind.STREET, PlaceKind.COMMUNITY)
            self._upper = list(in_use().filter(kind__in=kinds).values_list("name", flat=True)[:5_000])
        if inside is not None:
            message = _("There is no place called %(name)s in %(parent)s. Import it first.")
            return message % {"name": step[:40], "parent": inside.name}
        if step not in self._told:
            told = _("There is no place called %(name)s here.") % {"name": step[:40]}
            near = difflib.get_close_matches(step, self._upper, n=1)
            self._told[step] = " ".join(
                [told, *(_("Did you mean “%(name)s”?") % {"name": name} for name in near)]
            )
        return self._told[step]


@lru_cache(maxsize=4096)
def _spelled(step: str) -> frozenset[str]:
    """Every form under which the place of a step may stand in the register."""
    return frozenset({step}).union(*(spellings(step, kind) for kind in _SPELLED))


def _is_code(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) >= 6


def _steps(text: str) -> list[str]:
    """The names on the way, from the top down. Blanks part them where nothing else does."""
    plain = unicodedata.normalize("NFKC", text).strip()
    steps = [_SPACE.sub(" ", step).strip() for step in _STEPS.split(plain)]
    if len(steps) == 1:
        steps = _SPACE.split(plain)
    return [step for step in steps if step]


def _named_below(ways: Sequence[_Way]) -> dict[int, list[Place]]:
    """By way: the places with the name of its next step anywhere below where it stands, else with that alias."""
    found = _matching(ways, _by_name)
    return found | _matching([way for way in ways if id(way) not in found], _by_alias)


def _by_name(names: set[str], below: Q) -> Iterator[tuple[str, Place]]:
    for place in in_use().filter(below, name__in=names):
        yield place.name, place


def _by_alias(names: set[str], below: Q) -> Iterator[tuple[str, Place]]:
    named = PlaceAlias.objects.filter(name__in=names, place__in=in_use().filter(below))
    for alias in named.select_related("place"):
        yield alias.name, alias.place


def _matching(
    ways: Sequence[_Way], looking: Callable[[set[str], Q], Iterator[tuple[str, Place]]]
) -> dict[int, list[Place]]:
    found: dict[int, list[Place]] = {}
    for first in range(0, len(ways), RANGES):
        part = ways[first : first + RANGES]
        below = reduce(or_, (subtree(base) for base in {way.base for way in part}))
        named: dict[str, list[Place]] = {}
        for name, place in looking(set().union(*(way.names for way in part)), below):
            named.setdefault(name, []).append(place)
        for way in part:
            fits = {
                place.pk: place
                for name in way.names
                for place in named.get(name, ())
                if _fits(way, name, place)
            }
            if fits:
                found[id(way)] = list(fits.values())
    return found


def _fits(way: _Way, name: str, place: Place) -> bool:
    """Whether the step may mean a place so called below where the way stands, as such a place is called."""
    inside = contains(way.base, place.path) and (way.at is None or place.pk != way.at.pk)
    return inside and name_key(name, place.kind) == name_key(way.steps[0], place.kind)
