"""Storing prepared files: the bytes first and whole, then the row, and both as often as one likes."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.utils import timezone

from yuanba.kernel.files.models import StoredFile
from yuanba.kernel.files.prepared import PreparedFile


def store(prepared: PreparedFile) -> StoredFile:
    """Store a file under its hash and return its row; sent again, it is the same row and the same file.

    The bytes are written even when they are there already: `sweep` spares what was written lately, so it
    can't take them away under a transaction that is about to refer to them. A crash leaves at worst a file
    without a row, which `sweep` finds.
    """
    is_photo = bool(prepared.thumbnail)
    row = StoredFile(sha256=prepared.sha256, suffix=prepared.suffix)
    _write(row.path, prepared.content)
    if is_photo:
        _write(row.thumbnail_path, prepared.thumbnail)
    stored, _created = StoredFile.objects.update_or_create(
        sha256=prepared.sha256,
        suffix=prepared.suffix,
        defaults={"stored_at": timezone.now()},
        create_defaults={
            "kind": StoredFile.Kind.PHOTO if is_photo else StoredFile.Kind.ATTACHMENT,
            "media_type": prepared.media_type,
            "size_bytes": len(prepared.content),
            "width": prepared.width,
            "height": prepared.height,
            "stored_at": timezone.now(),
        },
    )
    return stored


def _write(path: str, content: bytes) -> None:
    """Write so that under `path` there is the whole content or what was there before."""
    if isinstance(default_storage, FileSystemStorage):
        _write_local(Path(default_storage.path(path)), content)
        return
    saved = default_storage.save(path, ContentFile(content))
    if saved != path:  # a storage that never overwrites gave it another name: what is there is the same bytes
        default_storage.delete(saved)


def _write_local(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, beside = tempfile.mkstemp(prefix=".part-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(beside).unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
