"""Keeping a model in a file: plain numpy arrays and a JSON head, nothing that runs when it is read.

The file is an ``.npz`` archive. ``head`` holds UTF-8 JSON with the format version, categories, scale, counts
and the SHA-256 digest over everything else. A file that is damaged, too large, of another version or not ours
is refused.
"""

import hashlib
import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from yuanba.language.triage.features import KIND_WEIGHTS
from yuanba.language.triage.model import HeldOut, Model

FORMAT: Final = "yuanba-triage"
VERSION: Final = 1
_LARGEST_BYTES: Final = 512 * 1024 * 1024

# Every array with its type and number of dimensions, in the order in which they are digested.
_ARRAYS: Final[Mapping[str, tuple[str, int]]] = {
    "keys": ("<u8", 1),
    "kinds": ("|u1", 1),
    "rarity": ("<f4", 1),
    "weights": ("<f2", 2),
    "bias": ("<f4", 1),
    "offset": ("<f4", 1),
}


class ModelFileError(ValueError):
    """The file can't be read as a model; the message says why."""


class _Kept(BaseModel):
    model_config = ConfigDict(extra="forbid")
    rows: int = Field(ge=0)
    accuracy: float = Field(ge=0, le=1)
    macro_f1: float = Field(ge=0, le=1)


class _Head(BaseModel):
    model_config = ConfigDict(extra="forbid")
    format: str
    version: int
    categories: list[str] = Field(min_length=2)
    scale: float = Field(gt=0, allow_inf_nan=False)
    rows: int = Field(ge=0)
    held_out: _Kept | None
    digest: str


def digested(model: Model) -> Model:
    """The model with its digest set from its content."""
    return replace(model, digest=_digest(_head(model), _arrays(model)))


def save(model: Model, path: Path) -> None:
    """Write the model; the old file stays whole until the new one is complete."""
    arrays = _arrays(model)
    head = _head(model) | {"digest": model.digest}
    encoded = np.frombuffer(json.dumps(head, ensure_ascii=False).encode(), dtype=np.uint8)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with unfinished.open("wb") as file:
            np.savez(file, allow_pickle=False, head=encoded, **arrays)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def load(path: Path) -> Model:
    """Read a model and check its digest.

    Raises `ModelFileError` when the content is not a whole model of this version, `OSError` when it can't be
    read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > _LARGEST_BYTES:
                raise ModelFileError("The model file is too large.")
        with np.load(path, allow_pickle=False) as content:
            head = _Head.model_validate_json(content["head"].tobytes())
            arrays = {name: content[name] for name in _ARRAYS}
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError) as error:
        if isinstance(error, ModelFileError):
            raise
        raise ModelFileError(_reason(error)) from error
    _check(head, arrays)
    held_out = HeldOut(**head.held_out.model_dump()) if head.held_out else None
    return Model(
        categories=tuple(head.categories),
        scale=head.scale,
        rows=head.rows,
        held_out=held_out,
        digest=head.digest,
        **arrays,
    )


def _check(head: _Head, arrays: Mapping[str, NDArray[Any]]) -> None:
    if head.format != FORMAT or head.version != VERSION:
        raise ModelFileError(
            f"The model file has version {head.version}; this program reads version {VERSION}."
        )
    for name, (kind, dimensions) in _ARRAYS.items():
        if arrays[name].dtype.str != kind or arrays[name].ndim != dimensions:
            raise ModelFileError(f"The part {name} of the model file has the wrong type.")
    features, categories = len(arrays["keys"]), len(head.categories)
    shapes = {
        "kinds": (features,),
        "rarity": (features,),
        "weights": (features, categories),
        "bias": (categories,),
        "offset": (categories,),
    }
    for name, shape in shapes.items():
        if arrays[name].shape != shape:
            raise ModelFileError(f"The part {name} of the model file has the wrong size.")
    if not features or arrays["kinds"].max() >= len(KIND_WEIGHTS) or np.any(np.diff(arrays["keys"]) == 0):
        raise ModelFileError("The features of the model file are not in order.")
    if _digest(head.model_dump(exclude={"digest"}), arrays) != head.digest:
        raise ModelFileError("The model file does not match its digest: it was damaged or changed.")


def _head(model: Model) -> dict[str, object]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "categories": list(model.categories),
        "scale": model.scale,
        "rows": model.rows,
        "held_out": asdict(model.held_out) if model.held_out else None,
    }


def _arrays(model: Model) -> dict[str, NDArray[Any]]:
    return {
        name: np.ascontiguousarray(getattr(model, name), dtype=kind) for name, (kind, _) in _ARRAYS.items()
    }


def _digest(head: Mapping[str, object], arrays: Mapping[str, NDArray[Any]]) -> str:
    sha = hashlib.sha256(json.dumps(head, ensure_ascii=False, sort_keys=True).encode())
    for name in _ARRAYS:
        sha.update(np.ascontiguousarray(arrays[name]).tobytes())
    return sha.hexdigest()


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "The head of the model file is not complete."
    return "This is not a model file, or it is damaged."
