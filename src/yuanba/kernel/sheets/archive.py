"""A zip file of strangers: its table of contents bounded before it is read, its parts metered meanwhile."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final
from xml.parsers.expat import ExpatError

from yuanba.kernel.sheets.limits import Limits, Meter
from yuanba.kernel.sheets.problems import damaged, encrypted
from yuanba.kernel.sheets.xml import CHUNK, Reader

_CONTENTS_BYTES: Final = 1024 * 1024
_END: Final = b"PK\x05\x06"
_LOCATOR_64: Final = b"PK\x06\x07"
_ENCRYPTED: Final = 0x1
BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ExpatError,
    EOFError,
    NotImplementedError,
    OverflowError,
    LookupError,
    ValueError,
)


@contextmanager
def broken_means_damaged() -> Iterator[None]:
    """Turn whatever a broken archive makes the libraries raise into one plain refusal."""
    try:
        yield
    except BROKEN as error:
        raise damaged() from error


class Archive:
    """The parts of a workbook by their name, whatever case or slashes its writer used (ECMA-376 part 2)."""

    def __init__(self, file: BinaryIO, limits: Limits, packed_bytes: int) -> None:
        """Raises `UnreadableFile` for a damaged or overlong table of contents."""
        with broken_means_damaged():
            _check_contents(file, packed_bytes)
            self._zip = zipfile.ZipFile(file)
            self._parts = {_plain(info.filename): info for info in self._zip.infolist()}
        self.meter = Meter(limits, packed_bytes)
        self.unpacked = 0

    def __contains__(self, part: str) -> bool:
        return _plain(part) in self._parts

    def names(self) -> list[str]:
        return list(self._parts)

    def size(self, part: str) -> int:
        """Unpacked bytes of a part as the archive declares them; more are never read. 0 for no part."""
        info = self._parts.get(_plain(part))
        return info.file_size if info else 0

    def chunks(self, part: str) -> Iterator[bytes]:
        """The unpacked bytes of a part, metered, then one empty chunk."""
        info = self._parts[_plain(part)]
        if info.flag_bits & _ENCRYPTED:
            raise encrypted()
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise damaged()
        with self._zip.open(info) as stream:
            while chunk := stream.read(CHUNK):
                self.unpacked += len(chunk)
                self.meter.add(len(chunk))
                yield chunk
        yield b""

    def read_into(self, part: str, reader: Reader) -> None:
        """Run a whole XML part through `reader`; a part that is missing is damage."""
        with broken_means_damaged():
            for chunk in self.chunks(part):
                reader.feed(chunk)

    def close(self) -> None:
        self._zip.close()


def _plain(part: str) -> str:
    return part.replace("\\", "/").lstrip("/").lower()


def _check_contents(file: BinaryIO, packed_bytes: int) -> None:
    """Bound the table of contents, which `zipfile` reads whole, by what the end record says of its size."""
    tail = min(packed_bytes, 66_000)
    file.seek(packed_bytes - tail)
    end = file.read(tail)
    at = end.rfind(_END, 0, max(0, tail - 18))  # where `zipfile` will find it, so that both read one size
    if at < 0:
        raise damaged()
    (size,) = struct.unpack_from("<L", end, at + 12)
    if at >= 76 and end.startswith(_LOCATOR_64, at - 20):
        (size,) = struct.unpack_from("<Q", end, at - 76 + 40)
    if size > _CONTENTS_BYTES:
        raise damaged()
    file.seek(0, io.SEEK_SET)
