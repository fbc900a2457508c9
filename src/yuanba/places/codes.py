"""The 12-digit statistics code (统计用区划代码): 6 digits of GB/T 2260, 3 of GB/T 10114, 3 of the community.

Only the structure is checked. The bureau publishes new codes every year and some stand for development zones;
an unknown code is not a wrong one, and not every code is a self-governing body.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from django.utils.translation import gettext as _

from yuanba.kernel.errors import Invalid
from yuanba.places.kinds import PlaceKind

_PROVINCES = (
    range(11, 16),
    range(21, 24),
    range(31, 38),
    range(41, 47),
    range(50, 55),
    range(61, 66),
    (71, 81, 82),
)
PROVINCES = frozenset(str(number) for numbers in _PROVINCES for number in numbers)
MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
COUNTIES_WITHOUT_CITY = "90"

_LENGTHS = (2, 4, 6, 9, 12)
_KINDS = dict(
    zip(
        _LENGTHS,
        (PlaceKind.PROVINCE, PlaceKind.CITY, PlaceKind.DISTRICT, PlaceKind.STREET, PlaceKind.COMMUNITY),
        strict=True,
    )
)


class StreetKind(StrEnum):
    """What the street-level digits say (GB/T 10114-2003)."""

    SUBDISTRICT = "subdistrict"
    TOWN = "town"
    TOWNSHIP = "township"
    ZONE = "zone"


class CommunityKind(StrEnum):
    """What the last three digits say; the two kinds of zone exist for statistics only."""

    RESIDENTS_COMMITTEE = "residents_committee"
    VILLAGERS_COMMITTEE = "villagers_committee"
    URBAN_ZONE = "urban_zone"
    RURAL_ZONE = "rural_zone"


_STREET_KINDS = (
    (99, StreetKind.SUBDISTRICT),
    (199, StreetKind.TOWN),
    (399, StreetKind.TOWNSHIP),
    (999, StreetKind.ZONE),
)
_COMMUNITY_KINDS = (
    (199, CommunityKind.RESIDENTS_COMMITTEE),
    (399, CommunityKind.VILLAGERS_COMMITTEE),
    (499, CommunityKind.URBAN_ZONE),
    (999, CommunityKind.RURAL_ZONE),
)


@dataclass(frozen=True, slots=True)
class StatisticsCode:
    """A code of the right structure, twelve digits long; made by `read_code`."""

    digits: str

    @property
    def length(self) -> int:
        """How many digits, from the left, the code's own level takes: 2, 4, 6, 9 or 12."""
        digits = self.digits
        if digits[9:] != "000":
            return 12
        if digits[6:9] != "000":
            return 9
        return 6 if digits[4:6] != "00" else 4 if digits[2:4] != "00" else 2

    @property
    def significant(self) -> str:
        return self.digits[: self.length]

    @property
    def kind(self) -> PlaceKind:
        return _KINDS[self.length]

    @property
    def ancestors(self) -> tuple["StatisticsCode", ...]:
        """Codes of the real levels above, from the province down.

        Municipalities have no city between themselves and their districts, counties under a province directly
        (…90…) neither; a few cities (Dongguan, Zhongshan …) have streets and no districts.
        """
        length = self.length
        return _above(self.digits[: _LENGTHS[max(_LENGTHS.index(length) - 1, 0)]], length)

    @property
    def street_kind(self) -> StreetKind | None:
        """The kind of street or town the code lies in; None above that level."""
        number = int(self.digits[6:9])
        return next(kind for last, kind in _STREET_KINDS if number <= last) if number else None

    @property
    def community_kind(self) -> CommunityKind | None:
        """The kind of community; None above that level."""
        number = int(self.digits[9:])
        return next(kind for last, kind in _COMMUNITY_KINDS if number <= last) if number else None

    def lies_in(self, other: "StatisticsCode") -> bool:
        return self.digits.startswith(other.significant)


@lru_cache(maxsize=4096)
def _above(digits: str, length: int) -> tuple[StatisticsCode, ...]:
    found = []
    for end in _LENGTHS[: _LENGTHS.index(length)]:
        part = digits[end - (2 if end <= 6 else 3) : end]
        bare = end == 4 and (digits[:2] in MUNICIPALITIES or part == COUNTIES_WITHOUT_CITY)
        if int(part) and not bare:
            found.append(StatisticsCode(digits[:end].ljust(12, "0")))
    return tuple(found)


def read_code(text: str, *, field: str = "code") -> StatisticsCode:
    """Read a code of 2, 4, 6, 9 or 12 digits; shorter ones mean the level they end at.

    Raises `Invalid` that says what is wrong with it.
    """
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit()):
        raise Invalid(_not_digits(digits), field=field)
    if len(digits) not in _LENGTHS:
        raise Invalid(
            _("A statistics code has 12 digits (or 6 for a district, 9 for a street); this has %(count)d.")
            % {"count": len(digits)},
            field=field,
        )
    code = StatisticsCode(digits.ljust(12, "0"))
    _check_structure(code, field)
    return code


def _not_digits(text: str) -> str:
    if re.fullmatch(r"[0-9.]+[eE]\+?[0-9]+", text):
        message = _(
            "The spreadsheet shortened this code to %(text)s. Format the column as text and save again."
        )
        return message % {"text": text}
    return _("A statistics code has digits only.")


def _check_structure(code: StatisticsCode, field: str) -> None:
    digits = code.digits
    if digits[:2] not in PROVINCES:
        raise Invalid(
            _("No province has a code that begins with %(digits)s.") % {"digits": digits[:2]}, field=field
        )
    city = int(digits[2:4])
    if 70 < city < int(COUNTIES_WITHOUT_CITY) or city > int(COUNTIES_WITHOUT_CITY):
        raise Invalid(_("Digits 3 and 4 name no city (01 to 70, or 90)."), field=field)
    if city == 0 and int(digits[4:]) > 0:
        raise Invalid(_("Digits 3 and 4 name no city (01 to 70, or 90)."), field=field)
    if int(digits[9:]) and not int(digits[6:9]):
        raise Invalid(_("Digits 7 to 9 must name the street or town of this community."), field=field)
