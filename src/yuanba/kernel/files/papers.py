"""Papers: PDF files, kept as they are and only ever handed out for saving."""

from typing import Final

from django.utils.translation import gettext as _

from yuanba.kernel.files.prepared import MB, BadUpload, PreparedFile, Upload, read_bounded

PAPER_BYTES: Final = 20 * MB


def accept_paper(
    upload: Upload, *, field: str = "attachment", limit_bytes: int = PAPER_BYTES
) -> PreparedFile:
    """Check that an upload is a whole PDF of at most 20 MB. Raises `BadUpload` on `field`, plainly."""
    content = read_bounded(upload, limit_bytes, field)
    if not content.startswith(b"%PDF-"):
        raise BadUpload(_("Only PDF files are taken here."), code="paper_wrong_kind", field=field)
    if b"%%EOF" not in content[-2048:]:
        raise BadUpload(
            _("The PDF is damaged or was not sent completely. Send it again."),
            code="paper_damaged",
            field=field,
        )
    return PreparedFile(content=content, suffix="pdf", media_type="application/pdf")
