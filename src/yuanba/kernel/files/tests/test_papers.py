import io

import pytest

from yuanba.kernel.files.papers import PAPER_BYTES, accept_paper
from yuanba.kernel.files.prepared import BadUpload

PAPER = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def test_a_pdf_is_kept_as_it_is() -> None:
    prepared = accept_paper(io.BytesIO(PAPER))
    assert prepared.content == PAPER
    assert (prepared.suffix, prepared.media_type, prepared.thumbnail) == ("pdf", "application/pdf", b"")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "upload_empty"),
        (PAPER + bytes(PAPER_BYTES), "upload_too_large"),
        (b"PK\x03\x04", "paper_wrong_kind"),
        (b"<html>%PDF-1.7 %%EOF", "paper_wrong_kind"),
        (PAPER[:20], "paper_damaged"),
    ],
)
def test_what_is_no_whole_pdf_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(BadUpload) as refusal:
        accept_paper(io.BytesIO(content), field="paper")
    assert (refusal.value.code, refusal.value.field) == (code, "paper")
    assert refusal.value.message
