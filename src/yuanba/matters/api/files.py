"""Photos, sent before the request that shows them."""

from django.http import HttpResponse
from ninja import File, Router
from ninja.files import UploadedFile

from yuanba.kernel.authority import Power
from yuanba.kernel.files.photos import accept_photo
from yuanba.kernel.files.storing import store
from yuanba.matters.api.answers import Answer, send
from yuanba.matters.api.auth import ApiRequest
from yuanba.matters.api.shapes import FileOut, Problem

router = Router(tags=["files"])


@router.post("", response={201: FileOut, 413: Problem, 415: Problem, 422: Problem, 503: Problem})
def upload_photo(request: ApiRequest, file: File[UploadedFile]) -> HttpResponse:
    """Store a photo (JPEG, PNG, WebP or HEIF). It is drawn anew, without what the camera wrote into it.

    The same photo sent twice is stored once, so this is safe to repeat.
    """
    if Power.ANSWER not in request.auth.viewer.powers:
        request.auth.viewer.require(Power.RECEIVE)
    row = store(accept_photo(file, field="file"))
    return send(Answer(FileOut(row.sha256, row.media_type, row.size_bytes, row.width, row.height), 201))
