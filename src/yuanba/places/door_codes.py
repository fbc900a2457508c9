"""The unguessable ten characters behind a door's QR code: 50 random bits in Crockford's base 32."""

import re
import secrets

from yuanba.places.kinds import PlaceKind

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10
ALWAYS = frozenset({PlaceKind.BUILDING, PlaceKind.UNIT})
"""Kinds that get a door code when they are added."""

_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
_FORM = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")


def new_door_code() -> str:
    bits = secrets.randbits(5 * LENGTH)
    return "".join(ALPHABET[bits >> 5 * place & 31] for place in range(LENGTH))


def read_door_code(text: str) -> str:
    """The code as it is kept, from what somebody typed off a door; empty when it can't be one."""
    code = text.upper().translate(_LOOKALIKES)
    return code if _FORM.fullmatch(code) else ""
