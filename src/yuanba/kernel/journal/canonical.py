"""Canonical JSON (after RFC 8785) for what the journal hashes: sorted keys, no spaces, UTF-8, no floats."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

type_error = "the journal takes text, whole numbers, booleans, null, lists and mappings; not {}"


def _check(value: object) -> None:
    if value is None or isinstance(value, str | bool | int):
        return
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(type_error.format(f"a key of type {type(key).__name__}"))
            _check(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _check(item)
    else:
        hint = " (write money as text)" if isinstance(value, float | Decimal) else ""
        raise TypeError(type_error.format(type(value).__name__) + hint)


def canonical(data: dict[str, Any]) -> str:
    """`data` as canonical JSON text. Raises TypeError for floats and other values without one exact form."""
    _check(data)
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def timestamp(at: datetime) -> str:
    """UTC with microseconds and a Z, the one form in which the journal writes a time. Raises ValueError if
    naive.
    """
    if at.tzinfo is None:
        raise ValueError("the journal needs times with a zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def document(subject: str, seq: int, at: str, kind: str, actor: str, data: str, prev: str) -> bytes:
    """The bytes that are hashed: canonical JSON of one entry, its keys in order.

    ``data`` is already canonical; ``subject``, ``kind`` and ``actor`` hold no character that JSON would
    escape (a check constraint on the table keeps it so), ``at`` is `timestamp` text and ``prev`` 64 hex
    digits or empty.
    """
    return (
        f'{{"actor":"{actor}","at":"{at}","data":{data},"kind":"{kind}",'
        f'"prev":"{prev}","seq":{seq},"subject":"{subject}"}}'
    ).encode()
