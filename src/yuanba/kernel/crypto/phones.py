"""Phone numbers in one written form, so that the same number is found however it was typed."""

import re
import unicodedata

from django.utils.translation import gettext as _

from yuanba.kernel.errors import Invalid

MAX_LENGTH = 40
_FILLERS = re.compile(r"[\s().\-‐-―·]+")
_EXTENSION = re.compile(r"(?:转|ext\.?|x|#|分机)\s*(\d{1,6})$", re.IGNORECASE)
_MOBILE = re.compile(r"1[3-9]\d{9}")
# Area codes: 010 and 02x have three digits, all others four (GB/T 15279 numbering of the telephone network).
_LANDLINE = re.compile(r"(010|02\d|0[3-9]\d{2})([2-9]\d{6,7})")
_LOCAL = re.compile(r"[2-9]\d{6,7}")
_SERVICE = re.compile(r"1\d{2,4}|9\d{4,5}|1[06]\d{3,10}")
_FREE = re.compile(r"[48]00\d{7}")
_FOREIGN = re.compile(r"\+[1-9]\d{6,14}")


def normalise_phone(text: str) -> str:
    """A phone number as it is stored: mobile ``13812341234``, landline ``023-58123456``, abroad
    ``+4915112345678``.

    Spaces, dashes, brackets, full-width digits and the prefixes +86, 0086 and 86 fall away; an extension is
    kept as ``023-58123456#801``. Empty text gives empty text. Raises `Invalid` (field ``phone``) for what
    is no number.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if not text:
        return ""
    extension = _EXTENSION.search(text) if len(text) <= MAX_LENGTH else None
    suffix = f"#{extension[1]}" if extension else ""
    bare = _FILLERS.sub("", text[: extension.start()] if extension else text)
    number = _written(_national(bare)) if len(text) <= MAX_LENGTH and bare.isascii() else ""
    if not number:
        raise Invalid(
            _("This is not a phone number. Write it like 13812341234 or 023-58123456."), field="phone"
        )
    return number + suffix


def own_phone(text: str) -> str:
    """As `normalise_phone`, for the number somebody is called back on: that of a service (110, 12345, 95588) is
    nobody's own. Raises `Invalid` (field ``phone``).
    """
    number = normalise_phone(text)
    if is_service(number):
        raise Invalid(
            _("This is the number of a service, nobody's own. Write it like 13812341234 or 023-58123456."),
            field="phone",
        )
    return number


def is_service(number: str) -> bool:
    """Whether a number, as it is stored, is that of a service which many call and nobody is reached on."""
    bare = number.partition("#")[0]
    return bool(_SERVICE.fullmatch(bare)) and not _MOBILE.fullmatch(bare)


def _national(bare: str) -> str:
    """The number as dialled inside China, or with + and country code for any other country."""
    if bare.startswith("00"):
        bare = "+" + bare[2:]
    if bare.startswith("86") and _MOBILE.fullmatch(bare[2:]):
        return bare[2:]
    if not bare.startswith("+86"):
        return bare
    inside = bare[3:]
    return inside if _MOBILE.fullmatch(inside) or inside.startswith("0") else "0" + inside


def _written(number: str) -> str:
    if landline := _LANDLINE.fullmatch(number):
        return f"{landline[1]}-{landline[2]}"
    known = any(form.fullmatch(number) for form in (_MOBILE, _LOCAL, _SERVICE, _FREE, _FOREIGN))
    return number if known else ""
