"""Storing prepared files: the bytes first and whole, then the row, and both as often as one likes."""

from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.translation import gettext as _

from yuanba.kernel.errors import Away
from yuanba.kernel.files.models import StoredFile
from yuanba.kernel.files.prepared import PreparedFile
from yuanba.kernel.files.store import file_store


def store(prepared: PreparedFile) -> StoredFile:
    """Store a file under its hash and return its row; sent again, it is the same row and the same file.

    The bytes are written even when they are there already: `sweep` spares what was written lately, so it
    can't take them away under a transaction that is about to refer to them. A crash leaves at worst a file
    without a row, which `sweep` finds. Called outside any transaction: the store may be far away and slow.
    Raises `Away` when it can't be reached.
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
    try:
        file_store().save(path, ContentFile(content))
    except Away as error:
        words = _("Photos can't be kept just now. Try again soon, or send your words without one.")
        raise Away(words) from error
