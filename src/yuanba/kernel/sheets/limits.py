"""How much of a file from a stranger is read before it is refused."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from yuanba.kernel.sheets.problems import UnreadableFile
from yuanba.kernel.sheets.texts import CELL_CHARS

MB = 1024 * 1024
XLSX_ROWS = 1_048_576


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one file. The first five are refusals of the file; ``cell_chars`` faults one cell.

    ``ratio`` is unpacked to packed size, looked at once more than ``ratio_free_bytes`` came out: real exports
    stay under 50, a packed bomb is near 1,000.
    """

    file_bytes: int = 2048 * MB
    unpacked_bytes: int = 8192 * MB
    ratio: int = 250
    rows: int = 2_000_000
    columns: int = 512
    cell_chars: int = CELL_CHARS
    row_chars: int = 1_000_000
    shared_texts: int = 10_000_000
    ratio_free_bytes: int = 64 * MB


OPERATOR = Limits()
"""For files that somebody with a shell on the machine reads in."""
UPLOAD = Limits(file_bytes=20 * MB, unpacked_bytes=512 * MB, rows=200_000, shared_texts=2_000_000)
"""For files that arrive over the web."""


class Meter:
    """Counts what comes out of a packed file, and refuses a bomb while it unfolds."""

    def __init__(self, limits: Limits, packed_bytes: int) -> None:
        by_ratio = max(limits.ratio_free_bytes, packed_bytes * limits.ratio)
        self.allowed = min(limits.unpacked_bytes, by_ratio)
        self.count = 0

    def add(self, size: int) -> None:
        """Count `size` more bytes or characters; raises `UnreadableFile` past the limit."""
        self.count += size
        if self.count > self.allowed:
            raise UnreadableFile(
                _("The file unpacks to more than %(size)s MB. It is too large or not an honest table.")
                % {"size": self.allowed // MB},
                code="file_unpacks_too_large",
            )


def check_file_size(size: int, limits: Limits) -> None:
    """Refuse an empty file and one over the caller's limit, before anything is read."""
    if size == 0:
        raise UnreadableFile(_("The file is empty."), code="file_empty", looks_like="empty")
    if size > limits.file_bytes:
        raise UnreadableFile(
            _("The file has %(size)s MB; at most %(limit)s MB are accepted. Split it into several files.")
            % {"size": -(-size // MB), "limit": limits.file_bytes // MB},
            code="file_too_large",
        )
