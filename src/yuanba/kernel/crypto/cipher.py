"""AES-256-GCM under keys derived from the operator's secret, and keyed digests to search by.

The secret may be of any length and form; HKDF (RFC 5869) makes one key per use from it. A ciphertext is
text, ``<key id>.<base64url of nonce, ciphertext and tag>``: the key id names the secret it was made under,
so secrets can be changed while old rows stay readable (settings.PERSONAL_DATA_KEYS_OLD) until they are
written again.
"""

import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE_BYTES = 12  # NIST SP 800-38D section 8.2: 96 bits, random


class Undecryptable(Exception):
    """A stored value can't be read: its key is not configured, or it was changed or moved to another
    column.
    """


@dataclass(frozen=True, slots=True)
class _Keys:
    id: str
    cipher: AESGCM
    index: bytes


@lru_cache(maxsize=16)
def _keys(secret: str) -> _Keys:
    def derive(use: bytes, length: int) -> bytes:
        return HKDF(SHA256(), length, salt=b"yuanba personal data", info=use).derive(secret.encode())

    return _Keys(derive(b"key id", 4).hex(), AESGCM(derive(b"encryption", 32)), derive(b"blind index", 32))


def _current() -> _Keys:
    return _keys(settings.PERSONAL_DATA_KEY)


def _all() -> list[_Keys]:
    return [_current(), *(_keys(secret) for secret in getattr(settings, "PERSONAL_DATA_KEYS_OLD", ()))]


def key_id() -> str:
    """The id (8 hex digits) of the key that new values are encrypted under."""
    return _current().id


def key_ids() -> tuple[str, ...]:
    """The ids of all keys that can be read under: the present one and those given as old."""
    return tuple(keys.id for keys in _all())


def encrypt(text: str, context: str) -> str:
    """Encrypt `text` for the place it is stored at: `context` is ``table.column`` and must be given again
    to decrypt.
    """
    keys, nonce = _current(), os.urandom(NONCE_BYTES)
    sealed = nonce + keys.cipher.encrypt(nonce, text.encode(), context.encode())
    return f"{keys.id}.{urlsafe_b64encode(sealed).decode()}"


def decrypt(stored: str, context: str) -> str:
    """The text behind `stored`. Raises `Undecryptable` for an unknown key, a changed value or another
    context.
    """
    name, _, body = stored.partition(".")
    keys = next((keys for keys in _all() if keys.id == name), None)
    if keys is None:
        raise Undecryptable(f"{context}: no configured key has the id {name[:8]!r}")
    try:
        sealed = urlsafe_b64decode(body)
        return keys.cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context.encode()).decode()
    except (InvalidTag, Base64Error, ValueError) as error:
        raise Undecryptable(f"{context}: the stored value was changed or belongs elsewhere") from error


def blind_index(value: str, purpose: str) -> str:
    """A keyed digest (64 hex digits) under which equal values of one purpose can be found without being
    readable.

    `value` must be normalised by the caller; the purpose keeps indexes of different fields incomparable.
    """
    return _index(_current(), value, purpose)


def blind_indexes(value: str, purpose: str) -> list[str]:
    """The blind index under the present key and each old one, for searching while a change of key is under
    way.
    """
    return [_index(keys, value, purpose) for keys in _all()]


def _index(keys: _Keys, value: str, purpose: str) -> str:
    return hmac.new(keys.index, f"{purpose}\0{value}".encode(), sha256).hexdigest()
