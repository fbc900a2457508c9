"""Photos as phones take them, and files that pretend to be photos."""

import io
import struct
import zlib
from typing import Any

from PIL import Image

ORIENTATION, GPS = 0x0112, 0x8825


def picture(width: int = 640, height: int = 400, mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right."""
    made = Image.new(mode, (width, height), "blue")
    made.paste("red", (0, 0, width // 2, height))
    return made


def photo(kind: str = "JPEG", size: tuple[int, int] = (640, 400), **options: Any) -> bytes:
    file = io.BytesIO()
    picture(*size).save(file, kind, **options)
    return file.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    """What a phone writes down: who made it, which way it was held, and where it was taken."""
    made = Image.Exif()
    made[ORIENTATION] = orientation
    made[0x010F] = "Phone of somebody"
    made.get_ifd(GPS).update({1: "N", 2: (30.0, 48.0, 28.0), 3: "E", 4: (108.0, 22.0, 50.0)})
    return made


def png_claiming(width: int, height: int) -> bytes:
    """A few bytes that unfold to a picture of any size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 100_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
