"""What a place's name may look like, and how people say it."""

import re
import unicodedata

from django.utils.translation import gettext as _

from yuanba.kernel.errors import Invalid
from yuanba.places.kinds import PlaceKind

LONGEST = 120
_SPACE = re.compile(r"\s+")
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_COMMITTEE = re.compile(r"(?:居委会|居民委员会)$")
_VILLAGE_COMMITTEE = re.compile(r"(?:村委会|村民委员会)$")


def clean_name(text: str, *, field: str = "name") -> str:
    """The name as it is kept: composed characters (NFC), single spaces, nothing invisible.

    Raises `Invalid` for an empty, overlong or unprintable name.
    """
    name = _SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()
    if not name:
        raise Invalid(_("The name is missing."), field=field)
    if len(name) > LONGEST:
        raise Invalid(
            _("The name has %(count)d characters; %(most)d are possible.")
            % {"count": len(name), "most": LONGEST},
            field=field,
        )
    if any(unicodedata.category(character) in _UNPRINTABLE for character in name):
        raise Invalid(_("The name holds a character that can't be printed."), field=field)
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
    endings = (
        "",
        "社区",
        "村",
        "社区居委会",
        "社区居民委员会",
        "居委会",
        "居民委员会",
        "村委会",
        "村民委员会",
    )
    return tuple(dict.fromkeys([name, *(stem + ending for ending in endings if stem + ending)]))
