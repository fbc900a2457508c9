"""How the journal refers to personal data: by a digest that means nothing once the record's salt is gone."""

import hmac
import secrets
from hashlib import sha256


def new_salt() -> str:
    """A fresh salt (32 hex digits) for one record; it is kept in the record's row and emptied with it."""
    return secrets.token_hex(16)


def salted_digest(text: str, salt: str) -> str:
    """A digest (64 hex digits) of `text` under a record's salt.

    With the salt it proves what was entered; without it, guessing short texts such as phone numbers is as
    hard as guessing the salt. Raises ValueError for an empty salt.
    """
    if not salt:
        raise ValueError("a digest without a salt could be guessed")
    return hmac.new(salt.encode(), text.encode(), sha256).hexdigest()
