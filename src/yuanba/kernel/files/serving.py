"""Handing stored files out again, so that a browser does nothing with them but show or save."""

from django.http import FileResponse
from django.utils.translation import gettext as _

from yuanba.kernel.errors import Missing
from yuanba.kernel.files.models import StoredFile
from yuanba.kernel.files.store import file_store


def file_response(stored: StoredFile, thumbnail: bool = False) -> FileResponse:
    """The file, or a photo's thumbnail, streamed. Whether the viewer may have it, the caller asks first.

    Photos show in the page, papers are saved. The bytes under one address never change, so browsers may keep
    them, but shared caches may not. Raises `Missing` when the store has lost it, `Away` when it can't be reached.
    """
    is_photo = stored.kind == StoredFile.Kind.PHOTO
    path = stored.thumbnail_path if thumbnail and is_photo else stored.path
    try:
        file = file_store().open(path, "rb")
    except OSError:
        raise Missing(_("The file is not there any more.")) from None
    response = FileResponse(
        file,
        as_attachment=not is_photo,
        filename=f"{stored.sha256[:12]}.{stored.suffix}",
        content_type=stored.media_type,
    )
    response["Content-Length"] = file.size
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
