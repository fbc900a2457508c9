"""What a place's name may look like, and how people say it."""

import re
import unicodedata

from django.utils.translation import gettext as _

from yuanba.kernel.errors import Invalid
from yuanba.places.kinds import PlaceKind

LONGEST = 120
_SPACE = re.compile(r"\s+")
_ILLEGAL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NUMBERED = {
    PlaceKind.BUILDING: (re.compile(r"第?(\d{1,4})\s*(?:#|栋|幢|座|号|号楼|栋楼|幢楼|#楼|楼)?"), "栋"),
    PlaceKind.UNIT: (re.compile(r"第?(\d{1,3})\s*(?:#|单元|门)?"), "单元"),
}
_NUMBER_ENDINGS = {
    PlaceKind.BUILDING: ("", "栋", "幢", "座", "号", "号楼", "#", "#楼", "栋楼", "幢楼", "楼"),
    PlaceKind.UNIT: ("", "单元", "#", "门"),
}
_COMMITTEE = re.compile(r"(?:居委会|居民委员会)$")
_VILLAGE_COMMITTEE = re.compile(r"(?:村委会|村民委员会)$")


def clean_name(text: str, *, field: str = "name") -> str:
    """The name as it is kept: composed characters (NFC), single spaces, no invisible marks.

    Raises `Invalid` for an empty or overlong name and for control characters and halves of characters.
    """
    visible = text if text.isalnum() else "".join(mark for mark in text if unicodedata.category(mark) != "Cf")
    name = _SPACE.sub(" ", unicodedata.normalize("NFC", visible)).strip()
    if not name:
        raise Invalid(_("The name is missing."), field=field)
    if len(name) > LONGEST:
        raise Invalid(
            _("The name has %(count)d characters; %(most)d are possible.")
            % {"count": len(name), "most": LONGEST},
            field=field,
        )
    if _ILLEGAL.search(name):
        raise Invalid(_("The name holds a character that can't be kept."), field=field)
    return name


def spoken_name(name: str, kind: str) -> str:
    """A community's name without its committee: people call 翠微路社区居委会 the 翠微路社区."""
    if kind != PlaceKind.COMMUNITY:
        return name
    if found := _VILLAGE_COMMITTEE.search(name):
        stem = name[: found.start()]
        return stem if stem.endswith("村") else f"{stem}村"
    if found := _COMMITTEE.search(name):
        stem = name[: found.start()]
        return stem if stem.endswith(("社区", "村")) else f"{stem}社区"
    return name


def community_spellings(name: str) -> tuple[str, ...]:
    """Every official form that a community called `name` on somebody's list may be registered under."""
    stem = re.sub(r"(?:社区|村)?(?:居委会|居民委员会|村委会|村民委员会)$|(?:社区|村)$", "", name)
    committees = ("居委会", "居民委员会", "村委会", "村民委员会")
    endings = ("", *(word + committee for word in ("", "社区", "村") for committee in ("", *committees)))
    return tuple(dict.fromkeys([name, *(stem + ending for ending in endings if stem + ending)]))


def numbered_name(name: str, kind: str) -> str:
    """The name of a building or unit from a spreadsheet, where 3 alone means 3栋 or 3单元."""
    return name + _NUMBERED[PlaceKind(kind)][1] if kind in _NUMBERED and name.isdecimal() else name


def name_key(name: str, kind: str) -> str:
    """What a name comes down to among siblings: 3栋, 3号楼 and 3# of one estate are the same building."""
    if kind == PlaceKind.COMMUNITY:
        return spoken_name(name, kind)
    if kind in _NUMBERED and (found := _NUMBERED[PlaceKind(kind)][0].fullmatch(name)):
        return f"{int(found.group(1))}#"
    return name


def spellings(name: str, kind: str) -> tuple[str, ...]:
    """Every form under which the place may stand in the register already."""
    if kind == PlaceKind.COMMUNITY:
        return community_spellings(name)
    if kind in _NUMBERED and (found := _NUMBERED[PlaceKind(kind)][0].fullmatch(name)):
        number = int(found.group(1))
        return (name, *(f"{number}{ending}" for ending in _NUMBER_ENDINGS[PlaceKind(kind)]))
    return (name,)
