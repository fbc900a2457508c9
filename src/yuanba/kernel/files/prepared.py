"""A file that has been checked and may be stored."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Protocol

from django.utils.translation import gettext as _

from yuanba.kernel.errors import Invalid

MB = 1024 * 1024


class BadUpload(Invalid):
    """What was sent is not the kind of file asked for; ``field`` is the one it was sent in."""

    default_code = "upload_refused"


class Upload(Protocol):
    """What is needed of an uploaded file; its name and declared type are not looked at."""

    def read(self, size: int = -1, /) -> bytes: ...

    def seek(self, offset: int, whence: int = 0, /) -> object: ...


@dataclass(frozen=True)
class PreparedFile:
    """Bytes to be stored. A photo has its size in pixels and a thumbnail; a paper has neither."""

    content: bytes
    suffix: str
    media_type: str
    width: int | None = None
    height: int | None = None
    thumbnail: bytes = b""

    @cached_property
    def sha256(self) -> str:
        return sha256(self.content).hexdigest()


def read_bounded(upload: Upload, limit_bytes: int, field: str) -> bytes:
    """All bytes of an upload. Raises `BadUpload` when there are none, or more than `limit_bytes`."""
    upload.seek(0)
    content = upload.read(limit_bytes + 1)
    if not content:
        raise BadUpload(_("The file is empty."), code="upload_empty", field=field)
    if len(content) > limit_bytes:
        raise BadUpload(
            _("The file is larger than %(limit)s MB. Choose a smaller one.") % {"limit": limit_bytes // MB},
            code="upload_too_large",
            field=field,
        )
    return content
