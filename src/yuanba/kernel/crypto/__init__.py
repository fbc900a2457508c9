"""Personal data at rest: encrypted fields, blind indexes to find them by, masks to show them under."""

from yuanba.kernel.crypto.cipher import (
    Undecryptable,
    blind_index,
    blind_indexes,
    decrypt,
    encrypt,
    key_id,
    key_ids,
)
from yuanba.kernel.crypto.digests import new_salt, salted_digest
from yuanba.kernel.crypto.fields import BlindIndexField, EncryptedTextField
from yuanba.kernel.crypto.masking import mask_name, mask_phone
from yuanba.kernel.crypto.phones import is_service, normalise_phone, own_phone

__all__ = [
    "BlindIndexField",
    "EncryptedTextField",
    "Undecryptable",
    "blind_index",
    "blind_indexes",
    "decrypt",
    "encrypt",
    "is_service",
    "key_id",
    "key_ids",
    "mask_name",
    "mask_phone",
    "new_salt",
    "normalise_phone",
    "own_phone",
    "salted_digest",
]
