"""Photos: told by content, bounded before they are decoded, and drawn anew, so that only the picture is left.

Drawing anew takes off EXIF (place, time, device, owner), comments, profiles, and whatever was hung on behind.
"""

import io
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from yuanba.kernel.files.prepared import MB, BadUpload, PreparedFile, Upload, read_bounded

if TYPE_CHECKING:
    from PIL.Image import Image

PHOTO_BYTES: Final = 10 * MB
PIXELS: Final = 50_000_000
# What each decoder needs besides the 90 MB of a web process, measured at these sizes: 100 MB for a JPEG in one
# scan, which is made small while it is read; 175 MB for HEIC, 135 for PNG, 165 for a JPEG in several scans,
# 260 for WebP, which is never made small before it is whole.
_PIXELS_WHOLE: Final = 24_000_000
_PIXELS_WEBP: Final = 16_000_000
# A few kilobytes can ask for all of that, so a process draws one photo at a time; none takes a second.
_ONE_AT_A_TIME: Final = Lock()
LONG_EDGE: Final = 2048
THUMBNAIL_EDGE: Final = 480
_STRIP: Final = 128
_QUALITY: Final = 84
_THUMBNAIL_QUALITY: Final = 76
_HEIC_BRANDS: Final = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


def accept_photo(upload: Upload, *, field: str = "photo", limit_bytes: int = PHOTO_BYTES) -> PreparedFile:
    """Check a photo and draw it anew: an upright JPEG of up to 2,048 pixels a side, a thumbnail of up to 480.

    JPEG, PNG, WebP and HEIC are taken, up to 10 MB; JPEG up to 50 million pixels, WebP up to 16, the others
    and JPEG in several scans up to 24. Of moving pictures the first is kept.
    Raises `BadUpload` on `field`, with a plain reason.
    """
    content = read_bounded(upload, limit_bytes, field)
    if (kind := _kind(content)) is None:
        raise BadUpload(
            _("This is not a photo that can be read. JPEG, PNG, WebP and HEIC are taken."),
            code="photo_wrong_kind",
            field=field,
        )
    with _ONE_AT_A_TIME:
        large = _drawn(_upright(content, kind, field))
    small = large.copy()
    small.thumbnail((THUMBNAIL_EDGE, THUMBNAIL_EDGE))
    return PreparedFile(
        content=_jpeg(large, _QUALITY),
        suffix="jpg",
        media_type="image/jpeg",
        width=large.width,
        height=large.height,
        thumbnail=_jpeg(small, _THUMBNAIL_QUALITY),
    )


def _kind(content: bytes) -> str | None:
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        return "HEIF"
    return None


def _limit(content: bytes, kind: str) -> int:
    """How many pixels may be decoded, by what decoding them takes."""
    if kind == "WEBP":
        return _PIXELS_WEBP
    return PIXELS if kind == "JPEG" and _in_one_scan(content) else _PIXELS_WHOLE


def _in_one_scan(jpeg: bytes) -> bool:
    """Whether all colours of a JPEG come in one pass. Of any other, such as a progressive one, the decoder holds
    every coefficient (ITU-T T.81, B.2.2 and B.2.3).
    """
    at, colours = 2, 0
    while jpeg[at : at + 1] == b"\xff" and at + 9 < len(jpeg):
        marker, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if marker in {0xC0, 0xC1}:
            colours = jpeg[at + 9]
        if marker == 0xDA:
            return jpeg[at + 4] == colours
        at += 2 + length
    return False


def _upright(content: bytes, kind: str, field: str) -> "Image":
    """The picture, made small, then turned. Only the decoder that its first bytes call for is tried."""
    from PIL import Image, ImageOps

    if kind == "HEIF":
        _register_heif()
    limit = _limit(content, kind)
    try:
        picture: Image.Image = Image.open(io.BytesIO(content), formats=[kind])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels(field, limit) from None
    except Exception as error:
        raise _damaged(field) from error
    if picture.width * picture.height > limit:
        raise _too_many_pixels(field, limit)
    try:
        picture.draft("RGB", (LONG_EDGE, LONG_EDGE))
        picture.load()
        picture = _shrunk(picture)
        picture.thumbnail((LONG_EDGE, LONG_EDGE))
        return ImageOps.exif_transpose(picture)
    except Exception as error:
        raise _damaged(field) from error


def _shrunk(picture: "Image") -> "Image":
    """The picture in plain colours and at most twice as large as needed.

    Strip by strip, since one copy at full size takes 200 MB.
    """
    from PIL import Image

    mode = "RGBA" if picture.has_transparency_data else "RGB"
    factor = max(1, max(picture.size) // LONG_EDGE)
    small = Image.new(mode, (-(-picture.width // factor), -(-picture.height // factor)))
    small.info = dict(picture.info)
    for top in range(0, picture.height, _STRIP * factor):
        bottom = min(picture.height, top + _STRIP * factor)
        strip = picture.crop((0, top, picture.width, bottom)).convert(mode)
        small.paste(strip.reduce(factor), (0, top // factor))
    return small


@cache
def _register_heif() -> None:
    from pillow_heif import register_heif_opener

    register_heif_opener(thumbnails=False)


def _drawn(picture: "Image") -> "Image":
    """A new picture on white that shares nothing with the old one but what it shows."""
    from PIL import Image

    drawn = Image.new("RGB", picture.size, "white")
    drawn.paste(picture, mask=picture if picture.mode == "RGBA" else None)
    return drawn


def _jpeg(picture: "Image", quality: int) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality, optimize=True, progressive=True)
    return file.getvalue()


def _damaged(field: str) -> BadUpload:
    return BadUpload(
        _("The photo is damaged or was not sent completely. Send it again or choose another."),
        code="photo_damaged",
        field=field,
    )


def _too_many_pixels(field: str, limit: int) -> BadUpload:
    return BadUpload(
        _("The photo has more than %(limit)s million pixels. Send a smaller one.")
        % {"limit": limit // 1_000_000},
        code="photo_too_many_pixels",
        field=field,
    )
